/**
 * What searching needs of a database and of an index. The index only proposes messages; whether somebody may read
 * them is decided twice by server/domain/access.ts: before it is asked, and again when they are answered (promise 11).
 */
import type { Card, MessageRow } from '../../src/lib/protocol/change.ts';
import type { PersonId } from '../../src/lib/protocol/ids.ts';
import { RefusalError, type Refusal } from '../../src/lib/protocol/refusal.ts';
import type { SearchRequest } from '../../src/lib/protocol/search.ts';

/** A room in which somebody may read now, and from which seq on. */
export interface ReadableRoom {
	/** its number, not its id */
	room: number;
	from: number;
}

/** What an index is asked. All that is given must hold. */
export interface SearchQuestion {
	/** as it was typed; "" when only the rest counts */
	query: string;
	rooms: ReadableRoom[];
	/** number of whoever said it */
	author?: number | undefined;
	hasFile?: true | undefined;
	direct?: true | undefined;
	/** ms: at this moment or later, and before this one */
	after?: number | undefined;
	before?: number | undefined;
	/** only messages with smaller numbers */
	below?: number | undefined;
	/** hits that are wanted at most */
	limit: number;
}

/** A message that an index proposes, and the change up to which the index knows it. */
export interface Hit {
	number: number;
	rev: number;
}

/** What an index found, the latest first. */
export interface Hits {
	hits: Hit[];
	/** `below` for what comes after; null: that was all */
	next: number | null;
	/** false: the time was up before everything had been looked at */
	complete: boolean;
	/** ms of work */
	took: number;
}

/** A question over which the index failed: it did not answer in time, or did not survive it. */
export class FailedSearchError extends RefusalError {
	/** ms for which nobody else could search */
	readonly took: number;
	constructor(refusal: Refusal, took: number) {
		super(refusal);
		this.took = took;
	}
}

export interface MessageIndex {
	/**
	 * Looks for messages, for half a second at most. Rejects with RefusalError("busy") when it cannot at present; with
	 * FailedSearchError, which is one of these, when this question is the reason.
	 */
	find(person: PersonId, question: SearchQuestion): Promise<Hits>;
}

/** A message with its author. */
export interface FoundMessage {
	row: MessageRow;
	author: Card;
}

/** Which of the messages that may be read are wanted. */
export interface WantedPart {
	skip: number;
	limit: number;
	/** bytes that fit into the answer; absent: any number */
	bytes?: number;
}

/** Of the messages that were proposed, those that somebody may read at this moment, the latest first. */
export interface FoundPart {
	messages: FoundMessage[];
	/** how many there are, whatever part of them was wanted */
	total: number;
	/** number of the last message that fitted into the answer, when not all did; else null */
	cutAt: number | null;
}

/** Reading for those who search, with the rights that they have by the one API or the other. */
export interface SearchReads {
	/** What an index is to be asked for a person; null when nothing can be found. */
	question(
		person: PersonId,
		ask: Omit<SearchRequest, 'limit'>
	): Promise<Omit<SearchQuestion, 'limit'> | null>;
	/** Everything is read at one moment. */
	read(person: PersonId, hits: Hit[], part: WantedPart): Promise<FoundPart>;
}
