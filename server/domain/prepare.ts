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
import type { Hasher, Limiter, Who } from './ports.ts';
import type { Prepared, Store } from './store-port.ts';

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
export function digestOf(act: Act): string {
	const said =
		act.kind === 'message.post'
			? [act.room, act.body, act.reply ?? null]
			: Object.entries(act)
					.filter(([key]) => key !== 'at' && key !== 'id' && key !== 'password')
					.sort(([a], [b]) => (a < b ? -1 : 1));
	return hash('sha256', JSON.stringify(said), 'base64');
}

/** Whether an act needs hashing, and so has to wait for the acts before it. */
export function isSlow(act: Act): boolean {
	return (act.kind === 'room.create' || act.kind === 'room.join') && act.password !== undefined;
}

interface Tools {
	store: Store;
	hasher: Hasher;
	limiter: Limiter;
}

/**
 * Does the slow work. Answers the secret for `Prepared`, or a refusal that ends the act. Rejects
 * with RefusalError when attempts are limited or the hasher is busy.
 */
export async function prepareSecret(
	{ store, hasher, limiter }: Tools,
	who: Who,
	act: Act
): Promise<{ secret: string | null } | { refusal: Refusal }> {
	if (act.kind === 'room.create' && act.password !== undefined) {
		const fault = passwordFault(act.password);
		// A repeat is answered with what it came to; hashing once more would keep a long queue from ending.
		if (await store.op(act.id)) return { secret: null };
		return fault ? { refusal: fault } : { secret: await hasher.hash(act.password) };
	}
	if (act.kind !== 'room.join' || act.password === undefined) return { secret: null };
	const [room, span, op] = await Promise.all([
		store.room(act.room),
		store.span(act.room, who.person),
		store.op(act.id)
	]);
	if (op || !room?.passwordHash || isIn(span)) return { secret: null };
	if (utf8Bytes(act.password) > LIMITS.passwordMaxBytes) {
		return { refusal: refuse('room_password_wrong', { field: 'password' }) };
	}
	const pair = `${who.person}:${act.room}`;
	await limiter.take('room-password', pair);
	await limiter.take('room-password-room', act.room);
	const matches = await hasher.verify(room.passwordHash, act.password);
	if (matches) {
		// A class that joins together is no attack.
		await limiter.giveBack('room-password', pair);
		await limiter.giveBack('room-password-room', act.room);
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
export function prepared(who: Who, act: Act, secret: string | null): Prepared {
	return { person: who.person, device: who.device, act, digest: digestOf(act), secret };
}
