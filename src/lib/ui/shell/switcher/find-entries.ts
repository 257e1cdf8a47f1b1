/** Which entries of the switcher what is typed means, the likeliest first. Pure. */
import {
	fuzzyName,
	fuzzyRank,
	fuzzyScore,
	fuzzyWords,
	writtenOtherwise,
	type FuzzyName
} from '../../../search/fuzzy.ts';
import type { SwitcherEntry } from './entries.ts';
import { pinyinAt, type PinyinMatch } from './pinyin.ts';

/** An entry, ready to be searched with every key. */
interface FindableEntry {
	entry: SwitcherEntry;
	/** of its name and aliases */
	names: readonly { text: string; name: FuzzyName }[];
}

export const findable = (entry: SwitcherEntry): FindableEntry => ({
	entry,
	names: [entry.name, ...entry.aliases].map((text) => ({ text, name: fuzzyName(text) }))
});

/** The best score of several; null: none of them. */
const best = (scores: readonly (number | null)[]): number | null =>
	scores.reduce((a, b) => (a === null || (b !== null && b > a) ? b : a), null);

/** @param pinyin null: not loaded */
export function findEntries(
	entries: readonly FindableEntry[],
	typed: string,
	pinyin: PinyinMatch | null
): SwitcherEntry[] {
	const words = fuzzyWords(typed);
	const joined = words.join(' ');
	const byPinyin = (text: string): number | null => {
		const at = pinyin && joined !== '' ? pinyinAt(pinyin, text, joined) : null;
		return at === null ? null : writtenOtherwise(at);
	};
	return fuzzyRank(entries, ({ names }) =>
		best(names.flatMap(({ text, name }) => [fuzzyScore(words, name), byPinyin(text)]))
	).map(({ entry }) => entry);
}
