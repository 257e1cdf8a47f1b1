/** What the server and the thread of the index say to each other. */
import type { Hits, SearchQuestion } from '../domain/search-port.ts';
import type { DistantEnd } from './distant-source.ts';
import type { ChangeNote } from './search-index.ts';

/** What the thread is started with. */
export interface ThreadData {
	/** path of the main database, or the line to one that is not a file */
	main: string | DistantEnd;
	/** path of the index */
	indexFile: string;
}

export type ToThread =
	| { kind: 'find'; question: SearchQuestion }
	| { kind: 'note'; note: ChangeNote }
	| { kind: 'close' };

export type FromThread =
	/** the index is open */
	| { kind: 'ready' }
	| { kind: 'begunAnew'; why: string }
	/** everything is in the index, for the first time since it was begun anew */
	| { kind: 'built'; ms: number }
	/** the disk is full: the index stands still */
	| { kind: 'full' }
	| { kind: 'found'; hits: Hits };
