/** Finding messages. */
import type { Cache } from '../../db/cache.ts';
import { liveValue, type Live, type OnError, type Watch } from '../../db/live.ts';
import type { Queries } from '../../db/queries.ts';
import type { LocalSearch, LocalSearchAnswer } from '../../db/search/local-search.ts';
import { cacheName } from '../../db/schema.ts';
import { watchTable } from '../../db/watch.ts';
import { browserClock } from '../../net/browser.ts';
import type { Card } from '../../protocol/change.ts';
import type { PersonId } from '../../protocol/ids.ts';
import type { SearchAnswer, SearchRequest } from '../../protocol/search.ts';
import type { Hub } from '../../sync/engine/hub.ts';
import { LinkError } from '../../sync/ports.ts';
import { loadOnce } from '../load-once.ts';
import { searchKept, type KeptSearch } from './kept-search.ts';
import { createSearchPlaces, type SearchPlaces } from './search-places.ts';
export type { LocalSearchAnswer } from '../../db/search/local-search.ts';

export interface ClientSearch extends SearchPlaces {
	/**
	 * Finds messages that this device keeps, in rooms that the person is in. `limit` may be any number, `below` is not
	 * read. Rejects with the signal's reason when it is aborted, and with StoreError.
	 */
	onDevice(ask: SearchRequest, signal?: AbortSignal): Promise<LocalSearchAnswer>;
	/**
	 * Finds messages on the server. null: there is no way to it now. Rejects with the signal's reason when it is
	 * aborted, and with LinkError when the server says no.
	 */
	onServer(ask: SearchRequest, signal?: AbortSignal): Promise<SearchAnswer | null>;
	/** Messages kept here that a search could not look at now, as they are still being prepared. */
	progress(): Live<{ left: number }>;
	/** The cards held of these people, by person. */
	cards(people: PersonId[]): Promise<Map<PersonId, Card>>;
}

interface SearchParts {
	me: PersonId;
	cache: Cache;
	/** whether the cache is kept by the browser, not in memory */
	isKept: boolean;
	queries: Queries;
	hub: Pick<Hub, 'ask' | 'leads'>;
	/** Calls back when this tab may lead, or may no longer. */
	watchLeads: Watch;
	onError: OnError;
}

/** Asks the server, where there is a way to it. */
async function askServer(
	hub: SearchParts['hub'],
	ask: SearchRequest,
	signal?: AbortSignal
): Promise<SearchAnswer | null> {
	signal?.throwIfAborted();
	try {
		const answer = await hub.ask('search', ask);
		signal?.throwIfAborted();
		return answer;
	} catch (error) {
		signal?.throwIfAborted();
		if (error instanceof LinkError && error.fault.kind !== 'refused') return null;
		throw error;
	}
}

/** ms after opening, when the first screen is there, and before anybody searches. */
const BUILD_AFTER = 5_000;

/** Has the index kept up to date while this tab leads; the answer ends it. */
function buildWhileLeading(
	kept: KeptSearch,
	{ hub, watchLeads }: Pick<SearchParts, 'hub' | 'watchLeads'>
): () => void {
	let unwatch = (): void => undefined;
	const follow = (): void => kept.build(hub.leads);
	const cancel = browserClock.after(BUILD_AFTER, () => {
		unwatch = watchLeads(follow);
		follow();
	});
	return () => {
		cancel();
		unwatch();
	};
}

/** Search over a cache in memory. Nothing of it is loaded before the first search. */
function searchMemory(cache: Cache): LocalSearch {
	const open = loadOnce(async () => {
		const { RowSearch } = await import('../../db/search/row-search.ts');
		return new RowSearch(cache);
	});
	return {
		search: async (ask, signal) => (await open()).search(ask, signal),
		countUnprepared: async () => (await open()).countUnprepared()
	};
}

export function createSearch(parts: SearchParts): ClientSearch & { end(): void } {
	const { me, cache, isKept, queries, hub, onError } = parts;
	const kept = isKept ? searchKept(me, onError) : null;
	const local = kept ?? searchMemory(cache);
	const stopBuilding = kept && buildWhileLeading(kept, parts);
	const watchLeft: Watch = (changed) =>
		isKept ? watchTable(cacheName(me), 'searchStale', null, changed) : cache.watch(null, changed);

	return {
		...createSearchPlaces(parts),
		onDevice: (ask, signal) => local.search(ask, signal),
		onServer: (ask, signal) => askServer(hub, ask, signal),
		progress: () =>
			liveValue(async () => ({ left: await local.countUnprepared() }), [watchLeft], onError),
		cards: queries.cards,
		end() {
			stopBuilding?.();
			kept?.close();
		}
	};
}
