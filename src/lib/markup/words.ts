/** Whether a text has one of somebody's words in it. */
import { kindsOf, WORD } from './characters.ts';
import { wordsIn } from './plain-text.ts';

/** Words of one person that are looked for, and UTF-16 units of one: bounds of the work for each message. */
const WORDS_MAX = 50;
const LENGTH_MAX = 100;

/** A text as it is compared: one form of width, accents and case for all. */
const folded = (text: string): string => text.normalize('NFKC').toLowerCase();

/** A text, and what kinds of characters it has; one message is held against the words of many people. */
let last: { body: string; text: string; kinds: Uint8Array } | null = null;

function reading(body: string): { text: string; kinds: Uint8Array } {
	if (last?.body !== body) {
		const text = folded(wordsIn(body));
		last = { body, text, kinds: kindsOf(text) };
	}
	return last;
}

/**
 * Whether a word begins and ends here. In scripts that part words by spaces, "art" is no word of "start"; in those
 * without spaces any part of a text may be one.
 */
function isWhole(kinds: Uint8Array, from: number, to: number): boolean {
	const begins = kinds[from] !== WORD || kinds[from - 1] !== WORD;
	return begins && (kinds[to - 1] !== WORD || kinds[to] !== WORD);
}

function has(body: string, word: string): boolean {
	const { text, kinds } = reading(body);
	for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
		if (isWhole(kinds, at, at + word.length)) return true;
	}
	return false;
}

/** Whether one of these words stands in a text as it reads on screen. */
export function hasWord(body: string, words: readonly string[]): boolean {
	return words.slice(0, WORDS_MAX).some((written) => {
		const word = folded(written.trim()).slice(0, LENGTH_MAX);
		return word !== '' && has(body, word);
	});
}
