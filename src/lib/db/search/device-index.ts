/** The index of one account on this device: searching it, and keeping it up to date. */
import type { SearchRequest } from '../../protocol/search.ts';
import { StoreError, type Clock } from '../../sync/ports.ts';
import { openExistingCache } from '../open.ts';
import type { CacheDatabase, Place } from '../schema.ts';
import { watchTable } from '../watch.ts';
import { IndexBuilder } from './index-builder.ts';
import { checkIndex } from './index-check.ts';
import { IndexSearch } from './index-search.ts';
import { keepIndexed } from './index-upkeep.ts';
import type { LocalSearch, LocalSearchAnswer } from './local-search.ts';
import { SegmentStore } from './segment-store.ts';

interface IndexParts {
	account: string;
	clock: Clock;
	/** Lets what is more urgent go first: resolves when there is time again. */
	pause: () => Promise<void>;
	/** called with what ends the upkeep; searching goes on */
	onError: (error: unknown) => void;
	/** where IndexedDB is, in tests */
	place?: Place;
}

export class DeviceIndex implements LocalSearch {
	private readonly parts: IndexParts;
	private opening: Promise<CacheDatabase> | null = null;
	private index: IndexSearch | null = null;
	private building: AbortController | null = null;
	private warming: Promise<void> | null = null;
	private searches = 0;
	private isClosed = false;

	constructor(parts: IndexParts) {
		this.parts = parts;
	}

	async search(ask: SearchRequest, signal?: AbortSignal): Promise<LocalSearchAnswer> {
		this.searches++;
		try {
			return await (await this.opened()).search(ask, signal);
		} finally {
			this.searches--;
		}
	}

	/** Asked where somebody is about to search: what is searched is read into memory. */
	async countUnprepared(): Promise<number> {
		const index = await this.opened();
		this.warming ??= index.warm().catch(() => {
			// What is wrong is said by the search itself.
			this.warming = null;
		});
		return index.countUnprepared();
	}

	/** Begins to keep the index up to date, or ends it. One tab of a device does; two at a time do each other no harm. */
	build(on: boolean): void {
		if (on === (this.building !== null)) return;
		this.building?.abort();
		this.building = on ? new AbortController() : null;
		if (!this.building) return;
		const { signal } = this.building;
		this.keep(signal).catch((error: unknown) => {
			if (!signal.aborted) this.parts.onError(error);
		});
	}

	close(): void {
		this.isClosed = true;
		this.build(false);
		this.opening?.then(
			(db) => db.close({ disableAutoOpen: true }),
			() => undefined
		);
	}

	private async keep(stop: AbortSignal): Promise<void> {
		const db = await this.database();
		const builder = new IndexBuilder(new SegmentStore(db), () => this.free());
		await checkIndex(db, stop);
		const watch = (changed: () => void) => watchTable(db.name, 'searchStale', null, changed);
		await keepIndexed({ builder, watch, clock: this.parts.clock, stop });
	}

	/** Resolves when nobody waits for a search. */
	private async free(): Promise<void> {
		do await this.parts.pause();
		while (this.searches > 0 && !this.isClosed);
	}

	private async opened(): Promise<IndexSearch> {
		const db = await this.database();
		return (this.index ??= new IndexSearch(db));
	}

	private async database(): Promise<CacheDatabase> {
		if (this.isClosed) throw new StoreError('closed');
		const ended = (): void => this.close();
		const { account, place } = this.parts;
		this.opening ??= openExistingCache(account, { outdated: ended, deleted: ended }, place);
		return this.opening;
	}
}
