/**
 * Cuts texts into terms for an index (FTS5, PostgreSQL): overlapping pairs and the last character of a run in scripts
 * that are written without spaces; words, and the rest of a word from each part of an identifier, in the others; signs
 * such as emoji one by one. A message that has what is searched for has all terms of the query (`match.ts` decides);
 * the reverse need not hold.
 */
import { kindsOf, SPACE, UNSPACED, WORD } from '../markup/characters.ts';
import { fold, type Folded } from './fold.ts';
import type { Query } from './query.ts';
import { isStart } from './starts.ts';

/** UTF-16 units of a term; what is longer is found by its beginning. */
export const TERM_MAX = 40;

/** A term of a query; a message has it, or, with `prefix`, a term that begins with it. */
export interface QueryTerm {
	term: string;
	prefix: boolean;
}

/** A stretch of characters of one kind in a folded text. */
interface Run {
	kind: number;
	from: number;
	to: number;
}

function* runsOf(kinds: Uint8Array): Generator<Run> {
	for (let from = 0; from < kinds.length;) {
		let to = from + 1;
		while (to < kinds.length && kinds[to] === kinds[from]) to++;
		yield { kind: kinds[from]!, from, to };
		from = to;
	}
}

/** Each two characters that follow one another, and the last one by itself. */
function pairsOf(run: string): string[] {
	const characters = [...run];
	return characters.map((character, at) => character + (characters[at + 1] ?? ''));
}

const isAscii = (character: string): boolean => character <= '\u007f';
/** Signs of which a term can be made: those of ASCII mean something to full-text engines. */
const signsOf = (run: string): string[] => [...run].filter((sign) => !isAscii(sign));

const cut = (term: string): string => {
	const short = term.slice(0, TERM_MAX);
	// Half a character is none.
	return /[\ud800-\udbff]$/u.test(short) ? short.slice(0, -1) : short;
};

/** The terms of a text as it was written, each once. */
export const termsOf = (text: string): Set<string> => termsOfFolded(fold(text));

/** The terms of a text in the form that is kept, each once. */
export function termsOfFolded({ cased, lower }: Folded): Set<string> {
	const kinds = kindsOf(cased);
	const terms = new Set<string>();
	for (const { kind, from, to } of runsOf(kinds)) {
		if (kind === SPACE) continue;
		const run = lower.slice(from, to);
		if (kind === UNSPACED) for (const pair of pairsOf(run)) terms.add(cut(pair));
		else if (kind !== WORD) for (const sign of signsOf(run)) terms.add(sign);
		else {
			for (let at = from; at < to; at++) {
				const isHalf = /[\udc00-\udfff]/u.test(cased[at]!) && at > from;
				if (!isHalf && isStart(cased, kinds, at)) terms.add(cut(lower.slice(at, to)));
			}
		}
	}
	return terms;
}

function termsOfRun(run: string, kind: number, isLast: boolean): QueryTerm[] {
	if (kind === SPACE) return [];
	if (kind === WORD) return [{ term: cut(run), prefix: isLast || run.length > TERM_MAX }];
	if (kind !== UNSPACED) return signsOf(run).map((term) => ({ term, prefix: false }));
	const pairs = pairsOf(run);
	// The last character alone is part of the pair before it; what follows it in a message is not known.
	if (pairs.length > 1) return pairs.slice(0, -1).map((term) => ({ term, prefix: false }));
	return [{ term: run, prefix: true }];
}

/**
 * The terms that a message must have to match a query. None: the query consists of signs of which no term is made, and
 * whoever searches has to look at the texts themselves.
 */
export function termsOfQuery({ pieces }: Query): QueryTerm[] {
	const found = new Map<string, QueryTerm>();
	for (const piece of pieces) {
		const runs = [...runsOf(kindsOf(piece))];
		runs.forEach(({ kind, from, to }, i) => {
			for (const term of termsOfRun(piece.slice(from, to), kind, i === runs.length - 1)) {
				found.set(`${term.term}\n${term.prefix}`, term);
			}
		});
	}
	return [...found.values()];
}
