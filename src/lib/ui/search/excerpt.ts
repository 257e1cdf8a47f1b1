/** The part of a message that a result shows, with what was searched for marked. */
import { calm } from '../../markup/visible.ts';
import { wordsIn } from '../../markup/plain-text.ts';
import { findSpans, type Span } from '../../search/match.ts';
import type { Query } from '../../search/query.ts';

/** A stretch of text; marked: it is what was searched for. */
export interface Part {
	text: string;
	marked: boolean;
}

/** UTF-16 units before the first mark, and in all: two lines on a phone, or one on a desktop. */
const BEFORE = 36;
const LENGTH = 220;

/** The text cut into stretches. Spans are in order and do not overlap. */
export function markedParts(text: string, spans: readonly Span[]): Part[] {
	const parts: Part[] = [];
	let at = 0;
	const add = (to: number, marked: boolean): void => {
		if (to > at) parts.push({ text: text.slice(at, to), marked });
		at = Math.max(at, to);
	};
	for (const [from, to] of spans) {
		add(Math.min(from, text.length), false);
		add(Math.min(to, text.length), true);
	}
	add(text.length, false);
	return parts;
}

/** Where to begin so that the first mark is in view; at the beginning of a word where there is one near. */
function beginning(text: string, first: number): number {
	if (first <= BEFORE * 1.5) return 0;
	const from = first - BEFORE;
	const space = text.indexOf(' ', from);
	if (space >= 0 && space < first) return space + 1;
	// Between two halves of a character, or before a mark, nothing begins.
	return from + (/^(?:[\udc00-\udfff]|\p{M}|\u200d)+/u.exec(text.slice(from))?.[0].length ?? 0);
}

/** The part of a text around what was searched for, in one line. */
export function excerptOf(body: string, query: Query): Part[] {
	const text = calm(wordsIn(body).replace(/\s+/gu, ' '));
	const spans = findSpans(text, query);
	const from = beginning(text, spans[0]?.[0] ?? 0);
	const shown = text.slice(from, from + LENGTH).replace(/[\ud800-\udbff]$/u, '');
	const moved = spans.map(([begin, end]): Span => [begin - from, end - from]);
	const parts = markedParts(shown, moved);
	return from > 0 ? [{ text: '… ', marked: false }, ...parts] : parts;
}

/** A name of a file with what was searched for marked. */
export const markedName = (name: string, query: Query): Part[] =>
	markedParts(name, findSpans(name, query));
