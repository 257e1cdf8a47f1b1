/**
 * Search without an index: the rows of a cache are walked, the newest first, up to a bound. For browsers that refuse
 * storage, where the cache is in memory and small.
 */
import type { MessageRow } from '../../protocol/change.ts';
import type { SearchRequest } from '../../protocol/search.ts';
import type { StreamState } from '../../sync/ports.ts';
import type { Cache } from '../cache.ts';
import { NOTHING_FOUND, type LocalSearch, type LocalSearchAnswer } from './local-search.ts';
import type { Hit } from './newest-hits.ts';
import { searchUnits, type Unit } from './search-units.ts';
import { bucketOf, firstSeq, lastSeq, secondOf, segmentOf, type Segment } from './segment.ts';
import { SegmentMemory } from './segment-memory.ts';
import { isWantedRow, readRequest, roomsOf } from './wanted.ts';

/** Stretches of messages that one search looks through. */
const STRETCHES_MAX = 40;

/** A part of a room that is kept. */
interface Stretch {
	state: StreamState;
	bucket: number;
	/** 0: the newest of its room */
	rank: number;
	/** messages of it, at most */
	held: number;
}

/** The stretches of a room of which anything is kept, the newest first. */
function stretchesOf(state: StreamState): Stretch[] {
	const held = new Map<number, number>();
	for (const { from, to } of state.ranges) {
		for (let bucket = bucketOf(from); bucket <= bucketOf(to); bucket++) {
			const count = Math.min(to, lastSeq(bucket)) - Math.max(from, firstSeq(bucket)) + 1;
			held.set(bucket, (held.get(bucket) ?? 0) + count);
		}
	}
	return [...held]
		.sort(([a], [b]) => b - a)
		.map(([bucket, count], rank) => ({ state, bucket, rank, held: count }));
}

export class RowSearch implements LocalSearch {
	private readonly cache: Cache;
	private readonly memory = new SegmentMemory();

	constructor(cache: Cache) {
		this.cache = cache;
	}

	async search(ask: SearchRequest, signal?: AbortSignal): Promise<LocalSearchAnswer> {
		const wanted = readRequest(ask);
		if (!wanted) return NOTHING_FOUND;
		const stretches = await this.stretches(ask);
		const units = stretches.slice(0, STRETCHES_MAX).map((stretch) => this.unitOf(stretch));
		const hits = await searchUnits(units, wanted, ask.limit + 1, signal);
		const found = await Promise.all(hits.slice(0, ask.limit).map((hit) => this.rowOf(hit)));
		return {
			rows: found.flat().filter((row) => isWantedRow(row, wanted)),
			hasMore: hits.length > ask.limit,
			unprepared: heldIn(stretches.slice(STRETCHES_MAX))
		};
	}

	async countUnprepared(): Promise<number> {
		const stretches = await this.stretches({ query: '', limit: 1 });
		return heldIn(stretches.slice(STRETCHES_MAX));
	}

	/** What is searched: the newest of every room, then the next ones of every room. */
	private async stretches(ask: SearchRequest): Promise<Stretch[]> {
		const states = await this.cache.streams();
		const rooms = new Set(roomsOf(ask, states));
		const mine = states.filter(({ id }) => rooms.has(id));
		return mine.flatMap(stretchesOf).sort((a, b) => a.rank - b.rank);
	}

	private unitOf({ state, bucket }: Stretch): Unit {
		const { id: room, last } = state;
		return {
			room,
			oldest: -Infinity,
			newest: last ? secondOf(last.at) : Infinity,
			load: () => this.load(state, bucket)
		};
	}

	private async load({ id: room, version }: StreamState, bucket: number): Promise<Segment> {
		const name = `${room} ${bucket}`;
		const known = this.memory.get(name, version);
		if (known) return known;
		const [from, to] = [firstSeq(bucket), lastSeq(bucket)];
		const segment = segmentOf(await this.cache.messages(room, from, to, Infinity, 'bottom'));
		this.memory.set(name, version, segment);
		return segment;
	}

	private rowOf({ room, seq }: Pick<Hit, 'room' | 'seq'>): Promise<MessageRow[]> {
		return this.cache.messages(room, seq, seq, 1, 'bottom');
	}
}

const heldIn = (stretches: readonly Stretch[]): number =>
	stretches.reduce((sum, { held }) => sum + held, 0);
