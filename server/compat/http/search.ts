/** Finding messages (compat-api, section 3). */
import * as v from 'valibot';
import { isEmptyQuery, parseQuery } from '../../../src/lib/search/query.ts';
import type { RoomId } from '../../../src/lib/protocol/ids.ts';
import { ApiError } from '../errors.ts';
import type { MessageView } from '../ports.ts';
import * as schema from '../schemas.ts';
import { countersOf } from '../serializers.ts';
import type { EndpointContext } from './endpoint-context.ts';
import { endpoint, type Caller, type Endpoint } from './endpoint.ts';
import { placeOf } from './message-place.ts';
import { cutOf } from './paging.ts';

/** Messages that are counted and can be paged through; whoever looks further searches for more words. */
const FOUND_MAX = 1_000;
/** UTF-16 units of a query that are taken; how many are read says src/lib/search/query.ts. */
const QUERY_MAX = 10_000;

export const searchEndpoints = (context: EndpointContext): Endpoint[] => [searchMessages(context)];

function searchMessages({ rooms, search, serializeFor, store }: EndpointContext): Endpoint {
	/** The one room that is to be searched; undefined: all that the caller is in. */
	async function roomsOf({ who }: Caller, key: string | undefined): Promise<RoomId[] | undefined> {
		if (key === undefined) return undefined;
		return [rooms.readable(await rooms.find(who.person, key)).id];
	}

	return endpoint({
		method: 'GET',
		path: '/api/search',
		tag: 'Messages',
		summary:
			'Find messages by words or parts of Chinese text, and by names of files; pages are as in a history',
		auth: 'token',
		query: v.object({
			q: v.optional(
				v.pipe(v.string(), v.maxLength(QUERY_MAX), v.description('What is looked for'))
			),
			room_id: v.optional(
				v.pipe(v.string(), v.description('Only in this room; without it in all that you are in'))
			),
			...schema.Paging.entries
		}),
		answer: schema.SearchPage,
		refusals: [400, 403, 404, 422, 503],
		async handle({ caller, query: { q = '', room_id, ...paging } }) {
			if (isEmptyQuery(parseQuery(q))) throw new ApiError(400, 'Say what you are looking for.');
			const { who } = caller;
			const cut = cutOf(paging);
			const ask = { query: q, rooms: await roomsOf(caller, room_id) };
			const wanted = { skip: cut.skip, limit: cut.perPage, most: FOUND_MAX };
			const { messages, total, complete } = await search.find(who, ask, wanted);
			const serialize = await serializeFor(who.person, messages);
			// Read together: one search must not take all connections.
			const places = await store.places(messages.map(({ row }) => row.room));
			const shown = messages.toReversed().map((view: MessageView) => {
				const { room, receiver } = placeOf(places, view);
				return serialize.message(view, room, receiver);
			});
			return { messages: shown, ...countersOf({ messages, total }, cut), complete };
		}
	});
}
