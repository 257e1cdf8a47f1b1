/** Rooms: the list, one room, who is in it, joining and leaving (compat-api, section 3). */
import * as v from 'valibot';
import { ApiError } from '../errors.ts';
import * as schema from '../schemas.ts';
import type { EndpointContext } from './endpoint-context.ts';
import { endpoint, type Caller, type Endpoint } from './endpoint.ts';
import { createRoom, deleteRoom, editRoom } from './room-editing.ts';
import { optionalText, RoomKey, ROOMS_TAG as TAG } from './room-schemas.ts';

const RoomAnswer = v.object({ message: v.string(), room: schema.Room });

export const roomEndpoints = (context: EndpointContext): Endpoint[] => [
	listRooms(context),
	showRoom(context),
	listMembers(context),
	joinNamedRoom(context),
	joinRoom(context),
	leaveRoom(context),
	createRoom(context),
	editRoom(context),
	deleteRoom(context)
];

function listRooms({ rooms, store }: EndpointContext): Endpoint {
	return endpoint({
		method: 'GET',
		path: '/api/rooms/',
		tag: TAG,
		summary: 'Your rooms, and all others',
		auth: 'token',
		answer: v.object({
			user_rooms: v.array(schema.Room),
			available_rooms: v.array(schema.Room),
			rooms: v.array(schema.Room),
			public_rooms: v.array(schema.Room)
		}),
		async handle({ caller }) {
			const { person } = caller.who;
			const { mine, others } = await store.rooms(person);
			const all = await rooms.views([...mine, ...others], person);
			const [user, available] = [all.slice(0, mine.length), all.slice(mine.length)];
			return {
				user_rooms: user,
				available_rooms: available,
				rooms: user,
				public_rooms: all.filter((room) => !room.is_private)
			};
		}
	});
}

function showRoom({ rooms }: EndpointContext): Endpoint {
	return endpoint({
		method: 'GET',
		path: '/api/rooms/:room',
		tag: TAG,
		summary: 'A room with its members',
		auth: 'guest',
		params: RoomKey,
		answer: v.object({
			...schema.RoomDetail.entries,
			room: schema.RoomDetail,
			success: v.literal(true)
		}),
		refusals: [403, 404],
		async handle({ caller, params }) {
			const viewer = caller?.who.person ?? null;
			const access = await rooms.find(viewer, params.room);
			rooms.readable(access);
			const room = await rooms.detail(access, viewer);
			return { ...room, room, success: true as const };
		}
	});
}

function listMembers({ rooms, serializeFor }: EndpointContext): Endpoint {
	return endpoint({
		method: 'GET',
		path: '/api/rooms/:room/members',
		tag: TAG,
		summary: 'Who is in a room, and who of them is online',
		auth: 'token',
		params: RoomKey,
		answer: v.object({
			members: v.array(schema.UserCard),
			online_members: v.array(schema.UserCard),
			member_count: schema.Room.entries.member_count,
			online_count: schema.Room.entries.online_count
		}),
		refusals: [403, 404],
		async handle({ caller: { who }, params }) {
			const room = rooms.readable(await rooms.find(who.person, params.room));
			const serialize = await serializeFor(who.person);
			const { members, online } = await rooms.people(room, serialize);
			const seen = new Set(online.map(({ id }) => id));
			return {
				members: members.map((card) => ({ ...serialize.card(card), is_online: seen.has(card.id) })),
				online_members: online.map(serialize.card),
				member_count: members.length,
				online_count: online.length
			};
		}
	});
}

function joinNamedRoom(context: EndpointContext): Endpoint {
	return endpoint({
		method: 'POST',
		path: '/api/rooms/join',
		tag: TAG,
		summary: 'Join a room that is named in the body',
		auth: 'token',
		form: true,
		body: v.object({ room_id: schema.idOrText, password: optionalText }),
		answer: RoomAnswer,
		refusals: [400, 403, 404, 422],
		handle: ({ caller, body }) => join(context, caller, String(body.room_id), body.password)
	});
}

function joinRoom(context: EndpointContext): Endpoint {
	return endpoint({
		method: 'POST',
		path: '/api/rooms/:room/join',
		tag: TAG,
		summary: 'Join a room; harmless for members',
		auth: 'token',
		form: true,
		params: RoomKey,
		body: v.object({ password: optionalText }),
		answer: RoomAnswer,
		refusals: [400, 403, 404, 422],
		handle: ({ caller, params, body }) => join(context, caller, params.room, body.password)
	});
}

async function join(
	{ rooms }: EndpointContext,
	{ who }: Caller,
	key: string,
	password: string | null | undefined
): Promise<v.InferOutput<typeof RoomAnswer>> {
	const { room } = await rooms.find(who.person, key);
	await rooms.join(who, room, password ?? undefined);
	const { room: joined } = await rooms.byNumber(who.person, room.number);
	return {
		message: `You are in "${joined.name}" now.`,
		room: await rooms.view(joined, who.person)
	};
}

function leaveRoom({ act, rooms }: EndpointContext): Endpoint {
	return endpoint({
		method: 'POST',
		path: '/api/rooms/:room/leave',
		tag: TAG,
		summary: 'Leave a room',
		auth: 'token',
		params: RoomKey,
		answer: schema.MessageResponse,
		refusals: [400, 404],
		async handle({ caller: { who }, params }) {
			const { room, isMember } = await rooms.find(who.person, params.room);
			if (!isMember) throw new ApiError(400, 'You are not a member of this room.');
			await act(who, { kind: 'room.leave', room: room.id });
			return { message: `You have left "${room.name}".` };
		}
	});
}
