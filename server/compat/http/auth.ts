/** Accounts (compat-api, section 3). */
import * as v from 'valibot';
import { codePoints } from '../../../src/lib/protocol/limits.ts';
import { tidyName } from '../../../src/lib/protocol/names.ts';
import { refuse, RefusalError } from '../../../src/lib/protocol/refusal.ts';
import type { PersonId } from '../../../src/lib/protocol/ids.ts';
import { emailProblem } from '../../auth/rules.ts';
import type { Avatars } from '../avatars.ts';
import { ApiError } from '../errors.ts';
import type { Compat } from '../parts.ts';
import type { PersonView, Profile } from '../ports.ts';
import * as schema from '../schemas.ts';
import { endpoint, type Caller, type Endpoint } from './endpoint.ts';

const TAG = 'Accounts';
/** Code points of a profile's text; "address" may be longer. */
const FIELD_MAX = 200;
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
const field = v.optional(v.nullable(v.pipe(v.string(), v.maxLength(4_000))));
const ProfileChange = v.object({
	username: field,
	email: field,
	real_name: field,
	phone: field,
	address: field,
	bio: field,
	gender: field,
	birthday: v.optional(
		v.nullable(v.pipe(v.string(), v.maxLength(40), v.description('YYYY-MM-DD, or empty')))
	),
	occupation: field,
	website: field,
	avatar_url: field
});
type ProfileChange = v.InferOutput<typeof ProfileChange>;

/** What this API calls the fields that only it has. */
const OWN_FIELDS = {
	real_name: 'realName',
	phone: 'phone',
	address: 'address',
	gender: 'gender',
	occupation: 'occupation',
	website: 'website'
} as const satisfies Record<string, keyof Profile>;

/** A day that exists, as YYYY-MM-DD; null for none. A time behind it is left out. */
function readDay(text: string): string | null {
	const day = text.trim().slice(0, 10);
	if (day === '') return null;
	const at = new Date(`${day}T00:00:00Z`);
	const exists = /^\d{4}-\d\d-\d\d$/.test(day) && !Number.isNaN(at.getTime());
	if (!exists || at.toISOString().slice(0, 10) !== day) {
		const message = 'A birthday is a day such as 2001-05-31.';
		throw new ApiError(400, message, { fields: [{ field: 'birthday', message }] });
	}
	return day;
}

/** The fields of a change that only this API has and that differ from what is known. */
function ownFields(change: ProfileChange, known: PersonView): Partial<Profile> {
	const fields: Partial<Profile> = {};
	for (const [name, key] of Object.entries(OWN_FIELDS)) {
		const given = change[name as keyof typeof OWN_FIELDS];
		if (given === undefined) continue;
		const text = (given ?? '').trim();
		if (text === known[key]) continue;
		if (codePoints(text) > FIELD_MAX) {
			const message = `${name} is too long: at most ${FIELD_MAX} characters.`;
			throw new ApiError(400, message, { fields: [{ field: name, message }] });
		}
		fields[key] = text;
	}
	if (change.birthday !== undefined) {
		const birthday = readDay(change.birthday ?? '');
		if (birthday !== known.birthday) fields.birthday = birthday;
	}
	return fields;
}

