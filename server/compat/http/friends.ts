/** Friends, and requests to become one (compat-api, section 3). */
import * as v from 'valibot';
import type { Card } from '../../../src/lib/protocol/change.ts';
import type { PersonId } from '../../../src/lib/protocol/ids.ts';
import { refuse, RefusalError } from '../../../src/lib/protocol/refusal.ts';
import type { CompatContext } from '../context.ts';
import { ApiError } from '../errors.ts';
import type { ContactView } from '../ports.ts';
import * as schema from '../schemas.ts';
import { isoWithoutZone } from '../serializers.ts';
import type { EndpointContext } from './endpoint-context.ts';
import { endpoint, type Caller, type Endpoint } from './endpoint.ts';
import { PersonKey, personByNumber } from './person-key.ts';

const TAG = 'Friends';

const short = v.optional(v.pipe(v.string(), v.maxLength(200)));
const Friend = v.object({ ...schema.UserCard.entries, friendship_id: schema.id });
const Asked = v.object({
	id: v.pipe(schema.id, v.description('Stands for the request in accept and reject')),
	requester: schema.UserCard,
	created_at: schema.time
});
const Sent = v.object({ id: schema.id, receiver: schema.UserCard, created_at: schema.time });
const RequestSent = v.object({
	message: v.string(),
	request: v.object({ ...Sent.entries, status: v.picklist(['pending', 'accepted']) })
});
const Accepted = v.object({ message: v.string(), friend: schema.UserCard });

export const friendEndpoints = (context: EndpointContext): Endpoint[] => [
	listFriends(context),
	listRequests(context),
	sendRequest(context),
	sendRequestById(context),
	acceptRequest(context),
	rejectRequest(context),
	endFriendship(context)
];

function listFriends({ serializeFor, store }: EndpointContext): Endpoint {
	return endpoint({
		method: 'GET',
		path: ['/api/friends', '/api/users/friends'],
		tag: TAG,
		summary: 'Your friends',
		auth: 'token',
		answer: v.object({ friends: v.array(Friend) }),
		async handle({ caller: { who } }) {
			const serialize = await serializeFor(who.person);
			// A friendship has no number of its own: within one's own list the friend's is as good.
			const friends = await store.friends(who.person);
			return {
				friends: friends.map(({ card }) => ({
					...serialize.card(card),
					friendship_id: card.number
				}))
			};
		}
	});
}

function listRequests({ serializeFor, store }: EndpointContext): Endpoint {
	return endpoint({
		method: 'GET',
		path: ['/api/friends/requests', '/api/users/friends/requests'],
		tag: TAG,
		summary: 'Requests that wait: for your answer, and for that of others',
		auth: 'token',
		answer: v.object({ requests: v.array(Asked), sent: v.array(Sent) }),
		async handle({ caller: { who } }) {
			const serialize = await serializeFor(who.person);
			const { incoming, outgoing } = await store.requests(who.person);
			const request = ({ card, at }: ContactView) => ({
				id: card.number,
				created_at: isoWithoutZone(at)
			});
			return {
				requests: incoming.map((contact) => ({
					...request(contact),
					requester: serialize.card(contact.card)
				})),
				sent: outgoing.map((contact) => ({
					...request(contact),
					receiver: serialize.card(contact.card)
				}))
			};
		}
	});
}

function sendRequest(context: EndpointContext): Endpoint {
	const { store } = context;
	return endpoint({
		method: 'POST',
		path: '/api/friends/requests',
		tag: TAG,
		summary: 'Ask somebody to be friends; requests that cross one another are accepted',
		auth: 'token',
		form: true,
		body: v.object({ username: short, user_id: v.optional(schema.idOrText) }),
		answer: RequestSent,
		refusals: [400, 403, 404, 422],
		async handle({ caller, body: { username, user_id } }) {
			if (user_id !== undefined) {
				return befriend(context, caller, await personByNumber(store, user_id));
			}
			if (!username?.trim()) throw new ApiError(400, 'Say whom you ask: username or user_id.');
			const other = await store.byName(username);
			if (!other) throw new RefusalError(refuse('no_such_person'));
			return befriend(context, caller, other);
		}
	});
}

