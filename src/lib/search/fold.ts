/**
 * The form in which texts and queries are compared: one form for width, accents' encoding, apostrophes and white space,
 * and lower case. What is written differently on purpose (traditional and simplified Chinese, accents) stays apart.
 */

/** A text for searching. Both have the same length, so that a place in one is the same place in the other. */
export interface Folded {
	/** with upper and lower case, by which the parts of an identifier are told */
	cased: string;
	/** in lower case: what is compared */
	lower: string;
}

/** What is not seen and says nothing; the joiners inside words and emoji stay. */
const UNSEEN = /(?![\u200c\u200d])\p{Default_Ignorable_Code_Point}/gu;
const APOSTROPHES = /[\u2018\u2019\u02bc\u02b9\u2032]/gu;
/** White space, controls, halves of characters, and those for private use, which mark other things in the server's index. */
const BLANK = /[\s\p{Cc}\p{Cs}\p{Co}]+/gu;
/** The sigma at the end of a Greek word is the same letter. */
const FINAL_SIGMA = /ς/gu;

/** Lower case of the same length: a letter whose lower case is longer stays as it is. */
function lowerCase(cased: string): string {
	const lower = cased.toLowerCase();
	if (lower.length === cased.length) return lower.replace(FINAL_SIGMA, 'σ');
	let kept = '';
	for (const character of cased) {
		const one = character.toLowerCase();
		kept += one.length === character.length ? one : character;
	}
	return kept.replace(FINAL_SIGMA, 'σ');
}

/**
 * UTF-16 units of a folded text: twice the longest message. A single character may fold to eighteen (U+FDFA), and what
 * is beyond this is not found, on any store.
 */
export const FOLDED_MAX = 8_000;

/** A text up to so many units; half a character is none. */
const cutAt = (text: string, max: number): string =>
	text.length <= max ? text : text.slice(0, max).replace(/[\ud800-\udbff]$/u, '');

/** The form of a text in which it is searched; one line. */
export function fold(text: string): Folded {
	const folded = cutAt(text, 2 * FOLDED_MAX)
		.replace(UNSEEN, '')
		.normalize('NFKC')
		.replace(APOSTROPHES, "'")
		.replace(BLANK, ' ')
		.trim();
	const cased = cutAt(folded, FOLDED_MAX).trimEnd();
	return { cased, lower: lowerCase(cased) };
}

/** The same from a form that was kept. @param cased as `fold` made it */
export const foldedAgain = (cased: string): Folded => ({ cased, lower: lowerCase(cased) });
