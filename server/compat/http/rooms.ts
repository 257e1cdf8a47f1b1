/** Rooms (compat-api, section 3). */
import * as v from 'valibot';
import { refuse, RefusalError } from '../../../src/lib/protocol/refusal.ts';
import { ApiError } from '../errors.ts';
import type { Compat } from '../parts.ts';
import { aboutRoom, type Rooms } from '../rooms.ts';
import * as schema from '../schemas.ts';
import { endpoint, type Caller, type Endpoint } from './endpoint.ts';

const TAG = 'Rooms';
const RoomKey = v.object({
	room: v.pipe(v.string(), v.description('The id of a room; or its name, where that is no id'))
});
const text = v.optional(v.nullable(v.pipe(v.string(), v.maxLength(4_000))));
const Password = v.object({ password: text });
const RoomAnswer = v.object({ message: v.string(), room: schema.Room });
const NewRoom = v.object({
	name: v.pipe(v.string(), v.maxLength(1_000)),
	description: text,
	is_private: v.optional(v.nullable(schema.flag)),
	password: text
});
const RoomChange = v.object({
	name: text,
	description: text,
	is_private: v.optional(
		v.nullable(v.pipe(schema.flag, v.description('false opens the room to everybody')))
	),
	password: v.optional(
		v.nullable(v.pipe(v.string(), v.maxLength(4_000), v.description('Empty: it stays what it is')))
	)
});
/** A room for everybody has no password, whatever was typed there before it was made public. */
function secretOf({ is_private, password }: v.InferOutput<typeof NewRoom>): { password?: string } {
	if (is_private !== true && (is_private === false || !password)) return {};
	if (!password) throw new RefusalError(refuse('room_password_missing', { field: 'password' }));
	return { password };
}

export function roomEndpoints(compat: Compat, rooms: Rooms): Endpoint[] {
	const { objects, store } = compat;

	async function join({ who }: Caller, key: string, password: string | null | undefined) {
		const { room } = rooms.find(who.person, key);
		await rooms.join(who, room, password ?? undefined);
		const joined = rooms.byNumber(who.person, room.number).room;
		return { message: `You are in "${joined.name}" now.`, room: rooms.view(joined) };
	}

	return [
		endpoint({
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
			handle({ caller }) {
				const { mine, others } = store.rooms(caller.who.person);
				const [user, available] = [rooms.views(mine), rooms.views(others)];
				const isOpen = (room: { is_private: boolean }) => !room.is_private;
				return {
					user_rooms: user,
					available_rooms: available,
					rooms: user,
					public_rooms: [...user, ...available].filter(isOpen)
				};
			}
		}),
		endpoint({
			method: 'POST',
			path: '/api/rooms/',
			tag: TAG,
			summary: 'Make a room; with a password it is private',
			auth: 'token',
			form: true,
			body: NewRoom,
			answer: v.object({ ...schema.Room.entries, room: schema.Room, message: v.string() }),
			refusals: [400, 409, 422],
			async handle({ caller: { who }, body }) {
				const id = compat.newId();
				const { name, description } = body;
				const made = { room: id, name, description: description ?? '', ...secretOf(body) };
				await aboutRoom(() => compat.act(who, { kind: 'room.create', ...made }));
				const room = rooms.view(store.room(who.person, { id })!.room);
				return { ...room, room, message: 'The room has been made.' };
			}
		}),
		endpoint({
			method: 'POST',
			path: '/api/rooms/join',
			tag: TAG,
			summary: 'Join a room that is named in the body',
			auth: 'token',
			form: true,
			body: v.object({ room_id: schema.idOrText, password: text }),
			answer: RoomAnswer,
			refusals: [400, 403, 404, 422],
			handle: ({ caller, body }) => join(caller, String(body.room_id), body.password)
		}),
		endpoint({
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
			handle({ caller, params }) {
				const stand = rooms.find(caller?.who.person ?? null, params.room);
				rooms.readable(stand);
				const detail = rooms.detail(stand, caller?.who.person ?? null);
				return { ...detail, room: detail, success: true as const };
			}
		}),
		endpoint({
			method: 'POST',
			path: '/api/rooms/:room/join',
			tag: TAG,
			summary: 'Join a room; harmless for members',
			auth: 'token',
			form: true,
			params: RoomKey,
			body: Password,
			answer: RoomAnswer,
			refusals: [400, 403, 404, 422],
			handle: ({ caller, params, body }) => join(caller, params.room, body.password)
		}),
		endpoint({
			method: 'POST',
			path: '/api/rooms/:room/leave',
			tag: TAG,
			summary: 'Leave a room',
			auth: 'token',
			params: RoomKey,
			answer: schema.Said,
			refusals: [400, 404],
			async handle({ caller: { who }, params }) {
				const { room, isMember } = rooms.find(who.person, params.room);
				if (!isMember) throw new ApiError(400, 'You are not a member of this room.');
				await compat.act(who, { kind: 'room.leave', room: room.id });
				return { message: `You have left "${room.name}".` };
			}
		}),
		endpoint({
			method: 'PUT',
			path: '/api/rooms/:room',
			tag: TAG,
			summary: 'Change a room; for its owner and its admins. What is not sent stays as it is',
			auth: 'token',
			form: true,
			params: RoomKey,
			body: RoomChange,
			answer: schema.Room,
			refusals: [400, 403, 404, 409, 422],
			async handle({ caller: { who }, params, body }) {
				const { room } = rooms.find(who.person, params.room);
				const { name, description, password, is_private } = body;
				if (is_private === true && !room.private && !password) {
					throw new RefusalError(refuse('room_password_missing', { field: 'password' }));
				}
				const secret = is_private === false ? null : password || undefined;
				const change = {
					...(name && name.trim() !== room.name ? { name } : {}),
					...(description === undefined ? {} : { description: description ?? '' }),
					...(secret === undefined ? {} : { password: secret })
				};
				await aboutRoom(() => compat.act(who, { kind: 'room.edit', room: room.id, ...change }));
				return rooms.view(rooms.byNumber(who.person, room.number).room);
			}
		}),
		endpoint({
			method: 'DELETE',
			path: '/api/rooms/:room',
			tag: TAG,
			summary: 'Delete a room; for its owner',
			auth: 'token',
			params: RoomKey,
			answer: schema.Said,
			refusals: [403, 404],
			async handle({ caller: { who }, params }) {
				const { room } = rooms.find(who.person, params.room);
				await compat.act(who, { kind: 'room.delete', room: room.id });
				return { message: 'The room has been deleted.' };
			}
		}),
		endpoint({
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
			handle({ caller, params }) {
				const room = rooms.readable(rooms.find(caller.who.person, params.room));
				const { members, online } = rooms.people(room, caller.who.person);
				const seen = new Set(online.map(({ id }) => id));
				return {
					members: members.map((card) => ({ ...objects.card(card), is_online: seen.has(card.id) })),
					online_members: online.map(objects.card),
					member_count: members.length,
					online_count: online.length
				};
			}
		})
	];
}
