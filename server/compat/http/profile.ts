/** Profiles: one's own, which can be changed, and those of others (compat-api, section 3). */
import * as v from 'valibot';
import * as schema from '../schemas.ts';
import type { EndpointContext } from './endpoint-context.ts';
import { seesLastSeen } from '../viewer.ts';
import { endpoint, type Endpoint } from './endpoint.ts';
import { PersonKey, personByNumber } from './person-key.ts';
import { changeProfile, ownProfile, ProfileChange } from './profile-change.ts';

export const profileEndpoints = (context: EndpointContext): Endpoint[] => [
	editProfile(context),
	showProfile(context)
];

function editProfile(context: EndpointContext): Endpoint {
	const { serializeFor, store } = context;
	return endpoint({
		method: 'PUT',
		path: '/api/auth/profile',
		tag: 'Accounts',
		summary: 'Change your account; unchanged values may be sent along',
		auth: 'token',
		form: true,
		body: ProfileChange,
		answer: schema.User,
		refusals: [400, 409, 422],
		async handle({ caller, body }) {
			await changeProfile(context, caller, body);
			const { person } = caller.who;
			return (await serializeFor(person)).user(await ownProfile(store, person));
		}
	});
}

function showProfile({ serializeFor, store }: EndpointContext): Endpoint {
	return endpoint({
		method: 'GET',
		path: '/api/users/:id/profile',
		tag: 'People',
		summary: 'The profile of somebody, without e-mail and phone',
		auth: 'token',
		params: PersonKey,
		answer: v.object({ user: schema.Profile }),
		refusals: [404],
		async handle({ caller: { who }, params }) {
			const { id } = await personByNumber(store, params.id);
			const isSeen = await seesLastSeen(store, who.person, id);
			const serialize = await serializeFor(who.person);
			return { user: serialize.profile(await ownProfile(store, id), isSeen) };
		}
	});
}
