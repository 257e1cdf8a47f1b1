/**
 * Which parts of the index no longer are what the rows say. Each of these runs in the transaction that changes the
 * rows, so that no moment exists in which a change is there and its mark is not. What was edited or taken back is
 * deleted from the index in that same transaction.
 */
import { Dexie, type Collection, type IndexableType, type Table } from 'dexie';
import type { MessageRow } from '../../protocol/change.ts';
import type { RoomId } from '../../protocol/ids.ts';
import type { CacheDatabase } from '../schema.ts';
import { bucketOf, firstSeq } from './segment.ts';
import { newStamp, type SegmentKey, type StaleMark } from './stored-segment.ts';

/** Fields on which it depends whether and how a message is found. */
const SEARCHED = ['room', 'seq', 'author', 'at', 'body', 'files', 'type', 'deleted'] as const;

const isSameWhenSearched = (a: MessageRow, b: MessageRow): boolean =>
	SEARCHED.every((field) => JSON.stringify(a[field]) === JSON.stringify(b[field]));

/** Deletes segments with their texts. */
async function deleteSegments(db: CacheDatabase, keys: SegmentKey[]): Promise<void> {
	await db.searchSegments.bulkDelete(keys);
	await db.searchBytes.bulkDelete(keys);
}

/** The messages among these that change what is found, each with whether an earlier form of it may be in the index. */
async function changesOf(
	db: CacheDatabase,
	rows: readonly MessageRow[]
): Promise<{ row: MessageRow; isReplaced: boolean }[]> {
	// What nothing has touched since it was said has no earlier form.
	const touched = rows.filter(({ rev, seq }) => rev !== seq);
	const found = await db.messages.bulkGet(touched.map(({ id }) => id));
	const held = new Map(touched.map(({ id }, n) => [id, found[n]]));
	return rows.flatMap((row) => {
		const before = held.get(row.id);
		return before && isSameWhenSearched(before, row) ? [] : { row, isReplaced: !!before };
	});
}

/** Notes messages that are about to be written. */
export async function noteWritten(db: CacheDatabase, rows: readonly MessageRow[]): Promise<void> {
	const marks = new Map<string, StaleMark>();
	const outdated = new Map<string, SegmentKey>();
	for (const { row, isReplaced } of await changesOf(db, rows)) {
		const { room, seq } = row;
		const bucket = bucketOf(seq);
		const name = `${room} ${bucket}`;
		const from = isReplaced ? firstSeq(bucket) : seq;
		const known = marks.get(name);
		marks.set(name, { room, bucket, stamp: newStamp(), from: Math.min(from, known?.from ?? from) });
		if (isReplaced) outdated.set(name, [room, bucket]);
	}
	await deleteSegments(db, [...outdated.values()]);
	await putMarks(db, [...marks.values()]);
}

/** Adds marks to those that are there. */
async function putMarks(db: CacheDatabase, marks: StaleMark[]): Promise<void> {
	if (marks.length === 0) return;
	const held = await db.searchStale.bulkGet(
		marks.map(({ room, bucket }): SegmentKey => [room, bucket])
	);
	const merged = marks.map((mark, n) => ({
		...mark,
		from: Math.min(mark.from, held[n]?.from ?? mark.from)
	}));
	await db.searchStale.bulkPut(merged);
}

/** Rows of one of the index's tables that are of stretches of a room. */
function between<T>(
	table: Table<T, SegmentKey>,
	room: RoomId,
	from: IndexableType,
	to: IndexableType
): Collection<T, SegmentKey> {
	return table.where('[room+bucket]').between([room, from], [room, to], true, true);
}

/** Notes that messages of a room, with `from <= seq <= to`, are deleted. */
export async function noteDeleted(
	db: CacheDatabase,
	room: RoomId,
	from: number,
	to: number
): Promise<void> {
	const stretch = [bucketOf(from), bucketOf(to)] as const;
	const keys = [
		...(await between(db.searchSegments, room, ...stretch).primaryKeys()),
		...(await between(db.searchStale, room, ...stretch).primaryKeys())
	];
	await deleteSegments(db, keys);
	const buckets = new Set(keys.map(([, bucket]) => bucket));
	await db.searchStale.bulkPut(
		[...buckets].map((bucket) => ({ room, bucket, stamp: newStamp(), from: firstSeq(bucket) }))
	);
}

/** Deletes all of the index that is of a room. */
export async function deleteIndex(db: CacheDatabase, room: RoomId): Promise<void> {
	await between(db.searchSegments, room, Dexie.minKey, Dexie.maxKey).delete();
	await between(db.searchBytes, room, Dexie.minKey, Dexie.maxKey).delete();
	await between(db.searchStale, room, Dexie.minKey, Dexie.maxKey).delete();
}
