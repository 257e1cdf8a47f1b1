/**
 * Where something that is searched for may begin: anywhere in scripts that are written without spaces; at the beginning
 * of a word in the others, and of a part of an identifier ("Name" in "getUserName", "2" in "v2").
 */
import { kindsOf, WORD } from '../markup/characters.ts';

const UPPER = /\p{Lu}/u;
const LOWER = /\p{Ll}/u;
const DIGIT = /\p{Nd}/u;
const MARK = /[\p{M}\u200c\u200d]/u;

const characterAt = (text: string, at: number): string =>
	String.fromCodePoint(text.codePointAt(at) ?? 0x20);

/** The character that ends before a place. */
function characterBefore(text: string, at: number): string {
	const unit = text.charCodeAt(at - 1);
	const isLow = unit >= 0xdc00 && unit <= 0xdfff;
	return characterAt(text, isLow && at > 1 ? at - 2 : at - 1);
}

/** Whether an identifier has a new part between two letters or digits. */
function isPartStart(text: string, at: number): boolean {
	const before = characterBefore(text, at);
	const here = characterAt(text, at);
	if (DIGIT.test(before) !== DIGIT.test(here)) return true;
	if (!UPPER.test(here)) return false;
	// "HTTPServer" has the parts "HTTP" and "Server".
	return !UPPER.test(before) || LOWER.test(characterAt(text, at + here.length));
}

/**
 * Whether something that is searched for may begin at a place.
 * @param cased a text as `fold` made it, with upper and lower case
 * @param kinds of its characters, see `kindsOf`
 * @param at a place at which a character begins, in UTF-16 units
 */
export function isStart(cased: string, kinds: Uint8Array, at: number): boolean {
	if (MARK.test(characterAt(cased, at))) return false;
	if (at === 0 || kinds[at] !== WORD || kinds[at - 1] !== WORD) return true;
	return isPartStart(cased, at);
}

export { kindsOf };
