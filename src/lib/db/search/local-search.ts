/** Finding messages that this device keeps: the index in the database, or the rows themselves where there is none. */
import type { MessageRow } from '../../protocol/change.ts';
import type { SearchRequest } from '../../protocol/search.ts';

/** What was found on this device. */
export interface LocalSearchAnswer {
	/** the newest first */
	rows: MessageRow[];
	/** whether there are more than were asked for */
	hasMore: boolean;
	/** messages kept here that could not be looked at yet; 0: all were */
	unprepared: number;
}

export interface LocalSearch {
	/** Rejects with the signal's reason when it is aborted, and with StoreError. */
	search(ask: SearchRequest, signal?: AbortSignal): Promise<LocalSearchAnswer>;
	/** Messages kept here that a search could not look at now. */
	countUnprepared(): Promise<number>;
}

export const NOTHING_FOUND: LocalSearchAnswer = { rows: [], hasMore: false, unprepared: 0 };
