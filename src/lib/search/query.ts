/** What somebody typed to find, as the pieces that must all be in a message. */
import { fold } from './fold.ts';

/** UTF-16 units of a query that are read, and pieces of it: bounds of the work for each message. */
export const QUERY_MAX = 200;
const PIECES_MAX = 12;

/** Pieces in the form that `fold` makes, in lower case; none: there is nothing to search for. */
export interface Query {
	pieces: string[];
}

/** Straight and typographic quotes, which hold words together. */
const QUOTED = /["“”„«»]([^"“”„«»]+)["“”„«»]/gu;

/** Reads a query: words that are parted by spaces are found in any order, those in quotes as they stand. */
export function parseQuery(typed: string): Query {
	const pieces: string[] = [];
	const rest = typed.slice(0, QUERY_MAX).replace(QUOTED, (_all, phrase: string) => {
		pieces.push(fold(phrase).lower);
		return ' ';
	});
	pieces.push(...fold(rest).lower.split(' '));
	const unique = [...new Set(pieces.filter((piece) => piece !== ''))];
	return { pieces: unique.slice(0, PIECES_MAX) };
}

/** Whether there is anything to search for. */
export const isEmptyQuery = ({ pieces }: Query): boolean => pieces.length === 0;
