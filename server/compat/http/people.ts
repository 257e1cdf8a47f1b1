/** People: who is online, search, friends, and conversations of two (compat-api, section 3). */
import * as v from 'valibot';
import type { Card } from '../../../src/lib/protocol/change.ts';
import type { PersonId } from '../../../src/lib/protocol/ids.ts';
import { directId } from '../../../src/lib/protocol/ids.ts';
import { refuse, RefusalError } from '../../../src/lib/protocol/refusal.ts';
import { ApiError } from '../errors.ts';
import { zoneless, type UserCard } from '../objects.ts';
import type { Compat } from '../parts.ts';
import type { ContactView } from '../ports.ts';
import * as schema from '../schemas.ts';
import { endpoint, type Caller, type Endpoint } from './endpoint.ts';
import { cutOf } from './paging.ts';

const TAG = 'People';
const FRIENDS = 'Friends';
/** People in one answer to a search. */
const FOUND_MAX = 20;

const PersonKey = v.object({ id: v.pipe(v.string(), v.description('The id of a user')) });
const short = v.optional(v.pipe(v.string(), v.maxLength(200)));
const Friend = v.object({ ...schema.UserCard.entries, friendship_id: schema.id });
const Asked = v.object({
	id: v.pipe(schema.id, v.description('Stands for the request in accept and reject')),
	requester: schema.UserCard,
	created_at: schema.time
});
const Sent = v.object({ id: schema.id, receiver: schema.UserCard, created_at: schema.time });

