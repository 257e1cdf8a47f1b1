/**
 * The part of the index that holds the messages of one room in one stretch of seqs: who said them when, and their
 * folded texts in one string, in which they are searched.
 */
import { isSaid, type MessageRow } from '../../protocol/change.ts';
import type { PersonId } from '../../protocol/ids.ts';
import { fold, foldedAgain, type Folded } from '../../search/fold.ts';
import { searchableText } from '../../search/searchable-text.ts';

/** Seqs of one segment. Twice as many make it no smaller, as deflate looks back 32 kB, and dearer to make anew. */
const BUCKET = 1_024;

/** The stretch of seqs in which a message lies. */
export const bucketOf = (seq: number): number => Math.floor(seq / BUCKET);
/** The first seq of a stretch. */
export const firstSeq = (bucket: number): number => bucket * BUCKET;
/** The last seq of a stretch. */
export const lastSeq = (bucket: number): number => (bucket + 1) * BUCKET - 1;

/** What is known of one message besides its text. */
export interface Entry {
	seq: number;
	/** when it was said: server time in s, as thousandths would make up a tenth of the index */
	second: number;
	author: PersonId;
	hasFile: boolean;
}

/** Messages in ascending order of seq. */
export interface Segment {
	entries: readonly Entry[];
	/** the text of each message in a line of its own */
	text: Folded;
	/** where each line begins in `text`, and, last, where a further one would */
	starts: Uint32Array;
}

/**
 * @param entries in ascending order of seq
 * @param cased the text of each, as `fold` made it: without line breaks, and joined by them
 * @throws RangeError when there are not as many lines as messages
 */
export function makeSegment(entries: readonly Entry[], cased: string): Segment {
	const starts = new Uint32Array(entries.length + 1);
	let line = 0;
	for (let at = cased.indexOf('\n'); at >= 0; at = cased.indexOf('\n', at + 1)) {
		starts[++line] = at + 1;
	}
	starts[++line] = cased.length + 1;
	const isWhole = entries.length === 0 ? cased === '' : line === entries.length;
	if (!isWhole) throw new RangeError('as many lines as messages were expected');
	return { entries, text: foldedAgain(cased), starts };
}

/** The second of a moment. @param at in ms */
export const secondOf = (at: number): number => Math.floor(at / 1_000);

/** What is known of a message besides its text. */
export const entryOf = ({ seq, at, author, files = [] }: MessageRow): Entry => ({
	seq,
	second: secondOf(at),
	author,
	hasFile: files.length > 0
});

/** Messages as a segment has them, one by one. */
export interface Lines {
	entries: Entry[];
	lines: string[];
}

/** What a segment has of these messages. @param rows sound ones, ascending */
export function linesOf(rows: readonly MessageRow[]): Lines {
	const said = rows.filter(isSaid);
	return {
		entries: said.map(entryOf),
		lines: said.map((row) => fold(searchableText(row)).cased)
	};
}

/** @param rows sound ones, ascending */
export function segmentOf(rows: readonly MessageRow[]): Segment {
	const { entries, lines } = linesOf(rows);
	return makeSegment(entries, lines.join('\n'));
}

/** The text of one message. */
export function lineOf({ text, starts }: Segment, n: number): Folded {
	const [from, to] = [starts[n]!, starts[n + 1]! - 1];
	const cased = text.cased.slice(from, to);
	return { cased, lower: text.lower.slice(from, to) };
}

/** The seconds in which the first and the last message were said; of none, from never to never. */
export function spanOf({ entries }: Segment): { oldest: number; newest: number } {
	const seconds = entries.map(({ second }) => second);
	return { oldest: Math.min(...seconds), newest: Math.max(...seconds) };
}
