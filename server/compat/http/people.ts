/** People: who is online, search, and conversations of two (compat-api, section 3). */
import * as v from 'valibot';
import { directId } from '../../../src/lib/protocol/ids.ts';
import { ApiError } from '../errors.ts';
import * as schema from '../schemas.ts';
import type { EndpointContext } from './endpoint-context.ts';
import { endpoint, type Endpoint } from './endpoint.ts';
import { cutOf } from './paging.ts';
import { PersonKey, personByNumber } from './person-key.ts';

const TAG = 'People';
/** People in one answer to a search. */
const FOUND_MAX = 20;

const short = v.optional(v.pipe(v.string(), v.maxLength(200)));

export const peopleEndpoints = (context: EndpointContext): Endpoint[] => [
	onlinePeople(context),
	searchPeople(context),
	directHistory(context)
];

function onlinePeople({ presence, serializeFor, store }: EndpointContext): Endpoint {
	return endpoint({
		method: 'GET',
		path: '/api/users/online',
		tag: TAG,
		summary: 'Everybody who is online',
		auth: 'guest',
		answer: v.object({
			success: v.literal(true),
			users: v.array(schema.UserCard),
			online_users: v.array(schema.UserCard),
			count: schema.id
		}),
		async handle({ caller }) {
			const viewer = caller?.who.person ?? null;
			const serialize = await serializeFor(viewer);
			const cards = await store.cards([...presence.online()].filter(serialize.seesOnline));
			const users = cards.sort((a, b) => a.number - b.number).map(serialize.card);
			return { success: true as const, users, online_users: users, count: users.length };
		}
	});
}

function searchPeople({ limits, serializeFor, store }: EndpointContext): Endpoint {
	return endpoint({
		method: 'GET',
		path: '/api/users/search',
		tag: TAG,
		summary: 'Find people by a part of their name, or by the whole of it',
		auth: 'token',
		query: v.object({ keyword: short, q: short, username: short }),
		answer: v.object({ users: v.array(schema.UserCard) }),
		refusals: [400, 422],
		async handle({ caller: { who }, query }) {
			const part = (query.keyword ?? query.q ?? '').trim();
			const name = (query.username ?? '').trim();
			if (part === '' && name === '') throw new ApiError(400, 'Say whom you are looking for.');
			await limits.take('find', who.person);
			const serialize = await serializeFor(who.person);
			if (part !== '') {
				const all = await store.search(part, who.person, FOUND_MAX);
				return { users: all.map(serialize.card) };
			}
			const found = await store.byName(name);
			return { users: found && found.id !== who.person ? [serialize.card(found)] : [] };
		}
	});
}

function directHistory({ serializeFor, store }: EndpointContext): Endpoint {
	return endpoint({
		method: 'GET',
		path: ['/api/direct/:id/messages', '/api/users/private/:id/messages'],
		tag: 'Messages',
		summary: 'Your conversation with somebody',
		auth: 'token',
		params: PersonKey,
		query: schema.Paging,
		answer: v.object({ ...schema.MessagePage.entries, target: schema.UserCard }),
		refusals: [404, 422],
		async handle({ caller: { who, card }, params, query }) {
			const other = await personByNumber(store, params.id);
			const cut = cutOf(query);
			const room = directId(who.person, other.id);
			const nothing = { messages: [], total: 0 };
			const part = (await store.history(who.person, room, cut.skip, cut.perPage)) ?? nothing;
			const serialize = await serializeFor(who.person, part.messages);
			const pair = [card.number, other.number] as const;
			return { ...serialize.page(part, cut, null, pair), target: serialize.card(other) };
		}
	});
}
