/** Whether a search asks for anything: the one rule for device and server. */
import type { SearchRequest } from '../protocol/search.ts';
import { isEmptyQuery, parseQuery } from './query.ts';

/** What bounds a search besides its words. */
const BOUNDS = ['rooms', 'direct', 'author', 'after', 'before', 'hasFile'] as const;

/** Whether neither words nor anything else is given; a query of what is no character, such as a soft hyphen, has no words. */
export function isEmptySearch(ask: Omit<SearchRequest, 'limit'>): boolean {
	return isEmptyQuery(parseQuery(ask.query)) && BOUNDS.every((bound) => ask[bound] === undefined);
}
