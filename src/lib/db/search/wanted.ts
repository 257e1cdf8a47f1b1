/** What is asked for, in the form in which messages are compared with it. */
import type { MessageRow } from '../../protocol/change.ts';
import { isDirectId, type PersonId, type RoomId } from '../../protocol/ids.ts';
import type { SearchRequest } from '../../protocol/search.ts';
import { isEmptySearch } from '../../search/empty-search.ts';
import { matches } from '../../search/match.ts';
import { isEmptyQuery, parseQuery, type Query } from '../../search/query.ts';
import { searchableText } from '../../search/searchable-text.ts';
import { isSaid } from '../../protocol/change.ts';
import type { StreamState } from '../../sync/ports.ts';
import { entryOf, secondOf, type Entry } from './segment.ts';

/** Which messages are wanted: all that is given must hold. */
export interface Wanted {
	query: Query;
	author: PersonId | null;
	/** server time in s: from this second on, and before that one */
	after: number;
	before: number;
	hasFile: boolean;
}

/** Moments count to the second. null: nothing is asked for, and nothing is found. */
export function readRequest(ask: SearchRequest): Wanted | null {
	if (isEmptySearch(ask)) return null;
	const { author, after, before, hasFile } = ask;
	return {
		query: parseQuery(ask.query),
		author: author ?? null,
		after: secondOf(after ?? -Infinity),
		before: Math.ceil((before ?? Infinity) / 1_000),
		hasFile: hasFile ?? false
	};
}

/** Rooms in which is searched: those that the person is in, as far as the request names them. */
export function roomsOf(ask: SearchRequest, states: readonly StreamState[]): RoomId[] {
	const named = ask.rooms && new Set(ask.rooms);
	return states
		.filter(({ kind, role }) => kind === 'room' && role !== null)
		.map(({ id }) => id)
		.filter((id) => (named?.has(id) ?? true) && (!ask.direct || isDirectId(id)));
}

/** Whether what is known of a message besides its text is as it is wanted. */
export function isWantedEntry({ second, author, hasFile }: Entry, wanted: Wanted): boolean {
	if (second < wanted.after || second >= wanted.before) return false;
	return (wanted.author ?? author) === author && (!wanted.hasFile || hasFile);
}

/** Whether a message is wanted, told from itself: what has the last word. */
export function isWantedRow(row: MessageRow, wanted: Wanted): boolean {
	if (!isSaid(row) || !isWantedEntry(entryOf(row), wanted)) return false;
	return isEmptyQuery(wanted.query) || matches(searchableText(row), wanted.query);
}
