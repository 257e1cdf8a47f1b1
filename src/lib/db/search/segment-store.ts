/** Segments as they are kept in the database, beside the marks that say which of them are to be made anew. */
import * as v from 'valibot';
import type { MessageRow } from '../../protocol/change.ts';
import type { RoomId } from '../../protocol/ids.ts';
import type { StreamState } from '../../sync/ports.ts';
import { messagesBetween } from '../cache-rows.ts';
import { isSoundRow } from '../checked-rows.ts';
import type { CacheDatabase } from '../schema.ts';
import { guarded } from '../store-error.ts';
import { firstSeq, lastSeq, spanOf, type Segment } from './segment.ts';
import { packSegment, unpackSegment } from './segment-bytes.ts';
import { newStamp, SegmentHead, StaleMark, type SegmentKey } from './stored-segment.ts';

/** A part of a room that has, or is to have, a segment. */
export interface Stretch {
	room: RoomId;
	bucket: number;
	/** of the segment that is kept; null: none that can be used */
	head: SegmentHead | null;
	/** messages from this seq on are not in the segment as they are */
	staleFrom: number;
	/** the stamp of the mark that says so; null: there is none */
	mark: number | null;
}

/** Whether all that is kept of a stretch is in its segment. */
export const isPrepared = ({ bucket, staleFrom }: Stretch): boolean => staleFrom > lastSeq(bucket);

/** What an unusable segment or mark is kept under. */
interface Kept {
	room: RoomId;
	bucket: number;
	stamp: number;
}

function stretchOf(key: Kept, kept: SegmentHead | undefined, mark: StaleMark | undefined): Stretch {
	const { room, bucket } = key;
	const head = v.is(SegmentHead, kept) ? kept : null;
	const changed = v.is(StaleMark, mark) ? mark.from : firstSeq(bucket);
	let staleFrom = head ? lastSeq(bucket) + 1 : firstSeq(bucket);
	if (mark) staleFrom = Math.min(staleFrom, changed);
	return { room, bucket, head, staleFrom, mark: mark?.stamp ?? null };
}

const nameOf = ({ room, bucket }: Kept): string => `${room} ${bucket}`;

/** @param heads and marks as they were read: any of them may be damaged */
function stretchesOf(heads: SegmentHead[], marks: StaleMark[]): Stretch[] {
	const headOf = new Map(heads.map((head) => [nameOf(head), head]));
	const markOf = new Map(marks.map((mark) => [nameOf(mark), mark]));
	const keys = new Map<string, Kept>([...headOf, ...markOf]);
	return [...keys].map(([name, key]) => stretchOf(key, headOf.get(name), markOf.get(name)));
}

/** The index of one account. Every method rejects with StoreError when the browser refuses. */
export class SegmentStore {
	private readonly db: CacheDatabase;

	constructor(db: CacheDatabase) {
		this.db = db;
	}

	/** What is kept of streams and of the index, as of one moment. */
	read(): Promise<{ states: StreamState[]; stretches: Stretch[] }> {
		const { db } = this;
		const tables = [db.streams, db.searchSegments, db.searchStale];
		return guarded(() =>
			db.transaction('r', tables, async () => {
				const [states, heads, marks] = await Promise.all([
					db.streams.toArray(),
					db.searchSegments.toArray(),
					db.searchStale.toArray()
				]);
				return { states, stretches: stretchesOf(heads, marks) };
			})
		);
	}

	/** Messages of a stretch that are not in its segment. */
	countStale({ room, bucket, staleFrom }: Stretch): Promise<number> {
		return guarded(() => messagesBetween(this.db, room, staleFrom, lastSeq(bucket)).count());
	}

	/** Messages with `from <= seq <= to`, damaged ones included. */
	rows(room: RoomId, from: number, to: number, limit = Infinity): Promise<MessageRow[]> {
		return guarded(() => messagesBetween(this.db, room, from, to).limit(limit).toArray());
	}

	/** The sound ones of these messages, in their order; those that are no longer kept are left out. */
	async rowsAt(places: { room: RoomId; seq: number }[]): Promise<MessageRow[]> {
		const { db } = this;
		const rows = await guarded(() =>
			db.transaction('r', db.messages, () =>
				Promise.all(places.map(({ room, seq }) => messagesBetween(db, room, seq, seq).first()))
			)
		);
		return rows.filter((row) => row !== undefined && isSoundRow('messages', row)) as MessageRow[];
	}

	/** The segment of a stretch; null: it has changed meanwhile, or it was damaged and is to be made anew. */
	async segment({ room, bucket, stamp }: SegmentHead): Promise<Segment | null> {
		const key: SegmentKey = [room, bucket];
		const kept = await guarded(() => this.db.searchBytes.get(key));
		if (kept?.stamp === stamp && kept.bytes instanceof Uint8Array) {
			const segment = await unpackSegment(kept.bytes).catch(() => null);
			if (segment) return segment;
		}
		await this.drop(key, stamp);
		return null;
	}

	/** Takes a segment that cannot be used out, unless it is another one by now. */
	async drop(key: SegmentKey, stamp?: number): Promise<void> {
		const { db } = this;
		await this.change(async () => {
			if (stamp !== undefined && (await db.searchSegments.get(key))?.stamp !== stamp) return;
			await db.searchSegments.delete(key);
			await db.searchBytes.delete(key);
			const [room, bucket] = key;
			await db.searchStale.put({ room, bucket, stamp: newStamp(), from: firstSeq(bucket) });
		});
	}

	/**
	 * Keeps a new segment of a stretch.
	 * @param rows how many messages are kept of it, damaged ones included
	 * @returns false, with nothing kept, when any of them has changed since the stretch was read
	 */
	async write({ room, bucket, mark }: Stretch, segment: Segment, rows: number): Promise<boolean> {
		const { db } = this;
		const key: SegmentKey = [room, bucket];
		const place = { room, bucket, stamp: newStamp() };
		const bytes = await packSegment(segment);
		const span = segment.entries.length > 0 ? spanOf(segment) : { oldest: 0, newest: 0 };
		return this.change(async () => {
			if (mark === null || (await db.searchStale.get(key))?.stamp !== mark) return false;
			await db.searchStale.delete(key);
			await db.searchSegments.delete(key);
			await db.searchBytes.delete(key);
			if (rows === 0) return true;
			await db.searchSegments.put({ ...place, ...span, rows });
			await db.searchBytes.put({ ...place, bytes });
			return true;
		});
	}

	private change<T>(run: () => Promise<T>): Promise<T> {
		const { db } = this;
		const tables = [db.searchSegments, db.searchBytes, db.searchStale];
		return guarded(() => db.transaction('rw', tables, run));
	}
}
