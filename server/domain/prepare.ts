/**
 * Everything about an act that is done before the transaction: parsing, limiting, digests, and the
 * slow work on passwords.
 */
import { hash } from 'node:crypto';
import * as v from 'valibot';
import { LIMITS, utf8Bytes } from '../../src/lib/protocol/limits.ts';
import { refuse, type Refusal } from '../../src/lib/protocol/refusal.ts';
import { Act } from '../../src/lib/protocol/up.ts';
import { isIn } from './access.ts';
import type { Hasher, LimitedKind, Limiter, Pictures, Who } from './ports.ts';
import type { Picture } from './people-port.ts';
import type { AnyAct, Prepared, Store } from './store-port.ts';

/** Strings as SQLite and PostgreSQL will keep them: a lone surrogate would come back as another text. */
function wellFormed(act: Act): Act {
	const isClean = (value: unknown) =>
		typeof value !== 'string' || (value.isWellFormed() && !value.includes('\u0000'));
	const entries = Object.entries(act);
	if (entries.every(([, value]) => isClean(value))) return act;
	const clean = entries.map(([key, value]) => [
		key,
		typeof value === 'string' ? value.toWellFormed().replaceAll('\u0000', '') : value
	]);
	return Object.fromEntries(clean) as Act;
}

/** Reads one act, or answers why it cannot be one. Fields that are no part of an act are dropped (H8). */
export function parseAct(raw: unknown): { act: Act } | { refusal: Refusal } {
	const parsed = v.safeParse(Act, raw);
	if (parsed.success) return { act: wellFormed(parsed.output) };
	const field = parsed.issues[0].path?.[0]?.key;
	return { refusal: refuse('malformed', typeof field === 'string' ? { field } : {}) };
}

/** SHA-256 (base64) of what an act says. The device's clock is no part of it, and a message's edit history neither. */
export function digestOf(act: AnyAct): string {
	const said =
		act.kind === 'message.post'
			? [
					act.room,
					act.body,
					act.reply ?? null,
					...(act.forward ? [act.forward] : []),
					...(act.files ?? [])
				]
			: Object.entries(act)
					.filter(([key]) => key !== 'at' && key !== 'id' && key !== 'password')
					.sort(([a], [b]) => (a < b ? -1 : 1));
	return hash('sha256', JSON.stringify(said), 'base64');
}

/** Acts that reach people who may not know the actor are counted: nobody is to be flooded with them. */
const COUNTED: Partial<Record<Act['kind'], LimitedKind>> = {
	'friend.ask': 'friend-ask',
	'direct.open': 'direct-open',
	// One change of a card is told in every room of its person.
	'profile.edit': 'profile',
	'room.create': 'room-create',
	'invite.create': 'invite-create'
};

/** Whether an act needs hashing, a picture, or counting, and so has to wait for the acts before it. */
export function isSlow(act: Act): boolean {
	if (COUNTED[act.kind]) return true;
	if (act.kind === 'profile.avatar') return act.image !== null;
	if (act.kind === 'room.edit') return typeof act.password === 'string';
	return (act.kind === 'room.create' || act.kind === 'room.join') && act.password !== undefined;
}

interface Tools {
	store: Store;
	hasher: Hasher;
	limiter: Limiter;
	pictures: Pictures;
}

/** What slow work came to. */
export type Made = { secret: string | null; picture?: Picture };

/**
 * Does the slow work. Answers the secret or picture for `Prepared`, or a refusal that ends the act.
 * Rejects with RefusalError when attempts are limited or the hasher is busy.
 */
export async function prepareSlowly(
	tools: Tools,
	who: Who,
	act: Act
): Promise<Made | { refusal: Refusal }> {
	// A repeat is answered with what it came to; doing the work once more would keep a long queue from ending.
	if (await tools.store.op(act.id)) return { secret: null };
	const counted = COUNTED[act.kind];
	if (counted) await tools.limiter.take(counted, who.person);
	switch (act.kind) {
		case 'profile.avatar':
			return preparePicture(tools, who, act);
		case 'room.create':
		case 'room.edit':
			return prepareHash(tools, act.password);
		case 'room.join':
			return prepareEntry(tools, who, act);
		default:
			return { secret: null };
	}
}

async function preparePicture(
	{ pictures, limiter }: Tools,
	who: Who,
	{ image }: Extract<Act, { kind: 'profile.avatar' }>
): Promise<Made | { refusal: Refusal }> {
	if (image === null) return { secret: null };
	await limiter.take('pictures', who.person);
	const picture = await pictures.square(Buffer.from(image, 'base64'));
	return picture
		? { secret: null, picture }
		: { refusal: refuse('picture_invalid', { field: 'image' }) };
}

async function prepareHash(
	{ hasher }: Tools,
	password: string | null | undefined
): Promise<Made | { refusal: Refusal }> {
	if (typeof password !== 'string') return { secret: null };
	const fault = passwordFault(password);
	return fault ? { refusal: fault } : { secret: await hasher.hash(password) };
}

async function prepareEntry(
	{ store, hasher, limiter }: Tools,
	who: Who,
	act: Extract<Act, { kind: 'room.join' }>
): Promise<Made | { refusal: Refusal }> {
	if (act.password === undefined) return { secret: null };
	const [room, span] = await Promise.all([store.room(act.room), store.span(act.room, who.person)]);
	// Whoever is banned finds nothing out about the password.
	if (!room?.passwordHash || isIn(span) || span?.banned) return { secret: null };
	if (utf8Bytes(act.password) > LIMITS.passwordMaxBytes) {
		return { refusal: refuse('room_password_wrong', { field: 'password' }) };
	}
	const tries = [
		['room-password', `${who.person}:${act.room}`],
		['room-password-room', act.room],
		...(who.address ? ([['room-password-address', who.address]] as const) : [])
	] as const;
	for (const [kind, key] of tries) await limiter.take(kind, key);
	const matches = await hasher.verify(room.passwordHash, act.password);
	if (matches) {
		// A class that joins together is no attack.
		for (const [kind, key] of tries) await limiter.giveBack(kind, key);
	}
	return matches
		? { secret: room.passwordHash }
		: { refusal: refuse('room_password_wrong', { field: 'password' }) };
}

/** A room's password may be short, but not empty, and not so long that hashing it costs much. */
function passwordFault(password: string): Refusal | null {
	if (password === '') return refuse('room_password_missing', { field: 'password' });
	return utf8Bytes(password) > LIMITS.passwordMaxBytes
		? refuse('password_too_long', { field: 'password' })
		: null;
}

/** Puts an act in the form that the store takes. */
export function prepared(who: Who, act: AnyAct, { secret, picture }: Made): Prepared {
	const { person, device } = who;
	return { person, device, act, digest: digestOf(act), secret, ...(picture ? { picture } : {}) };
}
