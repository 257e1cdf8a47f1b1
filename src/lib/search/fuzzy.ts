/**
 * Fuzzy matching of short names by what is typed of them, best first: for lists that are searched with every key.
 * Finds whatever has the typed letters in their order; width, case and diacritics do not count. Pure.
 */
import { fold } from './fold.ts';

/** UTF-16 units of what is typed that are looked at, and of each name: what a match costs at most. */
const FUZZY_QUERY_MAX = 64;
export const FUZZY_NAME_MAX = 200;

/** How well a word of the query sits in a name. Kinds are further apart than places within one of them. */
const KIND = { whole: 6, start: 5, wordStart: 4, initials: 3, inside: 2, scattered: 1 } as const;
const STEP = 1_000;

/** A name, ready to be compared with many queries. */
export interface FuzzyName {
	lower: string;
	/** where words begin, ascending; parts of an identifier and Chinese characters are words */
	starts: readonly number[];
}

const MARKS = /\p{M}+/gu;
const WORD = /\p{Script=Han}|\p{Lu}*[\p{Ll}\p{Lo}\p{Lm}]+|\p{Lu}+|\p{N}+/gu;

const plain = (text: string): string =>
	fold(text).cased.normalize('NFD').replace(MARKS, '').normalize('NFC');

/** Makes a name ready. Beyond FUZZY_NAME_MAX nothing of it is found. */
export function fuzzyName(name: string): FuzzyName {
	const cased = plain(name.slice(0, FUZZY_NAME_MAX)).slice(0, FUZZY_NAME_MAX);
	const { lower } = fold(cased);
	return { lower, starts: [...cased.matchAll(WORD)].map(({ index }) => index) };
}

/** The words of what is typed, as names are compared with them. */
export const fuzzyWords = (query: string): string[] =>
	fold(plain(query.slice(0, FUZZY_QUERY_MAX)))
		.lower.slice(0, FUZZY_QUERY_MAX)
		.split(' ')
		.filter((word) => word !== '');

/** UTF-16 units between the letters of `word` where they stand closest before their first end; null: not in order. */
function gapsOf(word: string, name: string): number | null {
	let end = -1;
	for (const letter of word) {
		const at = name.indexOf(letter, end + 1);
		if (at === -1) return null;
		end = at + letter.length - 1;
	}
	let start = end + 1;
	for (const letter of [...word].reverse()) start = name.lastIndexOf(letter, start - letter.length);
	return end + 1 - start - word.length;
}

function scoreWord(word: string, { lower, starts }: FuzzyName): number | null {
	const score = (kind: number, penalty: number): number =>
		kind * STEP - Math.min(penalty, STEP - 1);
	if (lower === word) return score(KIND.whole, 0);
	if (lower.startsWith(word)) return score(KIND.start, 0);
	const atWord = starts.find((start) => lower.startsWith(word, start));
	if (atWord !== undefined) return score(KIND.wordStart, atWord);
	const initial = starts.map((start) => lower[start]).join('');
	const atInitial = initial.indexOf(word);
	if (atInitial !== -1) return score(KIND.initials, atInitial);
	const inside = lower.indexOf(word);
	if (inside !== -1) return score(KIND.inside, inside);
	const gaps = gapsOf(word, lower);
	return gaps === null ? null : score(KIND.scattered, gaps);
}

/**
 * How well a name matches, higher is better; null: it does not. All words have to match, in any order.
 * @param words as `fuzzyWords` made them; of none, every name matches alike
 */
export function fuzzyScore(words: readonly string[], name: FuzzyName): number | null {
	let sum = 0;
	for (const word of words) {
		const score = scoreWord(word, name);
		if (score === null) return null;
		sum += score;
	}
	return words.length === 0 ? 0 : sum / words.length;
}

/** As well as the beginning of a word: what another writing of the name (its pinyin) begins with. */
export const writtenOtherwise = (at: number): number =>
	(at === 0 ? KIND.start : KIND.wordStart) * STEP - Math.min(at + 1, STEP - 1);

/**
 * What matches, the best first; what matches alike stays in the order it came in.
 * @param scoreOf null: no match
 */
export function fuzzyRank<T>(items: readonly T[], scoreOf: (item: T) => number | null): T[] {
	return items
		.flatMap((item) => {
			const score = scoreOf(item);
			return score === null ? [] : [{ item, score }];
		})
		.sort((a, b) => b.score - a.score)
		.map(({ item }) => item);
}
