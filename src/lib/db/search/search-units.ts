/** Looking through many segments, the newest first, until the newest messages are found. */
import type { RoomId } from '../../protocol/ids.ts';
import { NewestHits, type Hit } from './newest-hits.ts';
import { scan } from './scan.ts';
import type { Segment } from './segment.ts';
import type { Wanted } from './wanted.ts';

/** A part of a room that can be looked through. */
export interface Unit {
	room: RoomId;
	/** when its oldest and its newest message were said (server time, s), or earlier, or later */
	oldest: number;
	newest: number;
	/** messages from this seq on do not count; absent: all do */
	end?: number;
	load(): Promise<Segment>;
}

/** Segments that are fetched while one is looked through. */
const AHEAD = 6;

function addHits(
	hits: NewestHits,
	{ room, end = Infinity }: Unit,
	segment: Segment,
	wanted: Wanted
) {
	for (const n of scan(segment, wanted)) {
		const { seq, second } = segment.entries[n]!;
		// None of the others is newer: the server's times only grow within a room.
		if (seq < end && !hits.add({ room, seq, second })) return;
	}
}

/** Begins to load what comes next; what is begun is not begun again. */
function loader(units: readonly Unit[]): (n: number) => Promise<Segment> {
	const begun: Promise<Segment>[] = [];
	return (n) => {
		for (const unit of units.slice(begun.length, n + AHEAD)) {
			const loading = unit.load();
			// Whoever gets there hears of it; what is not needed any more may fail.
			loading.catch(() => undefined);
			begun.push(loading);
		}
		return begun[n]!;
	};
}

/**
 * The newest messages that are wanted.
 * @param size how many at most
 * @param signal ends it; it then rejects with the signal's reason
 */
export async function searchUnits(
	all: readonly Unit[],
	wanted: Wanted,
	size: number,
	signal?: AbortSignal
): Promise<Hit[]> {
	const hits = new NewestHits(size);
	const units = all
		.filter(({ oldest, newest }) => oldest < wanted.before && newest >= wanted.after)
		.sort((a, b) => b.newest - a.newest);
	const load = loader(units);
	for (const [n, unit] of units.entries()) {
		signal?.throwIfAborted();
		if (hits.isFullAt(unit.newest)) break;
		addHits(hits, unit, await load(n), wanted);
	}
	return hits.list;
}
