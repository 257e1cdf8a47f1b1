/** Looking through one segment. */
import { matchesFolded } from '../../search/match.ts';
import { lineOf, type Segment } from './segment.ts';
import { isWantedEntry, type Wanted } from './wanted.ts';

const isLowerAscii = (code: number): boolean => code >= 0x61 && code <= 0x7a;
const isAscii = (code: number): boolean => isLowerAscii(code | 0x20);

/** Whether a place is in the middle of a word of plain letters, where nothing begins (src/lib/search/starts.ts). */
function isInsideWord(cased: string, at: number): boolean {
	return at > 0 && isLowerAscii(cased.charCodeAt(at)) && isAscii(cased.charCodeAt(at - 1));
}

/** Lines in which a piece stands anywhere that is not the middle of a plain word; ascending. */
function linesWith({ text, starts }: Segment, piece: string): number[] {
	const lines: number[] = [];
	let line = 0;
	for (let at = text.lower.indexOf(piece); at >= 0; at = text.lower.indexOf(piece, at)) {
		if (isInsideWord(text.cased, at)) {
			at++;
			continue;
		}
		while (starts[line + 1]! <= at) line++;
		lines.push(line);
		at = starts[line + 1]!;
	}
	return lines;
}

/** Lines that may be wanted, the newest message first. */
function candidates(segment: Segment, { query: { pieces } }: Wanted): number[] {
	// The longest piece is likely to be the rarest.
	const [longest] = [...pieces].sort((a, b) => b.length - a.length);
	if (longest === undefined) return [...segment.entries.keys()].reverse();
	return linesWith(segment, longest).reverse();
}

/** Indexes of the messages that are wanted, the newest first. */
export function* scan(segment: Segment, wanted: Wanted): Generator<number> {
	const { pieces } = wanted.query;
	for (const n of candidates(segment, wanted)) {
		if (!isWantedEntry(segment.entries[n]!, wanted)) continue;
		if (pieces.length === 0 || matchesFolded(lineOf(segment, n), wanted.query)) yield n;
	}
}
