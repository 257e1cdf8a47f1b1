/** Makes the segments that are missing or no longer right, in small steps. */
import { isSoundRow } from '../checked-rows.ts';
import { firstSeq, lastSeq, linesOf, makeSegment, type Lines } from './segment.ts';
import { isPrepared, type SegmentStore, type Stretch } from './segment-store.ts';

/** Messages that are read and folded at a time: some 5 ms, for which a search or a key press waits at most. */
const STEP = 128;
/** As many new messages are worth making a segment of over a thousand anew. */
const WORTH = 64;
/** As many new messages over all rooms are. */
const WORTH_ALL = 1_024;

export class IndexBuilder {
	private readonly store: SegmentStore;
	private readonly pause: () => Promise<void>;

	/** @param pause lets others go first */
	constructor(store: SegmentStore, pause: () => Promise<void>) {
		this.store = store;
		this.pause = pause;
	}

	/**
	 * Makes the segments that are due.
	 * @param all those too of which only the last few messages are missing
	 * @param stop ends it between two steps
	 * @returns whether any were left for later
	 */
	async pass(all: boolean, stop: AbortSignal): Promise<boolean> {
		const { stretches } = await this.store.read();
		const stale = stretches.filter((stretch) => !isPrepared(stretch));
		const due = all ? stale : await this.due(stale);
		// What is newest is looked for most.
		for (const stretch of due.sort((a, b) => b.bucket - a.bucket)) {
			if (stop.aborted) return true;
			await this.make(stretch, stop);
		}
		return due.length < stale.length;
	}

	private async due(stale: Stretch[]): Promise<Stretch[]> {
		const missing = stale.filter(({ head }) => !head);
		const outgrown = stale.filter(({ head }) => head);
		const counts = await Promise.all(outgrown.map((one) => this.store.countStale(one)));
		if (counts.reduce((sum, count) => sum + count, 0) >= WORTH_ALL) return stale;
		return [...missing, ...outgrown.filter((_, n) => counts[n]! >= WORTH)];
	}

	/** Makes one segment; when its messages change meanwhile, it stays to be made. */
	private async make(stretch: Stretch, stop: AbortSignal): Promise<void> {
		const { room, bucket, mark } = stretch;
		// A damaged segment: the mark that this leaves is taken up next time.
		if (mark === null) return this.store.drop([room, bucket]);
		const made: Lines = { entries: [], lines: [] };
		let count = 0;
		for (let from = firstSeq(bucket); from <= lastSeq(bucket);) {
			await this.pause();
			if (stop.aborted) return;
			const rows = await this.store.rows(room, from, lastSeq(bucket), STEP);
			const { entries, lines } = linesOf(rows.filter((row) => isSoundRow('messages', row)));
			made.entries.push(...entries);
			made.lines.push(...lines);
			count += rows.length;
			from = rows.length < STEP ? Infinity : rows.at(-1)!.seq + 1;
		}
		const segment = makeSegment(made.entries, made.lines.join('\n'));
		await this.store.write(stretch, segment, count);
	}
}