function sendRequestById(context: EndpointContext): Endpoint {
	return endpoint({
		method: 'POST',
		path: '/api/users/friends/:id',
		tag: TAG,
		summary: 'Ask somebody to be friends',
		auth: 'token',
		params: PersonKey,
		answer: RequestSent,
		refusals: [400, 403, 404],
		handle: async ({ caller, params }) =>
			befriend(context, caller, await personByNumber(context.store, params.id))
	});
}

/** Sends a request; one that crosses another makes the two friends at once. */
async function befriend(context: EndpointContext, { who }: Caller, other: Card) {
	const { clock, serializeFor, store } = context;
	if (await areFriends(store, who.person, other.id)) {
		throw new ApiError(400, 'You are friends already.');
	}
	await context.act(who, { kind: 'friend.ask', person: other.id });
	const isFriend = await areFriends(store, who.person, other.id);
	const { outgoing } = await store.requests(who.person);
	const sent = outgoing.find(({ card }) => card.id === other.id);
	return {
		message: isFriend ? 'You are friends now.' : 'The request has been sent.',
		request: {
			id: other.number,
			receiver: (await serializeFor(who.person)).card(other),
			created_at: isoWithoutZone(sent?.at ?? clock.now()),
			status: isFriend ? ('accepted' as const) : ('pending' as const)
		}
	};
}

const areFriends = async (
	store: CompatContext['store'],
	person: PersonId,
	other: PersonId
): Promise<boolean> => (await store.friends(person)).some(({ card }) => card.id === other);

function acceptRequest({ act, serializeFor, store }: EndpointContext): Endpoint {
	return endpoint({
		method: 'POST',
		path: ['/api/friends/requests/:id/accept', '/api/users/friends/:id/accept'],
		tag: TAG,
		summary: 'Accept a request',
		auth: 'token',
		params: PersonKey,
		answer: Accepted,
		refusals: [400, 404],
		async handle({ caller: { who }, params }) {
			const other = await personByNumber(store, params.id);
			await act(who, { kind: 'friend.accept', person: other.id });
			const friend = (await serializeFor(who.person)).card(other);
			return { message: 'You are friends now.', friend };
		}
	});
}

function rejectRequest({ act, store }: EndpointContext): Endpoint {
	return endpoint({
		method: 'POST',
		path: ['/api/friends/requests/:id/reject', '/api/users/friends/:id/reject'],
		tag: TAG,
		summary: 'Reject a request',
		auth: 'token',
		params: PersonKey,
		answer: schema.MessageResponse,
		refusals: [400, 404],
		async handle({ caller: { who }, params }) {
			const { id: person } = await personByNumber(store, params.id);
			await act(who, { kind: 'friend.reject', person });
			return { message: 'The request has been rejected.' };
		}
	});
}

function endFriendship({ act, store }: EndpointContext): Endpoint {
	return endpoint({
		method: 'DELETE',
		path: ['/api/friends/:id', '/api/users/friends/:id'],
		tag: TAG,
		summary: 'End a friendship, or take back a request',
		auth: 'token',
		params: PersonKey,
		answer: schema.MessageResponse,
		refusals: [404],
		async handle({ caller: { who }, params }) {
			const other = await personByNumber(store, params.id);
			const { outgoing } = await store.requests(who.person);
			const isAsked = outgoing.some(({ card }) => card.id === other.id);
			const kind = isAsked ? 'friend.cancel' : 'friend.remove';
			await act(who, { kind, person: other.id });
			return { message: isAsked ? 'The request is taken back.' : 'You are friends no more.' };
		}
	});
}