export function authEndpoints(compat: Compat, avatars: Avatars): Endpoint[] {
	const { accounts, clock, objects, sessions, store, tokens } = compat;

	function own(person: PersonId): PersonView {
		const view = store.person(person);
		if (!view) throw new RefusalError(refuse('session_ended'));
		return view;
	}
	const user = (person: PersonId) => objects.user(own(person));

	function signIn(person: PersonId, agent: string | undefined) {
		const { token } = tokens.begin(person, agent ?? '');
		return { token, access_token: token, token_type: 'bearer' as const, user: user(person) };
	}

	async function saveEmail({ who }: Caller, email: string): Promise<void> {
		const problem = emailProblem(email);
		if (problem) throw new RefusalError(problem);
		if (!store.setEmail(who.person, email)) {
			throw new RefusalError(refuse('email_taken', { field: 'email' }));
		}
	}

	/** Checks everything before anything is changed, except what only the domain can decide: the name. */
	async function change(caller: Caller, wanted: ProfileChange): Promise<void> {
		const { person } = caller.who;
		const known = own(person);
		const fields = ownFields(wanted, known);
		const email = tidyName(wanted.email ?? known.email);
		const emailFault = email === known.email ? null : emailProblem(email);
		if (emailFault) throw new RefusalError(emailFault);
		const name = tidyName(wanted.username ?? known.card.name);
		const bio = wanted.bio === undefined ? known.bio : (wanted.bio ?? '');
		const edit = {
			...(name === known.card.name ? {} : { name }),
			...(bio === known.bio ? {} : { bio })
		};
		if (Object.keys(edit).length > 0) {
			await compat.act(caller.who, { kind: 'profile.edit', ...edit });
		}
		if (email !== known.email) await saveEmail(caller, email);
		const isTouched = Object.keys({ ...edit, ...fields }).length > 0 || email !== known.email;
		if (wanted.avatar_url) await avatars.setFrom(caller.who, wanted.avatar_url);
		if (isTouched) store.setProfile(person, fields, clock.now());
	}

	return [
		endpoint({
			method: 'POST',
			path: '/api/auth/register',
			tag: TAG,
			summary: 'Make an account and sign in',
			auth: 'open',
			form: true,
			body: Registration,
			answer: v.object({ ...schema.User.entries, ...SignedIn.entries }),
			refusals: [400, 409, 422],
			async handle({ body, request }) {
				const { username, email, password, password2 } = body;
				if (password2 !== undefined && password2 !== '' && password2 !== password) {
					const message = 'The two passwords differ.';
					throw new ApiError(400, message, { fields: [{ field: 'password2', message }] });
				}
				const applicant = { name: username, email, password };
				const person = await accounts.register(applicant, request.ip);
				const signed = signIn(person, request.headers['user-agent']);
				return { ...signed.user, ...signed, message: 'The account has been made.' };
			}
		}),
		endpoint({
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
				const who = { name: username, password, remember: false };
				const person = await accounts.signIn(who, request.ip);
				return { ...signIn(person, request.headers['user-agent']), message: 'You are signed in.' };
			}
		}),
		endpoint({
			method: 'GET',
			path: '/api/auth/me',
			tag: TAG,
			summary: 'Your own account',
			auth: 'token',
			answer: v.object({ ...schema.User.entries, user: schema.User }),
			handle({ caller }) {
				const me = user(caller.who.person);
				return { ...me, user: me };
			}
		}),
		endpoint({
			method: 'GET',
			path: '/api/auth/verify',
			tag: TAG,
			summary: 'Whether the token is valid',
			auth: 'token',
			answer: v.object({ valid: v.literal(true), user: schema.User }),
			handle: ({ caller }) => ({ valid: true as const, user: user(caller.who.person) })
		}),
		endpoint({
			method: 'GET',
			path: '/api/auth/check',
			tag: TAG,
			summary: 'Whether you are signed in',
			auth: 'token',
			answer: v.object({ authenticated: v.literal(true), user: schema.User }),
			handle: ({ caller }) => ({ authenticated: true as const, user: user(caller.who.person) })
		}),
		endpoint({
			method: 'POST',
			path: '/api/auth/logout',
			tag: TAG,
			summary: 'End the token and its sockets',
			auth: 'token',
			answer: schema.Said,
			handle({ caller }) {
				sessions.endPublic(caller.who.person, caller.who.session);
				return { message: 'You are signed out.' };
			}
		}),
		endpoint({
			method: 'PUT',
			path: '/api/auth/profile',
			tag: TAG,
			summary: 'Change your account; unchanged values may be sent along',
			auth: 'token',
			form: true,
			body: ProfileChange,
			answer: schema.User,
			refusals: [400, 409, 422],
			async handle({ caller, body }) {
				await change(caller, body);
				return user(caller.who.person);
			}
		}),
		endpoint({
			method: 'PUT',
			path: '/api/auth/change-password',
			tag: TAG,
			summary: 'Change your password; all other sign-ins end',
			auth: 'token',
			form: true,
			body: v.object({ current_password: short, new_password: short }),
			answer: schema.Said,
			refusals: [400, 422],
			async handle({ caller, body }) {
				const { person, session } = caller.who;
				await accounts.changePassword(person, body.current_password, body.new_password);
				// Whoever knew the old password is out; whoever changed it stays.
				sessions.endOthers(person, session);
				return { message: 'The password has been changed.' };
			}
		}),
		endpoint({
			method: 'GET',
			path: '/api/users/:id/profile',
			tag: 'People',
			summary: 'The profile of somebody, without e-mail and phone',
			auth: 'token',
			params: v.object({ id: v.string() }),
			answer: v.object({ user: schema.Profile }),
			refusals: [404],
			handle({ params }) {
				const card = /^\d{1,15}$/.test(params.id) ? store.byNumber(Number(params.id)) : null;
				if (!card) throw new RefusalError(refuse('no_such_person'));
				return { user: objects.profile(own(card.id)) };
			}
		})
	];
}
