/**
 * Where a web address in running text begins and ends, and where a link may lead.
 *
 * An address ends at a space, at a quote or closing mark of any script, at a dash, at a full-width sign, and at a
 * bracket that was not opened inside of it. Letters of Chinese, Japanese and their like belong to it where they begin
 * a part of their own (after "/", "=", "." and the like) or follow one of their own; directly behind a Latin letter
 * or a digit they are the sentence going on: `https://example.com/a这篇` is `https://example.com/a`, and
 * `https://example.com/路径` is whole.
 */
import { isLetter, SPACE, UNSPACED, WORD } from './characters.ts';
import type { Budget } from './budget.ts';

/** UTF-16 units; longer ones are cut, as browsers cut them. */
const LONGEST = 2048;

const ENDS = new Set(
	'<>"“”„‟«»‹›「」『』【】《》〈〉〔〕〖〗｢｣，。、；：！？（）［］｛｝．｡､…‥—―～〜﹏·・`|\\^'
);
/** Ends an address unless a letter or digit follows, as in "Schrödinger's_cat". */
const APOSTROPHES = new Set("'’‘–");
/** Belongs to the sentence when nothing of the address follows. */
const TRAILING = new Set('.,;:!?*');
const OPENERS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const CLOSERS = new Set(Object.values(OPENERS));

/** Where links may lead; everything else stays text. */
const SCHEMES: ReadonlySet<string> = new Set(['https:', 'http:', 'mailto:']);

export interface Address {
	/** place behind its last character */
	to: number;
	/** null: it looks like an address and is none */
	href: string | null;
}

/** The address in full if a link may lead there, else null. */
export function safeHref(address: string): string | null {
	try {
		const { protocol, href } = new URL(address);
		return SCHEMES.has(protocol) ? href : null;
	} catch {
		// No address at all: that is an answer, too.
		return null;
	}
}

/** @returns length of the scheme at this place ("https://"), 0 when there is none */
function schemeAt(text: string, at: number): number {
	const first = text.charCodeAt(at) | 0x20;
	if (first !== 0x68) return 0; // "h"
	const scheme = text.slice(at, at + 8).toLowerCase();
	if (scheme === 'https://') return 8;
	return scheme.startsWith('http://') ? 7 : 0;
}

/** Whether an address goes on at this place. */
function goesOn(text: string, kinds: Uint8Array, at: number): boolean {
	const kind = kinds[at];
	const sign = text[at]!;
	if (kind === SPACE || ENDS.has(sign)) return false;
	if (APOSTROPHES.has(sign)) return kinds[at + 1] === WORD && isLetter(kinds[at - 1]);
	return !(kind === UNSPACED && kinds[at - 1] === WORD);
}

/** Reads on to where the address can end at the latest. */
function lastPlace(text: string, kinds: Uint8Array, start: number): number {
	const open: string[] = [];
	const limit = Math.min(text.length, start + LONGEST);
	let at = start;
	for (; at < limit && goesOn(text, kinds, at); at++) {
		const sign = text[at]!;
		const closer = OPENERS[sign];
		if (closer !== undefined) open.push(closer);
		else if (CLOSERS.has(sign) && open.pop() !== sign) break;
	}
	return at;
}

/** Leaves the end of the sentence, and marks around the address, out of it. */
function withoutTrailing(text: string, from: number, to: number): number {
	for (;;) {
		if (to > from && TRAILING.has(text[to - 1]!)) to--;
		else if (to - 1 > from && text[to - 1] === '~' && text[to - 2] === '~') to -= 2;
		else return to;
	}
}

/**
 * The address that begins at this place.
 * @param kinds of the text (characters.ts)
 * @returns null when none begins here
 */
export function addressAt(
	text: string,
	kinds: Uint8Array,
	at: number,
	budget: Budget
): Address | null {
	const scheme = schemeAt(text, at);
	if (scheme === 0 || kinds[at - 1] === WORD) return null;
	let to = lastPlace(text, kinds, at + scheme);
	budget.spend(to - at);
	to = withoutTrailing(text, at + scheme, to);
	return { to, href: to > at + scheme ? safeHref(text.slice(at, to)) : null };
}
