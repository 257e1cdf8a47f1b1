/** Messages (compat-api, section 3). */
import * as v from 'valibot';
import { refuse, RefusalError } from '../../../src/lib/protocol/refusal.ts';
import { ToRoom, type Messages } from '../messages.ts';
import type { Compat } from '../parts.ts';
import type { MessageView } from '../ports.ts';
import { DEFAULT_ROOM, type Rooms } from '../rooms.ts';
import * as schema from '../schemas.ts';
import { endpoint, type Caller, type Endpoint } from './endpoint.ts';
import { cutOf } from './paging.ts';

const TAG = 'Messages';
const MessageId = v.object({ message: v.string() });

/** A message, with the numbers of its room, or of the one to whom it was sent. */
interface Found {
	view: MessageView;
	room: number | null;
	receiver: number | null;
}

export function messageEndpoints(compat: Compat, rooms: Rooms, messages: Messages): Endpoint[] {
	const { objects, store } = compat;

	/** A message that the caller may read; one of a conversation of two is in no room. */
	function find({ who }: Caller, key: string): Found {
		const view = /^\d{1,15}$/.test(key) ? store.message(who.person, Number(key)) : null;
		if (!view) throw new RefusalError(refuse('no_such_message'));
		const stand = store.room(who.person, { id: view.row.room });
		if (stand) return { view, room: stand.room.number, receiver: null };
		const other = store.members(view.row.room).find(({ id }) => id !== view.author.id);
		return { view, room: null, receiver: other?.number ?? null };
	}

	return [
		endpoint({
			method: 'GET',
			path: '/api/messages/',
			tag: TAG,
			summary: 'The newest messages of general and of your own rooms, or of one room by name',
			auth: 'guest',
			query: v.object({
				limit: schema.Paging.entries.limit,
				room: v.optional(v.pipe(v.string(), v.description('Name of a room')))
			}),
			answer: v.object({ success: v.literal(true), messages: v.array(schema.Message) }),
			refusals: [403, 404, 422],
			handle({ caller, query }) {
				const person = caller?.who.person ?? null;
				const { perPage } = cutOf({ limit: query.limit });
				const named = rooms.find(person, query.room ?? DEFAULT_ROOM);
				const mine = query.room === undefined && person ? store.rooms(person).mine : [];
				const wanted = new Map(mine.map((room) => [room.id, room]));
				wanted.set(named.room.id, rooms.readable(named));
				const newest = store.newest(person, [...wanted.keys()], perPage);
				return {
					success: true as const,
					messages: newest.map((view) => objects.message(view, wanted.get(view.row.room)!.number))
				};
			}
		}),
		endpoint({
			method: 'GET',
			path: ['/api/messages/:room', '/api/rooms/:room/messages'],
			tag: TAG,
			summary: 'The history of a room: page 1 is the newest, inside a page the oldest comes first',
			auth: 'token',
			params: v.object({ room: v.string() }),
			query: schema.Paging,
			answer: schema.MessagePage,
			refusals: [403, 404, 422],
			handle({ caller: { who }, params, query }) {
				const room = rooms.readable(rooms.find(who.person, params.room));
				const cut = cutOf(query);
				const part = store.history(who.person, room.id, cut.skip, cut.perPage);
				if (!part) throw new RefusalError(refuse('not_a_member'));
				return objects.page(part, cut, room.number);
			}
		}),
		endpoint({
			method: 'POST',
			path: '/api/messages/',
			tag: TAG,
			summary: 'Send a message to a room that you are in',
			auth: 'token',
			form: true,
			body: ToRoom,
			answer: schema.Message,
			refusals: [400, 403, 404, 422],
			async handle({ caller, body }) {
				const { room } = rooms.byNumber(caller.who.person, body.room_id);
				return objects.message(await messages.post(caller, room.id, body), room.number);
			}
		}),
		endpoint({
			method: 'PUT',
			path: '/api/messages/:message',
			tag: TAG,
			summary: 'Change the text of your message',
			auth: 'token',
			form: true,
			params: MessageId,
			body: v.object({ content: v.pipe(v.string(), v.maxLength(100_000)) }),
			answer: schema.Message,
			refusals: [400, 403, 404, 422],
			async handle({ caller, params, body }) {
				const { view, room, receiver } = find(caller, params.message);
				const edited = await messages.edit(caller, view, body.content);
				return objects.message(edited, room, receiver);
			}
		}),
		endpoint({
			method: 'DELETE',
			path: '/api/messages/:message',
			tag: TAG,
			summary: 'Take a message back: its text is gone for everybody',
			auth: 'token',
			params: MessageId,
			answer: schema.Said,
			refusals: [403, 404],
			async handle({ caller, params }) {
				await messages.recall(caller, find(caller, params.message).view);
				return { message: 'The message has been deleted.' };
			}
		})
	];
}
