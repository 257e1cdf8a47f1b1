/** What kind of character stands where in a text: what decides where a mark or an address begins and ends. */

/** White space and line breaks; also what lies outside of the text. */
export const SPACE = 0;
/** Letters of scripts that part words by spaces, and digits. */
export const WORD = 1;
/** Letters of scripts that are written without spaces: Chinese, Japanese, Korean particles, Thai and their like. */
export const UNSPACED = 2;
const PUNCTUATION = 3;
/** Emoji, signs, and everything else that can be seen. */
const SYMBOL = 4;

export type Kind = 0 | 1 | 2 | 3 | 4;

const UNSPACED_LETTER =
	/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー々〆]/u;
const WORD_LETTER = /[\p{L}\p{N}]/u;
const WHITE = /\s/u;
const MARKING = /\p{P}/u;
/** Combining marks, joiners and variation selectors belong to the character before them. */
const COMBINING = /[\p{M}\u200c\u200d]/u;

/** Characters whose kind is remembered; the texts of one conversation have far fewer different ones. */
const REMEMBERED = 4096;
const remembered = new Map<number, Kind | -1>();

function findKind(character: string): Kind | -1 {
	if (WHITE.test(character)) return SPACE;
	if (COMBINING.test(character)) return -1;
	if (UNSPACED_LETTER.test(character)) return UNSPACED;
	if (WORD_LETTER.test(character)) return WORD;
	return MARKING.test(character) ? PUNCTUATION : SYMBOL;
}

function kindOf(code: number): Kind | -1 {
	const known = remembered.get(code);
	if (known !== undefined) return known;
	if (remembered.size >= REMEMBERED) remembered.clear();
	const kind = findKind(String.fromCodePoint(code));
	remembered.set(code, kind);
	return kind;
}

/** @returns the kind of every UTF-16 unit of a text, in one pass */
export function kindsOf(text: string): Uint8Array {
	const kinds = new Uint8Array(text.length);
	let before: Kind = SPACE;
	for (let at = 0; at < text.length;) {
		const code = text.codePointAt(at)!;
		const length = code > 0xffff ? 2 : 1;
		const kind = kindOf(code);
		if (kind !== -1) before = kind;
		kinds.fill(before, at, at + length);
		at += length;
	}
	return kinds;
}

export const isLetter = (kind: number | undefined): boolean => kind === WORD || kind === UNSPACED;
