/** What the index on this device consists of in the database. */
import * as v from 'valibot';
import { count, uid } from '../../protocol/scalars.ts';

/** Tells the makings of one segment, or of one mark, apart: no two of the same key have the same. */
const stamp = count;

/** A segment that is kept, apart from its texts: small, so that all of them are read on every search. */
export const SegmentHead = v.object({
	room: uid,
	bucket: count,
	stamp,
	/** messages that were kept of this stretch when it was made, those that are not found by words included */
	rows: count,
	/** when the first and the last one of them were said: server time in s */
	oldest: count,
	newest: count
});
export type SegmentHead = v.InferOutput<typeof SegmentHead>;

/** The texts of a segment, see `segment-bytes.ts`. */
export interface SegmentBytes {
	room: string;
	bucket: number;
	stamp: number;
	bytes: Uint8Array;
}

/** Messages of a stretch have changed: those from `from` on are not, or not as they are, in its segment. */
export const StaleMark = v.object({ room: uid, bucket: count, stamp, from: count });
export type StaleMark = v.InferOutput<typeof StaleMark>;

/** Under which segments and marks are kept. */
export type SegmentKey = [room: string, bucket: number];

/** A new stamp. */
export const newStamp = (): number => crypto.getRandomValues(new Uint32Array(1))[0]!;
