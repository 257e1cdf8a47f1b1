/** Messages that are in no segment as they are, read from the database on a search: as many as one can wait for. */
import { isSoundRow } from '../checked-rows.ts';
import { lastSeq, segmentOf, type Segment } from './segment.ts';
import { SegmentMemory } from './segment-memory.ts';
import { isPrepared, type SegmentStore, type Stretch } from './segment-store.ts';

/** Messages that are read on one search; what was read on an earlier one and has not changed is not counted. */
const DIRECT_MAX = 4_096;

const nameOf = ({ room, bucket }: Stretch): string => `${room} ${bucket}`;

/** The latest stretch of every room, then the ones before them. */
function latestFirst(stretches: readonly Stretch[]): Stretch[] {
	const ranks = new Map<string, number>();
	const ranked = [...stretches]
		.sort((a, b) => b.bucket - a.bucket)
		.map((stretch) => {
			const rank = ranks.get(stretch.room) ?? 0;
			ranks.set(stretch.room, rank + 1);
			return { stretch, rank };
		});
	return ranked.sort((a, b) => a.rank - b.rank).map(({ stretch }) => stretch);
}

export class DirectReads {
	private readonly store: SegmentStore;
	private readonly memory = new SegmentMemory();

	constructor(store: SegmentStore) {
		this.store = store;
	}

	/** Which stretches are to be read, and how many messages of the others are left out. */
	async choose(stretches: readonly Stretch[]): Promise<{ chosen: Stretch[]; left: number }> {
		const stale = latestFirst(stretches.filter((stretch) => !isPrepared(stretch)));
		const counts = await Promise.all(stale.map((stretch) => this.countNew(stretch)));
		const chosen: Stretch[] = [];
		let read = 0;
		let left = 0;
		stale.forEach((stretch, n) => {
			const count = counts[n]!;
			if (read + count > DIRECT_MAX) left += count;
			else {
				read += count;
				chosen.push(stretch);
			}
		});
		return { chosen, left };
	}

	/** The messages of a stretch that are not in its segment. */
	async load(stretch: Stretch): Promise<Segment> {
		const { room, bucket, staleFrom, mark } = stretch;
		const known = this.memory.get(nameOf(stretch), mark);
		if (known) return known;
		const rows = await this.store.rows(room, staleFrom, lastSeq(bucket));
		const segment = segmentOf(rows.filter((row) => isSoundRow('messages', row)));
		this.memory.set(nameOf(stretch), mark, segment);
		return segment;
	}

	/** Forgets what has changed. @param stretches all of them */
	forget(stretches: readonly Stretch[]): void {
		const marks = new Map(stretches.map((stretch) => [nameOf(stretch), stretch.mark]));
		this.memory.retain((name, mark) => marks.get(name) === mark);
	}

	/** Messages of a stretch that would have to be read. */
	private async countNew(stretch: Stretch): Promise<number> {
		const isKnown = this.memory.get(nameOf(stretch), stretch.mark) !== null;
		return isKnown ? 0 : this.store.countStale(stretch);
	}
}
