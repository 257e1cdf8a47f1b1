/** What belongs together in a running text, found in one pass: runs of backticks, and brackets of links. */
import { SPACE } from './characters.ts';

/** UTF-16 units of an address behind the words of a link. */
const TARGET_MAX = 2048;

export interface Pairs {
	/**
	 * The run of backticks that begins here.
	 * @returns the place behind it, and where the run begins that closes it (null: none does)
	 */
	codeAt(at: number): { open: number; close: number | null };
	/** The link whose words begin behind this "[": where they end, and where its address lies; null: none. */
	linkAt(at: number): { wordsEnd: number; from: number; close: number } | null;
	/** Whether the line behind this line break is empty. */
	isBlankAfter(at: number): boolean;
}

function endOfRun(text: string, at: number): number {
	let to = at;
	while (text[to] === '`') to++;
	return to;
}

/** Beginning of each run of backticks -> beginning of the next one of the same length. */
function codeEnds(text: string): Map<number, number> {
	const runs: { from: number; length: number }[] = [];
	for (let at = text.indexOf('`'); at >= 0; at = text.indexOf('`', at)) {
		const to = endOfRun(text, at);
		runs.push({ from: at, length: to - at });
		at = to;
	}
	const nextOf = new Map<number, number>();
	const ends = new Map<number, number>();
	for (const { from, length } of runs.reverse()) {
		const next = nextOf.get(length);
		if (next !== undefined) ends.set(from, next);
		nextOf.set(length, from);
	}
	return ends;
}

/** Place of each opening bracket -> place of the one that closes it. */
function bracketEnds(text: string): Map<number, number> {
	const ends = new Map<number, number>();
	const square: number[] = [];
	const round: number[] = [];
	for (let at = 0; at < text.length; at++) {
		const sign = text[at];
		if (sign === '[') square.push(at);
		else if (sign === '(') round.push(at);
		else if (sign === ']' || sign === ')') {
			const open = (sign === ']' ? square : round).pop();
			if (open !== undefined) ends.set(open, at);
		}
	}
	return ends;
}

/** At each place: where the next white space is. */
function nextSpaces(kinds: Uint8Array): Int32Array {
	const next = new Int32Array(kinds.length + 1);
	next[kinds.length] = kinds.length;
	for (let at = kinds.length - 1; at >= 0; at--)
		next[at] = kinds[at] === SPACE ? at : next[at + 1]!;
	return next;
}

/** @param kinds of the text (characters.ts) */
export function pairsOf(text: string, kinds: Uint8Array): Pairs {
	const codes = codeEnds(text);
	const hasLinks = text.includes('](');
	const brackets = hasLinks ? bracketEnds(text) : new Map<number, number>();
	const spaces = hasLinks ? nextSpaces(kinds) : new Int32Array(0);
	return {
		codeAt(at) {
			const open = endOfRun(text, at);
			const isEscaped = text[at - 1] === '\\';
			return { open, close: isEscaped ? null : (codes.get(at) ?? null) };
		},
		linkAt(at) {
			const wordsEnd = brackets.get(at);
			if (wordsEnd === undefined || text[wordsEnd + 1] !== '(') return null;
			const from = wordsEnd + 2;
			const close = brackets.get(wordsEnd + 1);
			if (close === undefined || close - from > TARGET_MAX || spaces[from]! < close) return null;
			return { wordsEnd, from, close };
		},
		isBlankAfter(at) {
			let next = at + 1;
			while (text[next] === ' ' || text[next] === '\t') next++;
			return text[next] === '\n';
		}
	};
}
