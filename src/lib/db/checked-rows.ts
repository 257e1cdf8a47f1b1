/**
 * What rows of the cache must look like. Whatever is read from IndexedDB may have been damaged: by a half-written
 * disk, an extension, another release. A row that passes is safe to show and to reckon with.
 */
import * as v from 'valibot';
import {
	Card,
	ContactRow,
	Cursor,
	DirectoryRow,
	DraftRow,
	InviteRow,
	MemberRow,
	MessageRow,
	PrefRow,
	Role,
	RoomRow,
	SeenRow,
	SelfRow
} from '../protocol/change.ts';
import { count, uid } from '../protocol/scalars.ts';
import { DIRECTORY, type PersonId, type StreamId } from '../protocol/ids.ts';
import type { StreamState } from '../sync/ports.ts';
import { kindOf } from '../sync/reconcile/stream-state.ts';

const LastMessage = v.pick(MessageRow, [
	'id',
	'seq',
	'rev',
	'author',
	'body',
	'files',
	'at',
	'deleted',
	'type',
	'system',
	'call'
]);

const StoredRange = v.object({ from: count, to: count, asOf: v.nullable(count) });

const StoredState = v.object({
	id: v.union([uid, v.literal(DIRECTORY)]),
	kind: v.picklist(['room', 'feed', 'directory']),
	version: count,
	epoch: count,
	cursor: v.nullable(Cursor),
	ranges: v.array(StoredRange),
	nonMessageAsOf: v.nullable(count),
	unconfirmed: v.optional(v.array(v.object({ id: uid, rev: count, old: v.boolean() }))),
	ready: v.boolean(),
	room: v.nullable(RoomRow),
	role: v.nullable(Role),
	read: count,
	unread: count,
	mentioned: count,
	unreadBy: v.picklist(['device', 'server']),
	last: v.nullable(LastMessage)
});

/** Tables of rows that a stream brings; each is fetched anew when it is damaged. */
export type RowTable = 'messages' | 'members' | 'cards' | 'directory' | 'seen' | 'own';

const ROWS: Record<RowTable, v.GenericSchema> = {
	messages: MessageRow,
	members: MemberRow,
	cards: Card,
	directory: DirectoryRow,
	seen: SeenRow,
	own: v.variant('kind', [ContactRow, DraftRow, PrefRow, InviteRow, SelfRow])
};

/** Whether a row that was read from this table is one. */
export function isSoundRow(table: RowTable, row: unknown): boolean {
	return v.is(ROWS[table], row);
}

/** Whether what is kept of a stream as a whole is sound in itself. @param me whose cache it is */
export function isSoundState(state: StreamState, me: PersonId): boolean {
	if (!v.is(StoredState, state) || state.kind !== kindOf(state.id, me)) return false;
	return isOrdered(state);
}

/** Whether a stream can have this name. */
export function isStreamId(id: unknown): id is StreamId {
	return v.is(StoredState.entries.id, id);
}

/** Whether ranges ascend, do not overlap, and nothing is known from beyond the cursor. */
function isOrdered({
	cursor,
	ranges,
	nonMessageAsOf
}: Pick<StreamState, 'cursor' | 'ranges' | 'nonMessageAsOf'>): boolean {
	const top = cursor?.s ?? Infinity;
	if ((nonMessageAsOf ?? 0) > top) return false;
	let after = 0;
	for (const { from, to, asOf } of ranges) {
		if (from <= after || to < from || to > top || (asOf ?? 0) > top) return false;
		after = to;
	}
	return true;
}

/** A damaged state with every part that is not sound as it is in `fresh`. */
export function mendedState(state: object, fresh: StreamState): StreamState {
	const kept = Object.entries(StoredState.entries).flatMap(([name, schema]) => {
		const part: unknown = Reflect.get(state, name);
		return part !== undefined && v.is(schema, part) ? [[name, part] as const] : [];
	});
	const { id, kind } = fresh;
	const mended: StreamState = { ...fresh, ...Object.fromEntries(kept), id, kind };
	return isOrdered(mended) ? mended : { ...mended, ranges: [], nonMessageAsOf: 0 };
}

/** A whole number from 0, or null. */
export function countOf(value: unknown): number | null {
	return v.is(count, value) ? value : null;
}
