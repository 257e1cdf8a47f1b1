/**
 * Whether a text has what is searched for, and where. This is the rule: every index only proposes messages, and this
 * decides, so that all stores answer alike.
 */
import { FOLDED_MAX, fold, foldedAgain, type Folded } from './fold.ts';
import type { Query } from './query.ts';
import { isStart, kindsOf } from './starts.ts';

/** Places of one piece that are tried in one text; a text of 4,000 characters has no more. */
const TRIES_MAX = 5_000;

/** The first place at or after `from` where a piece may begin and stands; -1: none. */
function findPiece(text: Folded, kinds: Uint8Array, piece: string, from: number): number {
	let at = text.lower.indexOf(piece, from);
	for (let tries = 0; at >= 0 && tries < TRIES_MAX; tries++) {
		if (isStart(text.cased, kinds, at)) return at;
		at = text.lower.indexOf(piece, at + 1);
	}
	return -1;
}

/** Whether every piece stands in a text. */
export function matchesFolded(text: Folded, { pieces }: Query): boolean {
	if (pieces.length === 0 || !pieces.every((piece) => text.lower.includes(piece))) return false;
	const kinds = kindsOf(text.cased);
	return pieces.every((piece) => findPiece(text, kinds, piece, 0) >= 0);
}

/** Whether every piece stands in a text as it was written. */
export const matches = (text: string, query: Query): boolean => matchesFolded(fold(text), query);

/** From where to where, in UTF-16 units; the end is not part of it. */
export type Span = [from: number, to: number];

/** Characters that are folded together: a letter with its marks, and the parts of a Korean syllable. */
const CLUSTER = /[\u1100-\u115f]?[\u1160-\u11a7]?[\u11a8-\u11ff]?\P{M}?\p{M}*/gsu;

/** A folded text, and for each of its units the place in the written text that it comes from. */
interface Placed {
	folded: Folded;
	places: { readonly [at: number]: number | undefined; readonly length: number };
}

/** Where folding changes nothing but single units (case, most full-width signs) every place is its own. */
function foldInPlace(text: string): Placed | null {
	const folded = fold(text);
	if (folded.cased.length !== text.length) return null;
	for (let i = 0; i < text.length; i++) {
		if (folded.cased[i] !== text[i] && fold(text[i]!).cased !== folded.cased[i]) return null;
	}
	return { folded, places: Array.from({ length: text.length + 1 }, (_, at) => at) };
}

function foldWithPlaces(text: string): Placed {
	const inPlace = foldInPlace(text);
	if (inPlace) return inPlace;
	let cased = '';
	const places: number[] = [];
	for (const { 0: cluster, index } of text.matchAll(CLUSTER)) {
		if (cluster === '' || cased.length >= FOLDED_MAX) continue;
		const isBlank = /^[\s\p{Cc}\p{Cs}\p{Co}]+$/u.test(cluster);
		const part = isBlank ? ' ' : fold(cluster).cased;
		if (part === ' ' && (cased === '' || cased.endsWith(' '))) continue;
		for (let i = 0; i < part.length; i++) places.push(index);
		cased += part;
	}
	places.push(text.length);
	return { folded: foldedAgain(cased), places };
}

/** Stretches without overlaps, in their order. */
function joined(spans: Span[]): Span[] {
	const found: Span[] = [];
	for (const [from, to] of spans.sort((a, b) => a[0] - b[0])) {
		const last = found.at(-1);
		if (last && from <= last[1]) last[1] = Math.max(last[1], to);
		else found.push([from, to]);
	}
	return found;
}

/** Stretches that are marked in one text at most. */
const SPANS_MAX = 100;

/** Where the pieces stand in a text as it was written, for marking them. */
export function findSpans(text: string, { pieces }: Query): Span[] {
	const { folded, places } = foldWithPlaces(text);
	const kinds = kindsOf(folded.cased);
	const spans: Span[] = [];
	for (const piece of pieces) {
		let at = findPiece(folded, kinds, piece, 0);
		while (at >= 0 && spans.length < SPANS_MAX) {
			const end = at + piece.length;
			// The last letter takes its marks along: its end is where the next one begins.
			let after = end;
			while (after < places.length - 1 && places[after] === places[end - 1]) after++;
			spans.push([places[at]!, places[after]!]);
			at = findPiece(folded, kinds, piece, end);
		}
	}
	return joined(spans);
}
