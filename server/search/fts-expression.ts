/** What FTS5 is asked. Nothing that somebody typed is syntax: all of it stands in quotes. */
import { parseQuery, type Query } from '../../src/lib/search/query.ts';
import { termsOfQuery, type QueryTerm } from '../../src/lib/search/terms.ts';
import type { SearchQuestion } from '../domain/search-port.ts';
import { META } from './entries.ts';

/**
 * Beginnings in one expression. FTS5 collects everything that begins with one before its first answer, without a look at
 * the clock: some 50 ms for two letters among 500,000 messages, and more among more.
 */
const COLLECTED_MAX = 3;
/** Other terms in it: these FTS5 walks through in step with one another. */
const WALKED_MAX = 12;
/** Rooms up to which the index is asked for them; beyond it, what it finds is looked through. */
const ROOMS_MAX = 100;
/** The same where the texts have to be looked through anyway. */
const ROOMS_MAX_OF_SIGNS = 10;

const quoted = (term: string): string => `"${term.replaceAll('"', '""')}"`;
const termExpression = ({ term, prefix }: QueryTerm): string =>
	prefix ? `${quoted(term)} *` : quoted(term);

/** Whether FTS5 has to collect what begins with a term; the index has lists for what begins with one character. */
const isCollected = ({ term, prefix }: QueryTerm): boolean => prefix && [...term].length > 1;

/**
 * The terms of a query that leave the fewest messages for the least work: whole ones, and long beginnings, which few
 * terms have. Whatever they let through is looked at anyway.
 */
function selectiveTerms(query: Query): QueryTerm[] {
	const terms = termsOfQuery(query);
	const walked = terms.filter((term) => !isCollected(term));
	walked.sort((a, b) => Number(a.prefix) - Number(b.prefix));
	const collected = terms.filter(isCollected);
	collected.sort((a, b) => b.term.length - a.term.length);
	return [...walked.slice(0, WALKED_MAX), ...collected.slice(0, COLLECTED_MAX)];
}

/**
 * What SQLite looks for in the texts themselves: signs of which no term is made. They are the same in lower case.
 * Empty, which is in every text: the terms say enough.
 */
export function signsIn(query: Query): string {
	return termsOfQuery(query).length === 0 ? (query.pieces[0] ?? '') : '';
}

/** What FTS5 is asked; null when no term can be named and everything has to be looked at. */
export function ftsExpression(question: SearchQuestion): string | null {
	const { rooms, author, hasFile, direct } = question;
	const parts = selectiveTerms(parseQuery(question.query)).map(termExpression);
	if (author !== undefined) parts.push(quoted(META.author(author)));
	if (hasFile) parts.push(quoted(META.hasFile));
	if (direct) parts.push(quoted(META.direct));
	const roomsMax = parts.length === 0 ? ROOMS_MAX_OF_SIGNS : ROOMS_MAX;
	if (rooms.length <= roomsMax) {
		parts.push(`(${rooms.map(({ room }) => quoted(META.room(room))).join(' OR ')})`);
	}
	return parts.length === 0 ? null : parts.join(' AND ');
}
