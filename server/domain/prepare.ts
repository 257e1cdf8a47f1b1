/**
 * Everything about an act that is done before the transaction: parsing, limiting, digests, and the
 * slow work on passwords.
 */
import { hash } from 'node:crypto';
import * as v from 'valibot';
import { callsIn } from '../../src/lib/markup/mentions.ts';
import { hasControls, passwordTooLong } from '../../src/lib/protocol/passwords.ts';
import { refuse, type Refusal } from '../../src/lib/protocol/refusal.ts';
import { Act } from '../../src/lib/protocol/up.ts';
import { isIn } from './access.ts';
import type { Hasher, LimitedKind, Limiter, Pictures, Actor } from './ports.ts';
import type { Picture } from './people-port.ts';
import type { AnyAct, PreparedAct, Store } from './store-port.ts';

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

/** Reads one act, or answers why it cannot be one. Fields that are no part of an act are dropped (HTTP-8). */
export function parseAct(raw: unknown): { act: Act } | { refusal: Refusal } {
	const parsed = v.safeParse(Act, raw);
	if (parsed.success) return { act: wellFormed(parsed.output) };
	const field = parsed.issues[0].path?.[0]?.key;
	return { refusal: refuse('malformed', typeof field === 'string' ? { field } : {}) };
}

/** SHA-256 (base64) of an act without its id, the device's time and a password. */
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
	'message.report': 'report',
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

/** What slow work needs. */
export interface PrepareTools {
	store: Store;
	hasher: Hasher;
	limiter: Limiter;
	pictures: Pictures;
}

/** What slow work came to. */
type Made = { secret: string | null; picture?: Picture };

/**
 * Does the slow work. Answers the secret or picture for `PreparedAct`, or a refusal that ends the act.
 * Rejects with RefusalError when attempts are limited or the hasher is busy.
 */
export async function prepareSlowly(
	tools: PrepareTools,
	actor: Actor,
	act: Act
): Promise<Made | { refusal: Refusal }> {
	// A repeat is answered with what it came to; doing the work once more would keep a long queue from ending.
	if (await tools.store.actResult(act.id)) return { secret: null };
	const counted = COUNTED[act.kind];
	if (counted) await tools.limiter.take(counted, actor.person);
	switch (act.kind) {
		case 'profile.avatar':
			return preparePicture(tools, actor, act);
		case 'room.create':
		case 'room.edit':
			return prepareHash(tools, act.password);
		case 'room.join':
			return prepareEntry(tools, actor, act);
		default:
			return { secret: null };
	}
}

async function preparePicture(
	{ pictures, limiter }: PrepareTools,
	actor: Actor,
	{ image }: Extract<Act, { kind: 'profile.avatar' }>
): Promise<Made | { refusal: Refusal }> {
	if (image === null) return { secret: null };
	await limiter.take('pictures', actor.person);
	const picture = await pictures.square(Buffer.from(image, 'base64'));
	return picture
		? { secret: null, picture }
		: { refusal: refuse('picture_invalid', { field: 'image' }) };
}

async function prepareHash(
	{ hasher }: PrepareTools,
	password: string | null | undefined
): Promise<Made | { refusal: Refusal }> {
	if (typeof password !== 'string') return { secret: null };
	const refusal = passwordRefusal(password);
	return refusal ? { refusal } : { secret: await hasher.hash(password) };
}

async function prepareEntry(
	{ store, hasher, limiter }: PrepareTools,
	actor: Actor,
	act: Extract<Act, { kind: 'room.join' }>
): Promise<Made | { refusal: Refusal }> {
	if (act.password === undefined) return { secret: null };
	const [room, membership] = await Promise.all([
		store.room(act.room),
		store.membership(act.room, actor.person)
	]);
	// Whoever is banned finds nothing out about the password.
	if (!room?.passwordHash || isIn(membership) || membership?.banned) return { secret: null };
	if (passwordTooLong(act.password)) {
		return { refusal: refuse('room_password_wrong', { field: 'password' }) };
	}
	const own = `${actor.person}:${act.room}`;
	const tries = [
		['room-password', own],
		['room-password-room', act.room, own],
		...(actor.address ? ([['room-password-address', actor.address]] as const) : [])
	] as const;
	for (const [kind, key, who] of tries) await limiter.take(kind, key, 1, who);
	const matches =
		(await hasher.verify(room.passwordHash, act.password)) ||
		(await hasher.verifyAsTyped(room.passwordHash, act.password));
	if (matches) {
		// A class that joins together is no attack.
		for (const [kind, key, who] of tries) await limiter.refund(kind, key, who);
	}
	return matches
		? { secret: room.passwordHash }
		: { refusal: refuse('room_password_wrong', { field: 'password' }) };
}

/** A room's password may be short, but not empty, and not so long that hashing it costs much. */
function passwordRefusal(password: string): Refusal | null {
	if (password === '') return refuse('room_password_missing', { field: 'password' });
	if (hasControls(password)) return refuse('password_invalid', { field: 'password' });
	return passwordTooLong(password) ? refuse('password_too_long', { field: 'password' }) : null;
}

/** Puts an act in the form that the store takes. */
export function toPreparedAct(actor: Actor, act: AnyAct, { secret, picture }: Made): PreparedAct {
	const { person, device } = actor;
	const isText = act.kind === 'message.post' || act.kind === 'message.edit';
	return {
		person,
		device,
		act,
		digest: digestOf(act),
		secret,
		// Read before the transaction: there it would hold up everybody.
		calls: isText ? callsIn(act.body) : [],
		...(picture ? { picture } : {})
	};
}
