/** Marks for all that is kept of rooms, found without reading it. */
import type { Table } from 'dexie';
import type { MessageRow } from '../../protocol/change.ts';
import type { RoomId } from '../../protocol/ids.ts';
import { bucketOf, firstSeq } from './segment.ts';
import { newStamp, type StaleMark } from './stored-segment.ts';

/** The first stretch, from this one on, of which anything is kept; null: none. */
async function nextBucket(
	messages: Table<MessageRow, string>,
	room: RoomId,
	from: number
): Promise<number | null> {
	const found = messages.where('[room+seq]').between([room, firstSeq(from)], [room, Infinity]);
	const key = await found.firstKey();
	const seq: unknown = Array.isArray(key) ? key[1] : undefined;
	// What lies between two numbers is one.
	return typeof seq === 'number' ? bucketOf(seq) : null;
}

/** A mark for each stretch of these rooms of which any message is kept. */
export async function marksOfAll(
	messages: Table<MessageRow, string>,
	rooms: readonly RoomId[]
): Promise<StaleMark[]> {
	const marks: StaleMark[] = [];
	for (const room of rooms) {
		let bucket = await nextBucket(messages, room, 0);
		while (bucket !== null) {
			marks.push({ room, bucket, stamp: newStamp(), from: firstSeq(bucket) });
			bucket = await nextBucket(messages, room, bucket + 1);
		}
	}
	return marks;
}
