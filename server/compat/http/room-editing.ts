/** Rooms: making, changing and deleting them (compat-api, section 3). */
import * as v from 'valibot';
import { refuse, RefusalError } from '../../../src/lib/protocol/refusal.ts';
import type { RoomView } from '../ports.ts';
import { aboutRoom } from '../rooms.ts';
import * as schema from '../schemas.ts';
import type { EndpointContext } from './endpoint-context.ts';
import { endpoint, type Endpoint } from './endpoint.ts';
import { optionalText, RoomKey, ROOMS_TAG as TAG } from './room-schemas.ts';

const NewRoom = v.object({
	name: v.pipe(v.string(), v.maxLength(1_000)),
	description: optionalText,
	is_private: v.optional(v.nullable(schema.flag)),
	password: optionalText
});
const RoomChange = v.object({
	name: optionalText,
	description: optionalText,
	is_private: v.optional(
		v.nullable(v.pipe(schema.flag, v.description('false opens the room to everybody')))
	),
	password: v.optional(
		v.nullable(v.pipe(v.string(), v.maxLength(4_000), v.description('Empty: it stays what it is')))
	)
});

export function createRoom({ act, newId, rooms, store }: EndpointContext): Endpoint {
	return endpoint({
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
			const id = newId();
			const { name, description } = body;
			const draft = { room: id, name, description: description ?? '', ...secretOf(body) };
			await aboutRoom(() => act(who, { kind: 'room.create', ...draft }));
			const made = await store.room(who.person, { id });
			const room = await rooms.view(made!.room, who.person);
			return { ...room, room, message: 'The room has been made.' };
		}
	});
}

/** A room for everybody has no password, whatever was typed there before it was made public. @throws RefusalError */
function secretOf({ is_private, password }: v.InferOutput<typeof NewRoom>): { password?: string } {
	if (is_private !== true && (is_private === false || !password)) return {};
	if (!password) throw new RefusalError(refuse('room_password_missing', { field: 'password' }));
	return { password };
}

export function editRoom({ act, rooms }: EndpointContext): Endpoint {
	return endpoint({
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
			const { room } = await rooms.find(who.person, params.room);
			const change = changeOf(room, body);
			await aboutRoom(() => act(who, { kind: 'room.edit', room: room.id, ...change }));
			const edited = await rooms.byNumber(who.person, room.number);
			return rooms.view(edited.room, who.person);
		}
	});
}

/** What becomes different in a room; password null: it has none any more. @throws RefusalError */
function changeOf(
	room: RoomView,
	{ name, description, password, is_private }: v.InferOutput<typeof RoomChange>
): { name?: string; description?: string; password?: string | null } {
	if (is_private === true && !room.private && !password) {
		throw new RefusalError(refuse('room_password_missing', { field: 'password' }));
	}
	const secret = is_private === false ? null : password || undefined;
	return {
		...(name && name.trim() !== room.name ? { name } : {}),
		...(description === undefined ? {} : { description: description ?? '' }),
		...(secret === undefined ? {} : { password: secret })
	};
}

export function deleteRoom({ act, rooms }: EndpointContext): Endpoint {
	return endpoint({
		method: 'DELETE',
		path: '/api/rooms/:room',
		tag: TAG,
		summary: 'Delete a room; for its owner',
		auth: 'token',
		params: RoomKey,
		answer: schema.MessageResponse,
		refusals: [403, 404],
		async handle({ caller: { who }, params }) {
			const { room } = await rooms.find(who.person, params.room);
			await act(who, { kind: 'room.delete', room: room.id });
			return { message: 'The room has been deleted.' };
		}
	});
}
