/**
 * Looks once whether the index accounts for every message that is kept. It always does, unless a disk has lost part
 * of it: what is unaccounted for is marked, and made anew. Cheap, as messages are only counted.
 */
import type { RoomId } from '../../protocol/ids.ts';
import { kindOf } from '../../sync/reconcile/stream-state.ts';
import { messagesBetween } from '../cache-rows.ts';
import type { CacheDatabase } from '../schema.ts';
import { guarded } from '../store-error.ts';
import { marksOfAll } from './marks-of-all.ts';
import { firstSeq, lastSeq } from './segment.ts';
import { newStamp, type StaleMark } from './stored-segment.ts';
import { SegmentStore, type Stretch } from './segment-store.ts';

const markOf = ({ room, bucket }: Stretch): StaleMark => ({
	room,
	bucket,
	stamp: newStamp(),
	from: firstSeq(bucket)
});

/** Whether a segment without a mark has as many messages as are kept. */
async function isWhole(db: CacheDatabase, { room, bucket, head }: Stretch): Promise<boolean> {
	const kept = messagesBetween(db, room, firstSeq(bucket), lastSeq(bucket));
	return head?.rows === (await guarded(() => kept.count()));
}

/** Marks for what the index lacks of a room, or has and should not. */
async function missingIn(
	db: CacheDatabase,
	room: RoomId,
	stretches: readonly Stretch[]
): Promise<StaleMark[]> {
	const marks: StaleMark[] = [];
	for (const stretch of stretches) {
		if (stretch.mark === null && !(await isWhole(db, stretch))) marks.push(markOf(stretch));
	}
	const known = new Set(stretches.map(({ bucket }) => bucket));
	const all = await guarded(() => marksOfAll(db.messages, [room]));
	return [...marks, ...all.filter(({ bucket }) => !known.has(bucket))];
}

/** Marks what the index does not account for. @param stop ends it between two rooms */
export async function checkIndex(db: CacheDatabase, stop: AbortSignal): Promise<void> {
	const { states, stretches } = await new SegmentStore(db).read();
	for (const { id } of states) {
		if (stop.aborted) return;
		if (typeof id !== 'string' || kindOf(id, db.account) !== 'room') continue;
		const mine = stretches.filter(({ room }) => room === id);
		const missing = await missingIn(db, id, mine);
		// A mark too many costs a segment that is made anew.
		if (missing.length > 0) await guarded(() => db.searchStale.bulkPut(missing));
	}
}
