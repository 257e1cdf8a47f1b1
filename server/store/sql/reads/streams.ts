/** Where a stream stands, who may see it, and whether a cursor belongs to its past. */
import type { Cursor } from '../../../../src/lib/protocol/change.ts';
import type { Reset } from '../../../../src/lib/protocol/down.ts';
import { DIRECTORY } from '../../../../src/lib/protocol/ids.ts';
import { visibilityOf } from '../../../domain/access.ts';
import { whyReset } from '../../../domain/cursor.ts';
import type { Visibility } from '../../../domain/store-port.ts';
import type { Steps } from '../steps.ts';
import type { ReadContext } from './read-context.ts';
import type { HeadRecord } from './statements.ts';

export type StreamKind = 'room' | 'feed' | 'directory';

const EMPTY: HeadRecord = { head: 0, head_hash: '', floor: 0 };

/** Where a stream stands; at its beginning when there is none. */
export function* headOf({ statements }: ReadContext, stream: string): Steps<HeadRecord> {
	return (yield* statements.streams.head.get(stream)) ?? EMPTY;
}

/** The hash of the chain at a change; null when the change is not in the log (any more). */
export function* hashAt(
	{ statements }: ReadContext,
	stream: string,
	seq: number,
	head: HeadRecord
): Steps<string | null> {
	if (seq === head.head) return head.head_hash;
	return seq === 0 ? '' : ((yield* statements.streams.hash.get(stream, seq)) ?? null);
}

/** Why a device has to begin anew with this cursor; null when it may go on. */
export function* resetFor(
	context: ReadContext,
	stream: string,
	cursor: Cursor,
	head: HeadRecord
): Steps<Reset | null> {
	const { i, g } = context.instance;
	const hash = cursor.s > head.head ? null : yield* hashAt(context, stream, cursor.s, head);
	const past = { instance: i, generation: g, head: head.head, floor: head.floor, hash };
	const why = whyReset(cursor, past);
	return why ? { type: 'reset', stream, why } : null;
}

/** Whether a stream is a room's: any that is neither the directory nor this person's feed. */
export const isRoomFor = (person: string, stream: string): boolean =>
	stream !== person && stream !== DIRECTORY;

/** Everybody sees the own feed and the directory whole; a room is seen by its members. */
export function* visibilityFor(
	{ rooms }: ReadContext,
	person: string,
	stream: string
): Steps<Visibility> {
	if (isRoomFor(person, stream)) return visibilityOf(yield* rooms.membership(stream, person));
	return { visible: 1, upto: Number.MAX_SAFE_INTEGER };
}
