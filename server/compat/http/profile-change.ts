/** A change of one's own profile: read, and made as a whole or not at all. */
import * as v from 'valibot';
import type { PersonId } from '../../../src/lib/protocol/ids.ts';
import { codePoints } from '../../../src/lib/protocol/limits.ts';
import { tidyName } from '../../../src/lib/protocol/names.ts';
import { refuse, RefusalError } from '../../../src/lib/protocol/refusal.ts';
import { emailProblem } from '../../auth/rules.ts';
import type { Actor } from '../../domain/ports.ts';
import type { CompatContext } from '../context.ts';
import { ApiError } from '../errors.ts';
import type { PersonView, Profile } from '../ports.ts';
import type { EndpointContext } from './endpoint-context.ts';
import type { Caller } from './endpoint.ts';

/** Code points of a profile's text; "address" may be longer. */
const FIELD_MAX = 200;

const field = v.optional(v.nullable(v.pipe(v.string(), v.maxLength(4_000))));
export const ProfileChange = v.object({
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
export type ProfileChange = v.InferOutput<typeof ProfileChange>;

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

/** Rejects with RefusalError when the account has just ended. */
export async function ownProfile(
	store: CompatContext['store'],
	person: PersonId
): Promise<PersonView> {
	const view = await store.person(person);
	if (!view) throw new RefusalError(refuse('session_ended'));
	return view;
}

/** What is to become different; email null: it stays. */
interface Edit {
	email: string | null;
	/** the card's part, which only the domain can decide */
	card: { name?: string; bio?: string };
	/** another picture, which takes effect last */
	picture: string | null;
}

/** Changes a profile as a whole or not at all: what was done before something was refused is undone. */
export async function changeProfile(
	context: EndpointContext,
	{ who }: Caller,
	change: ProfileChange
): Promise<void> {
	const { avatars, clock, store } = context;
	const known = await ownProfile(store, who.person);
	const fields = ownFields(change, known);
	const email = await newEmail(context, change, known);
	const picture = change.avatar_url ? await avatars.prepare(who, change.avatar_url) : null;
	const edit: Edit = { email, card: cardEdit(change, known), picture };
	await applyOrUndo(context, who, known, edit);
	const isTouched = email !== null || Object.keys({ ...edit.card, ...fields }).length > 0;
	if (isTouched) await store.setProfile(who.person, fields, clock.now());
}

/** The address to be set; null when it stays. Rejects with RefusalError. */
async function newEmail(
	{ limits }: EndpointContext,
	change: ProfileChange,
	known: PersonView
): Promise<string | null> {
	const email = tidyName(change.email ?? known.email);
	if (email === known.email) return null;
	const problem = emailProblem(email);
	if (problem) throw new RefusalError(problem);
	await limits.take('email-change', known.card.id);
	return email;
}

function cardEdit(change: ProfileChange, known: PersonView): Edit['card'] {
	const name = tidyName(change.username ?? known.card.name);
	const bio = change.bio === undefined ? known.bio : (change.bio ?? '');
	return {
		...(name === known.card.name ? {} : { name }),
		...(bio === known.bio ? {} : { bio })
	};
}

async function applyOrUndo(
	{ act, avatars, log, store }: EndpointContext,
	who: Actor,
	known: PersonView,
	{ email, card, picture }: Edit
): Promise<void> {
	const undo: (() => Promise<unknown>)[] = [];
	try {
		if (email !== null) {
			await setEmail(store, who.person, email);
			undo.push(() => setEmail(store, who.person, known.email));
		}
		if (Object.keys(card).length > 0) {
			await act(who, { kind: 'profile.edit', ...card });
			const before = { name: known.card.name, bio: known.bio };
			undo.push(() => act(who, { kind: 'profile.edit', ...before }));
		}
		if (picture) await avatars.set(who, picture);
	} catch (error) {
		for (const step of undo.reverse()) {
			await step().catch((err: unknown) => log.error({ err }, 'a profile could not be put back'));
		}
		throw error;
	}
}

/** Rejects with RefusalError. */
async function setEmail(
	store: CompatContext['store'],
	person: PersonId,
	email: string
): Promise<void> {
	if (await store.setEmail(person, email)) return;
	throw new RefusalError(refuse('email_taken', { field: 'email' }));
}
