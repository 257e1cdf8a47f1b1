/** Searching: who may find what, and what a search costs. */
import type { Card, MessageRow } from '../../src/lib/protocol/change.ts';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import type { SearchAnswer, SearchRequest } from '../../src/lib/protocol/search.ts';
import { isEmptySearch } from '../../src/lib/search/empty-search.ts';
import { matches } from '../../src/lib/search/match.ts';
import { parseQuery } from '../../src/lib/search/query.ts';
import { searchableText } from '../../src/lib/search/searchable-text.ts';
import type { Actor, Limiter } from './ports.ts';
import {
	FailedSearchError,
	type FoundMessage,
	type Hit,
	type Hits,
	type MessageIndex,
	type SearchQuestion,
	type SearchReads,
	type WantedPart
} from './search-port.ts';

interface SearchParts {
	reads: SearchReads;
	index: MessageIndex;
	limiter: Limiter;
}

/** Which of all hits are wanted, and how many are looked for. */
interface Wanted extends WantedPart {
	/** hits after which no more are looked for: at least skip + limit */
	most: number;
}

/** What was found, the latest first. */
interface Found {
	messages: FoundMessage[];
	/** how many were found, up to `most` */
	total: number;
	next: number | null;
	complete: boolean;
}

export interface Search {
	/** Answers a device. Rejects with RefusalError("malformed", "too_many" or "busy"). */
	search(actor: Actor, ask: SearchRequest): Promise<SearchAnswer>;
	/** The same for callers who count pages. */
	find(actor: Actor, ask: Omit<SearchRequest, 'limit'>, wanted: Wanted): Promise<Found>;
}

/** ms of an index's time that count as one more search. */
const COSTS_ONE_MORE = 100;
/** Bytes of messages in one answer to a device, as in pages of a room. */
const ANSWER_BYTES = 256 * 1024;
const NOTHING: Found = { messages: [], total: 0, next: null, complete: true };

/** Puts searching together; one for the rights of each API. */
export function createSearch({ reads, index, limiter }: SearchParts): Search {
	async function charge({ person }: Actor, took: number): Promise<void> {
		const more = Math.floor(took / COSTS_ONE_MORE);
		// Whoever goes beyond the limit by this has an answer; the next one is refused.
		if (more > 0) await limiter.take('search', person, more).catch(() => undefined);
	}

	/** Asks the index, and counts what it cost, also when it failed over the question. */
	async function propose(actor: Actor, question: SearchQuestion): Promise<Hits> {
		try {
			const hits = await index.find(actor.person, question);
			await charge(actor, hits.took);
			return hits;
		} catch (error) {
			if (error instanceof FailedSearchError) await charge(actor, error.took);
			throw error;
		}
	}

	async function find(
		actor: Actor,
		ask: Omit<SearchRequest, 'limit'>,
		wanted: Wanted
	): Promise<Found> {
		await limiter.take('search', actor.person);
		const question = await reads.question(actor.person, ask);
		if (!question) return NOTHING;
		const { hits, next, complete } = await propose(actor, { ...question, limit: wanted.most });
		const part = await reads.read(actor.person, hits, wanted);
		const messages = part.messages.filter(stillFound(ask.query, hits));
		return { messages, total: part.total, next: part.cutAt ?? next, complete };
	}

	return {
		find,
		async search(actor, { limit, ...ask }) {
			if (isEmptySearch(ask)) throw new RefusalError(refuse('malformed', { field: 'query' }));
			const wanted = { skip: 0, limit, bytes: ANSWER_BYTES, most: limit };
			const { messages, next, complete } = await find(actor, ask, wanted);
			return { rows: rowsOf(messages), cards: cardsOf(messages), next, complete };
		}
	};
}

/** Whether a message that was changed after the index saw it has what is searched for. */
function stillFound(query: string, hits: Hit[]): (message: FoundMessage) => boolean {
	const pieces = parseQuery(query);
	const known = new Map(hits.map(({ number, rev }) => [number, rev]));
	return ({ row }) =>
		known.get(row.number) === row.rev ||
		pieces.pieces.length === 0 ||
		matches(searchableText(row), pieces);
}

const rowsOf = (messages: FoundMessage[]): MessageRow[] => messages.map(({ row }) => row);

/** The cards of the authors, each once. */
function cardsOf(messages: FoundMessage[]): Card[] {
	return [...new Map(messages.map(({ author }) => [author.id, author])).values()];
}
