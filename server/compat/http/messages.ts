/** Messages (compat-api, section 3). */
import * as v from 'valibot';
import { refuse, RefusalError } from '../../../src/lib/protocol/refusal.ts';
import { FIRST_ROOM } from '../../domain/constants.ts';
import type { CompatContext } from '../context.ts';
import { ToRoom } from '../messages.ts';
import type { MessageView } from '../ports.ts';
import * as schema from '../schemas.ts';
import type { EndpointContext } from './endpoint-context.ts';
import { endpoint, type Caller, type Endpoint } from './endpoint.ts';
import { placeOf, type MessagePlace } from './message-place.ts';
import { cutOf } from './paging.ts';

const TAG = 'Messages';
const MessageId = v.object({ message: v.string() });

export const messageEndpoints = (context: EndpointContext): Endpoint[] => [
	newestMessages(context),
	roomHistory(context),
	sendMessage(context),
	editMessage(context),
	deleteMessage(context)
];

function newestMessages({ rooms, serializeFor, store }: EndpointContext): Endpoint {
	return endpoint({
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
		async handle({ caller, query }) {
			const person = caller?.who.person ?? null;
			const { perPage } = cutOf({ limit: query.limit });
			const named = rooms.readable(await rooms.find(person, query.room ?? FIRST_ROOM));
			const isAll = query.room === undefined && person !== null;
			const mine = isAll ? (await store.rooms(person)).mine : [];
			const numbers = new Map([...mine, named].map(({ id, number }) => [id, number]));
			const newest = await store.newest(person, [...numbers.keys()], perPage);
			const serialize = await serializeFor(person, newest);
			return {
				success: true as const,
				messages: newest.map((view) => serialize.message(view, numbers.get(view.row.room)!))
			};
		}
	});
}

function roomHistory({ rooms, serializeFor, store }: EndpointContext): Endpoint {
	return endpoint({
		method: 'GET',
		path: ['/api/messages/:room', '/api/rooms/:room/messages'],
		tag: TAG,
		summary: 'The history of a room: page 1 is the newest, inside a page the oldest comes first',
		auth: 'token',
		params: v.object({ room: v.string() }),
		query: schema.Paging,
		answer: schema.MessagePage,
		refusals: [403, 404, 422],
		async handle({ caller: { who }, params, query }) {
			const room = rooms.readable(await rooms.find(who.person, params.room));
			const cut = cutOf(query);
			const part = await store.history(who.person, room.id, cut.skip, cut.perPage);
			if (!part) throw new RefusalError(refuse('not_a_member'));
			return (await serializeFor(who.person, part.messages)).page(part, cut, room.number);
		}
	});
}

function sendMessage({ messages, rooms, serializeFor }: EndpointContext): Endpoint {
	return endpoint({
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
			const { room } = await rooms.byNumber(caller.who.person, body.room_id);
			const view = await messages.post(caller, room.id, body);
			return (await serializeFor(caller.who.person, [view])).message(view, room.number);
		}
	});
}

function editMessage({ messages, serializeFor, store }: EndpointContext): Endpoint {
	return endpoint({
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
			const found = await readableMessage(store, caller, params.message);
			const { view, room, receiver } = found;
			const edited = await messages.edit(caller, view, body.content);
			const serialize = await serializeFor(caller.who.person, [edited]);
			return serialize.message(edited, room, receiver);
		}
	});
}

function deleteMessage({ messages, store }: EndpointContext): Endpoint {
	return endpoint({
		method: 'DELETE',
		path: '/api/messages/:message',
		tag: TAG,
		summary: 'Take a message back: its text is gone for everybody',
		auth: 'token',
		params: MessageId,
		answer: schema.MessageResponse,
		refusals: [403, 404],
		async handle({ caller, params }) {
			const { view } = await readableMessage(store, caller, params.message);
			await messages.recall(caller, view);
			return { message: 'The message has been deleted.' };
		}
	});
}

/** A message, with the numbers of its room, or of the one to whom it was sent. */
interface FoundMessage extends MessagePlace {
	view: MessageView;
}

/**
 * A message that the caller may read; one of a conversation of two is in no room.
 * Rejects with RefusalError.
 */
async function readableMessage(
	store: CompatContext['store'],
	{ who }: Caller,
	key: string
): Promise<FoundMessage> {
	const view = /^\d{1,15}$/.test(key) ? await store.message(who.person, Number(key)) : null;
	if (!view) throw new RefusalError(refuse('no_such_message'));
	return { view, ...placeOf(await store.places([view.row.room]), view) };
}
