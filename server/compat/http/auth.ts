/** Accounts (compat-api, section 3). */
import * as v from 'valibot';
import type { PersonId } from '../../../src/lib/protocol/ids.ts';
import { normalizePassword } from '../../../src/lib/protocol/passwords.ts';
import type { Proof } from '../../auth/session-store.ts';
import { ApiError } from '../errors.ts';
import * as schema from '../schemas.ts';
import type { User } from '../serializers.ts';
import type { EndpointContext } from './endpoint-context.ts';
import { endpoint, type Endpoint } from './endpoint.ts';
import { ownProfile } from './profile-change.ts';

const TAG = 'Accounts';
const short = v.pipe(v.string(), v.maxLength(1_024));

const Credentials = v.object({
	username: v.pipe(short, v.description('The user name, or the e-mail address')),
	password: short,
	remember_me: v.optional(schema.flag)
});
const Registration = v.object({
	username: short,
	email: short,
	password: short,
	password2: v.optional(v.pipe(short, v.description('When sent, it must equal the password')))
});
const SignedIn = v.object({
	message: v.string(),
	access_token: v.string(),
	token: v.string(),
	token_type: v.literal('bearer'),
	user: schema.User
});

export const authEndpoints = (context: EndpointContext): Endpoint[] => [
	register(context),
	logIn(context),
	ownAccount(context),
	verifyToken(context),
	checkSignedIn(context),
	logOut(context),
	changePassword(context)
];

function register(context: EndpointContext): Endpoint {
	return endpoint({
		method: 'POST',
		path: '/api/auth/register',
		tag: TAG,
		summary: 'Make an account and sign in',
		auth: 'open',
		form: true,
		body: Registration,
		answer: v.object({ ...schema.User.entries, ...SignedIn.entries }),
		refusals: [400, 409, 422],
		async handle({ body: { username, email, password, password2 }, request }) {
			requireSame(password, password2);
			const applicant = { name: username, email, password };
			const proof = await context.accounts.register(applicant, request.ip);
			const signedIn = await signIn(context, proof, request.headers['user-agent']);
			return { ...signedIn.user, ...signedIn, message: 'The account has been made.' };
		}
	});
}

/** @throws ApiError 400 when a password was typed twice and not the same */
function requireSame(password: string, repeated: string | undefined): void {
	if (repeated === undefined || repeated === '') return;
	if (normalizePassword(repeated) === normalizePassword(password)) return;
	const message = 'The two passwords differ.';
	throw new ApiError(400, message, { fields: [{ field: 'password2', message }] });
}

function logIn(context: EndpointContext): Endpoint {
	return endpoint({
		method: 'POST',
		path: '/api/auth/login',
		tag: TAG,
		summary: 'Sign in: the answer has the token, which lasts seven days',
		auth: 'open',
		form: true,
		body: Credentials,
		answer: SignedIn,
		refusals: [400, 422],
		async handle({ body: { username, password }, request }) {
			const credentials = { name: username, password, remember: false };
			const proof = await context.accounts.signIn(credentials, request.ip, request.headers.cookie);
			const signedIn = await signIn(context, proof, request.headers['user-agent']);
			return { ...signedIn, message: 'You are signed in.' };
		}
	});
}

async function signIn(context: EndpointContext, proof: Proof, agent: string | undefined) {
	const { token } = await context.tokens.begin(proof, agent ?? '');
	const user = await userOf(context, proof.person);
	return { token, access_token: token, token_type: 'bearer' as const, user };
}

const userOf = async ({ serializeFor, store }: EndpointContext, person: PersonId): Promise<User> =>
	(await serializeFor(person)).user(await ownProfile(store, person));

function ownAccount(context: EndpointContext): Endpoint {
	return endpoint({
		method: 'GET',
		path: '/api/auth/me',
		tag: TAG,
		summary: 'Your own account',
		auth: 'token',
		answer: v.object({ ...schema.User.entries, user: schema.User }),
		async handle({ caller }) {
			const user = await userOf(context, caller.who.person);
			return { ...user, user };
		}
	});
}

function verifyToken(context: EndpointContext): Endpoint {
	return endpoint({
		method: 'GET',
		path: '/api/auth/verify',
		tag: TAG,
		summary: 'Whether the token is valid',
		auth: 'token',
		answer: v.object({ valid: v.literal(true), user: schema.User }),
		handle: async ({ caller }) => ({
			valid: true as const,
			user: await userOf(context, caller.who.person)
		})
	});
}

function checkSignedIn(context: EndpointContext): Endpoint {
	return endpoint({
		method: 'GET',
		path: '/api/auth/check',
		tag: TAG,
		summary: 'Whether you are signed in',
		auth: 'token',
		answer: v.object({ authenticated: v.literal(true), user: schema.User }),
		handle: async ({ caller }) => ({
			authenticated: true as const,
			user: await userOf(context, caller.who.person)
		})
	});
}

function logOut({ sessions }: EndpointContext): Endpoint {
	return endpoint({
		method: 'POST',
		path: '/api/auth/logout',
		tag: TAG,
		summary: 'End the token and its sockets',
		auth: 'token',
		answer: schema.MessageResponse,
		async handle({ caller }) {
			await sessions.endPublic(caller.who.person, caller.who.session);
			return { message: 'You are signed out.' };
		}
	});
}

function changePassword({ accounts, sessions }: EndpointContext): Endpoint {
	return endpoint({
		method: 'PUT',
		path: '/api/auth/change-password',
		tag: TAG,
		summary: 'Change your password; all other sign-ins end',
		auth: 'token',
		form: true,
		body: v.object({ current_password: short, new_password: short }),
		answer: schema.MessageResponse,
		refusals: [400, 422],
		async handle({ caller, body }) {
			const { person, session } = caller.who;
			await accounts.changePassword(person, body.current_password, body.new_password);
			// Whoever knew the old password is out; whoever changed it stays.
			await sessions.endOthers(person, session);
			return { message: 'The password has been changed.' };
		}
	});
}
