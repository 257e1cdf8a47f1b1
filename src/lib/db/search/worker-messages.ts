/** What a page and the worker that searches for it tell one another. */
import type { SearchRequest } from '../../protocol/search.ts';
import type { StoreError } from '../../sync/ports.ts';
import type { LocalSearchAnswer } from './local-search.ts';

/** From the page. `id` names a question and its answer. */
export type ToSearchWorker =
	/** whose messages are searched; comes first */
	| { type: 'open'; account: string }
	| { type: 'search'; id: number; ask: SearchRequest }
	| { type: 'count'; id: number }
	/** nobody waits for this answer any more */
	| { type: 'cancel'; id: number }
	/** keep the index up to date, or no longer */
	| { type: 'build'; on: boolean };

/** From the worker. */
export type FromSearchWorker =
	| { type: 'found'; id: number; answer: LocalSearchAnswer }
	| { type: 'counted'; id: number; unprepared: number }
	| { type: 'failed'; id: number; reason: StoreError['reason'] }
	/** the index is no longer kept up to date */
	| { type: 'stopped'; reason: StoreError['reason'] };
