/** Search by the index in the database; what is not in it yet is read from the messages themselves. */
import type { SearchRequest } from '../../protocol/search.ts';
import { isSoundRow, isSoundState } from '../checked-rows.ts';
import type { CacheDatabase } from '../schema.ts';
import { DirectReads } from './direct-reads.ts';
import { NOTHING_FOUND, type LocalSearch, type LocalSearchAnswer } from './local-search.ts';
import { searchUnits, type Unit } from './search-units.ts';
import { firstSeq, segmentOf, spanOf, type Segment } from './segment.ts';
import { SegmentMemory } from './segment-memory.ts';
import { SegmentStore, type Stretch } from './segment-store.ts';
import type { SegmentHead } from './stored-segment.ts';
import { isWantedRow, readRequest, roomsOf } from './wanted.ts';

/** Times that is searched, as messages change meanwhile. */
const TRIES = 3;

const nameOf = ({ room, bucket }: Stretch | SegmentHead): string => `${room} ${bucket}`;

/** What one search looks through. */
interface Plan {
	units: Unit[];
	unprepared: number;
}

export class IndexSearch implements LocalSearch {
	private readonly db: CacheDatabase;
	private readonly store: SegmentStore;
	private readonly direct: DirectReads;
	private readonly memory = new SegmentMemory();
	private readonly loading = new Map<string, Promise<Segment | null>>();

	constructor(db: CacheDatabase) {
		this.db = db;
		this.store = new SegmentStore(db);
		this.direct = new DirectReads(this.store);
	}

	async search(ask: SearchRequest, signal?: AbortSignal): Promise<LocalSearchAnswer> {
		const wanted = readRequest(ask);
		if (!wanted) return NOTHING_FOUND;
		for (let tries = 1; ; tries++) {
			const { units, unprepared } = await this.plan(ask, signal);
			const hits = await searchUnits(units, wanted, ask.limit + 1, signal);
			const found = await this.store.rowsAt(hits);
			const rows = found.filter((row) => isWantedRow(row, wanted));
			if (rows.length < hits.length && tries < TRIES) continue;
			const hasMore = hits.length > ask.limit;
			return { rows: rows.slice(0, ask.limit), hasMore, unprepared };
		}
	}

	async countUnprepared(): Promise<number> {
		return (await this.direct.choose(await this.stretches({ query: '', limit: 1 }))).left;
	}

	private async stretches(ask: SearchRequest): Promise<Stretch[]> {
		const { states, stretches } = await this.store.read();
		this.forget(stretches);
		const sound = states.filter((state) => isSoundState(state, this.db.account));
		const rooms = new Set(roomsOf(ask, sound));
		return stretches.filter(({ room }) => rooms.has(room));
	}

	private async plan(ask: SearchRequest, signal?: AbortSignal): Promise<Plan> {
		const stretches = await this.stretches(ask);
		const { chosen, left } = await this.direct.choose(stretches);
		const units = stretches.flatMap((stretch) => this.unitOf(stretch) ?? []);
		for (const stretch of chosen) {
			signal?.throwIfAborted();
			const segment = await this.direct.load(stretch);
			units.push({ room: stretch.room, ...spanOf(segment), load: async () => segment });
		}
		return { units, unprepared: left };
	}

	/** What the index has of a stretch. */
	private unitOf({ room, bucket, head, staleFrom }: Stretch): Unit | null {
		if (!head || staleFrom === firstSeq(bucket)) return null;
		const { oldest, newest } = head;
		return { room, oldest, newest, end: staleFrom, load: () => this.load(head, staleFrom) };
	}

	/** Reads segments into memory, the newest first, before anybody searches. */
	async warm(): Promise<void> {
		const { stretches } = await this.store.read();
		const heads = stretches.flatMap(({ head }) => head ?? []);
		for (const head of heads.sort((a, b) => b.newest - a.newest)) {
			if (this.memory.isFull) return;
			await this.segment(head);
		}
	}

	private async load(head: SegmentHead, end: number): Promise<Segment> {
		return (await this.segment(head)) ?? this.readInstead(head, end);
	}

	/** A segment from memory or the database; null: it is of no use. */
	private segment(head: SegmentHead): Promise<Segment | null> {
		const name = `${nameOf(head)} ${head.stamp}`;
		const known = this.memory.get(nameOf(head), head.stamp);
		if (known) return Promise.resolve(known);
		const loading =
			this.loading.get(name) ?? this.read(head).finally(() => this.loading.delete(name));
		this.loading.set(name, loading);
		return loading;
	}

	private async read(head: SegmentHead): Promise<Segment | null> {
		const segment = await this.store.segment(head);
		if (segment) this.memory.set(nameOf(head), head.stamp, segment);
		return segment;
	}

	/** The messages themselves, where the segment is of no use. */
	private async readInstead({ room, bucket }: SegmentHead, end: number): Promise<Segment> {
		const rows = await this.store.rows(room, firstSeq(bucket), end - 1);
		return segmentOf(rows.filter((row) => isSoundRow('messages', row)));
	}

	/** What was taken back, or has changed, does not stay in memory either. */
	private forget(stretches: readonly Stretch[]): void {
		const stamps = new Map(stretches.map((stretch) => [nameOf(stretch), stretch.head?.stamp]));
		this.memory.retain((name, stamp) => stamps.get(name) === stamp);
		this.direct.forget(stretches);
	}
}