export function peopleEndpoints(compat: Compat): Endpoint[] {
	const { limits, objects, presence, store } = compat;

	function byNumber(key: string | number): Card {
		const text = String(key);
		const card = /^\d{1,15}$/.test(text) ? store.byNumber(Number(text)) : null;
		if (!card) throw new RefusalError(refuse('no_such_person'));
		return card;
	}
	function online(viewer: PersonId | undefined): UserCard[] {
		const seen = [...presence.online()].filter(
			(person) => viewer === undefined || !presence.isHidden(viewer, person)
		);
		const cards = seen.flatMap((person) => store.card(person) ?? []);
		return cards.sort((a, b) => a.number - b.number).map(objects.card);
	}
	/** A friendship has no number of its own: within one's own list the friend's is as good. */
	const friend = ({ card }: ContactView) => ({ ...objects.card(card), friendship_id: card.number });

	async function ask({ who }: Caller, other: Card | null) {
		if (!other) throw new RefusalError(refuse('no_such_person'));
		if (store.friends(who.person).some(({ card }) => card.id === other.id)) {
			throw new ApiError(400, 'You are friends already.');
		}
		await compat.act(who, { kind: 'friend.ask', person: other.id });
		const isFriend = store.friends(who.person).some(({ card }) => card.id === other.id);
		const sent = store.requests(who.person).outgoing.find(({ card }) => card.id === other.id);
		return {
			message: isFriend ? 'You are friends now.' : 'The request has been sent.',
			request: {
				id: other.number,
				receiver: objects.card(other),
				created_at: zoneless(sent?.at ?? compat.clock.now()),
				status: isFriend ? ('accepted' as const) : ('pending' as const)
			}
		};
	}
	const AskAnswer = v.object({
		message: v.string(),
		request: v.object({ ...Sent.entries, status: v.picklist(['pending', 'accepted']) })
	});

	async function accept({ who }: Caller, key: string) {
		const other = byNumber(key);
		await compat.act(who, { kind: 'friend.accept', person: other.id });
		return { message: 'You are friends now.', friend: objects.card(other) };
	}
	const Accepted = v.object({ message: v.string(), friend: schema.UserCard });

	async function reject({ who }: Caller, key: string) {
		await compat.act(who, { kind: 'friend.reject', person: byNumber(key).id });
		return { message: 'The request has been rejected.' };
	}

	return [
		endpoint({
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
			handle({ caller }) {
				const users = online(caller?.who.person);
				return { success: true as const, users, online_users: users, count: users.length };
			}
		}),
		endpoint({
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
				if (part !== '') {
					return { users: store.search(part, who.person, FOUND_MAX).map(objects.card) };
				}
				const found = store.byName(name);
				return { users: found && found.id !== who.person ? [objects.card(found)] : [] };
			}
		}),
		endpoint({
			method: 'GET',
			path: ['/api/friends', '/api/users/friends'],
			tag: FRIENDS,
			summary: 'Your friends',
			auth: 'token',
			answer: v.object({ friends: v.array(Friend) }),
			handle: ({ caller }) => ({ friends: store.friends(caller.who.person).map(friend) })
		}),
		endpoint({
			method: 'POST',
			path: '/api/friends/requests',
			tag: FRIENDS,
			summary: 'Ask somebody to be friends; requests that cross one another are accepted',
			auth: 'token',
			form: true,
			body: v.object({ username: short, user_id: v.optional(schema.idOrText) }),
			answer: AskAnswer,
			refusals: [400, 403, 404, 422],
			handle({ caller, body: { username, user_id } }) {
				if (user_id !== undefined) return ask(caller, byNumber(user_id));
				if (!username?.trim()) throw new ApiError(400, 'Say whom you ask: username or user_id.');
				return ask(caller, store.byName(username));
			}
		}),
		endpoint({
			method: 'GET',
			path: ['/api/friends/requests', '/api/users/friends/requests'],
			tag: FRIENDS,
			summary: 'Requests that wait: for your answer, and for that of others',
			auth: 'token',
			answer: v.object({ requests: v.array(Asked), sent: v.array(Sent) }),
			handle({ caller }) {
				const { incoming, outgoing } = store.requests(caller.who.person);
				return {
					requests: incoming.map(({ card, at }) => ({
						id: card.number,
						requester: objects.card(card),
						created_at: zoneless(at)
					})),
					sent: outgoing.map(({ card, at }) => ({
						id: card.number,
						receiver: objects.card(card),
						created_at: zoneless(at)
					}))
				};
			}
		}),
		endpoint({
			method: 'POST',
			path: ['/api/friends/requests/:id/accept', '/api/users/friends/:id/accept'],
			tag: FRIENDS,
			summary: 'Accept a request',
			auth: 'token',
			params: PersonKey,
			answer: Accepted,
			refusals: [400, 404],
			handle: ({ caller, params }) => accept(caller, params.id)
		}),
		endpoint({
			method: 'POST',
			path: ['/api/friends/requests/:id/reject', '/api/users/friends/:id/reject'],
			tag: FRIENDS,
			summary: 'Reject a request',
			auth: 'token',
			params: PersonKey,
			answer: schema.Said,
			refusals: [400, 404],
			handle: ({ caller, params }) => reject(caller, params.id)
		}),
		endpoint({
			method: 'POST',
			path: '/api/users/friends/:id',
			tag: FRIENDS,
			summary: 'Ask somebody to be friends',
			auth: 'token',
			params: PersonKey,
			answer: AskAnswer,
			refusals: [400, 403, 404],
			handle: ({ caller, params }) => ask(caller, byNumber(params.id))
		}),
		endpoint({
			method: 'DELETE',
			path: ['/api/friends/:id', '/api/users/friends/:id'],
			tag: FRIENDS,
			summary: 'End a friendship, or take back a request',
			auth: 'token',
			params: PersonKey,
			answer: schema.Said,
			refusals: [404],
			async handle({ caller: { who }, params }) {
				const other = byNumber(params.id);
				const isAsked = store
					.requests(who.person)
					.outgoing.some(({ card }) => card.id === other.id);
				const kind = isAsked ? 'friend.cancel' : 'friend.remove';
				await compat.act(who, { kind, person: other.id });
				return { message: isAsked ? 'The request is taken back.' : 'You are friends no more.' };
			}
		}),
		endpoint({
			method: 'GET',
			path: ['/api/direct/:id/messages', '/api/users/private/:id/messages'],
			tag: 'Messages',
			summary: 'Your conversation with somebody',
			auth: 'token',
			params: PersonKey,
			query: schema.Paging,
			answer: v.object({ ...schema.MessagePage.entries, target: schema.UserCard }),
			refusals: [404, 422],
			handle({ caller: { who, card }, params, query }) {
				const other = byNumber(params.id);
				const cut = cutOf(query);
				const room = directId(who.person, other.id);
				const nothing = { messages: [], total: 0 };
				const part = store.history(who.person, room, cut.skip, cut.perPage) ?? nothing;
				const pair = [card.number, other.number] as const;
				return { ...objects.page(part, cut, null, pair), target: objects.card(other) };
			}
		})
	];
}
