/** Search over what the browser keeps: in a worker of its own, or in the page where none can be started. */
import type { OnError } from '../../db/live.ts';
import type { LocalSearch } from '../../db/search/local-search.ts';
import { WorkerSearch, type WorkerLike } from '../../db/search/worker-search.ts';
import type { PersonId } from '../../protocol/ids.ts';
import type { StoreError } from '../../sync/ports.ts';
import { SEARCH_WORKER, workerUrl } from '../worker-url.ts';
import { PageSearch } from './page-search.ts';

export interface KeptSearch extends LocalSearch {
	/** Keeps the index up to date, or no longer. */
	build(on: boolean): void;
	/** Ends it for good. */
	close(): void;
}

/** What stops the upkeep without being a fault: the next start of the app goes on. */
const EXPECTED: ReadonlySet<StoreError['reason']> = new Set(['closed', 'blocked', 'full']);

/** Lets the worker go with a page that is left: one that is asleep must not hold the database. */
function followPage(search: WorkerSearch): () => void {
	const life = new AbortController();
	const { signal } = life;
	addEventListener('pagehide', (event) => event.persisted && search.suspend(), { signal });
	addEventListener('pageshow', (event) => event.persisted && search.resume(), { signal });
	return () => life.abort();
}

/** Nothing of it is loaded or started before it is asked or told to build. */
export function searchKept(account: PersonId, onError: OnError): KeptSearch {
	const inPage = new PageSearch(account, onError);
	let isBroken = false;
	let isBuilding = false;
	let isClosed = false;
	const onStopped = (error: StoreError): void => {
		if (!EXPECTED.has(error.reason)) onError(error);
	};
	const inWorker = new WorkerSearch({
		account,
		start: () => new Worker(workerUrl(SEARCH_WORKER), { type: 'module' }) as WorkerLike,
		onStopped,
		onBroken() {
			isBroken = true;
			inPage.build(isBuilding);
		}
	});
	const unfollow = followPage(inWorker);

	async function ask<T>(question: (search: LocalSearch) => Promise<T>): Promise<T> {
		try {
			if (!isBroken) return await question(inWorker);
		} catch (error) {
			if (!isBroken || isClosed) throw error;
		}
		return question(await inPage.open());
	}

	return {
		search: (request, signal) => ask((search) => search.search(request, signal)),
		countUnprepared: () => ask((search) => search.countUnprepared()),
		build(on) {
			isBuilding = on;
			if (isBroken) inPage.build(on);
			else inWorker.build(on);
		},
		close() {
			isClosed = true;
			unfollow();
			inWorker.close();
			inPage.close();
		}
	};
}
