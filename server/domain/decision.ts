/** The words in which decisions are said, and checks that several of them share. Pure. */
import { codePoints, LIMITS } from '../../src/lib/protocol/limits.ts';
import { refuse as makeRefusal, type RefusalCode } from '../../src/lib/protocol/refusal.ts';
import type { Act } from '../../src/lib/protocol/up.ts';
import type { Effect } from './effect.ts';
import type { AnyAct, Decision, Facts, Membership } from './store-port.ts';

export type Of<K extends AnyAct['kind']> = Extract<AnyAct, { kind: K }>;

/** Refused, for ever under this id. */
export const refuse = (code: RefusalCode, field?: string): Decision => ({
	is: 'refuse',
	refusal: makeRefusal(code, field === undefined ? {} : { field }),
	record: true
});
export const accept = (stream: string, ...effects: Effect[]): Decision => ({
	is: 'accept',
	stream,
	effects
});
/** Accepted, though nothing had to change. */
export const unchanged = (stream: string, seq: number): Decision => ({ is: 'repeat', stream, seq });

/** The id is taken. `seq`: of what the same author has under it. */
export function conflict(seq?: number): Decision {
	const refusal = makeRefusal('id_conflict', seq === undefined ? {} : { seq });
	return { is: 'refuse', refusal, record: false };
}

/** Whether nothing of a text can be seen. */
export const isBlank = (text: string): boolean =>
	/^[\s\p{Cc}\p{Cf}\p{Z}\p{Default_Ignorable_Code_Point}]*$/u.test(text);

/** Marks that turn the direction of other text around. */
export const turnsText = (text: string): boolean => /[\u202a-\u202e\u2066-\u2069]/u.test(text);

/** Line breaks, and marks that turn the direction of other text around, make lists unreadable. */
export const breaksLines = (text: string): boolean =>
	/[\p{Cc}\u2028\u2029]/u.test(text) || turnsText(text);

/** Why a message's text cannot be taken. Beside a file it may be empty. */
export function textError(body: string, hasFiles = false): Decision | null {
	if (isBlank(body) && !hasFiles) return refuse('message_empty', 'body');
	return codePoints(body) > LIMITS.messageMax ? refuse('message_too_long', 'body') : null;
}

/** Why nothing can be said in a room right now: muted, or a direct conversation across a block. */
export function silenced({ room, membership, now, mine, theirs, target }: Facts): Decision | null {
	if (membership && membership.mutedUntil > now) return refuse('muted');
	if (!room?.direct) return null;
	const isBarred = mine?.blocked || theirs?.blocked || !target || target.deleted;
	return isBarred ? refuse('person_unavailable') : null;
}

/** The actor's membership; callers have made sure of it by `entryRefusal`. */
export function requireMembership(membership: Membership | null): Membership {
	if (!membership) throw new Error('decided before the membership was checked');
	return membership;
}

export type RoomAct = Extract<Act, { room: string }>;
