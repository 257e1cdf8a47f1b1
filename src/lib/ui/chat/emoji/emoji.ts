/** The emoji that can be picked: their names and words in the person's language, found by either language. */
import type { Locale } from '../../../i18n/language.svelte.ts';
import { loadOnce } from '../../../state/load-once.ts';

export interface Emoji {
	emoji: string;
	name: string;
	/** what it is found by, in both languages, lower case */
	words: string;
}

/** In the order in which Unicode sorts them: smileys, people, animals, food, … */
export type EmojiGroups = Emoji[][];

/** Offered at once under every message. */
export const QUICK = ['👍', '❤️', '😂', '😮', '😢', '🎉'] as const;

/** The lists of both languages; rejects when they are neither on the device nor to be had. */
const loadLists = loadOnce(async (): Promise<[string[][], string[][]]> => {
	const [en, zh] = await Promise.all([import('./en.json'), import('./zh.json')]);
	return [en.default, zh.default];
});

/** All emoji by group, named in this language. */
export async function loadEmoji(language: Locale): Promise<EmojiGroups> {
	const [en, zh] = await loadLists();
	const [named, other] = language === 'zh' ? [zh, en] : [en, zh];
	return named.map((group, g) =>
		group.map((line, i) => {
			const [emoji = '', name = '', tags = ''] = line.split('|');
			const [, otherName = '', otherTags = ''] = (other[g]?.[i] ?? '').split('|');
			const words = `${name} ${tags} ${otherName} ${otherTags}`.toLocaleLowerCase();
			return { emoji, name, words };
		})
	);
}

/** Emoji found at once at most. */
const MOST = 120;

/** How well an emoji fits: by its name first, then by a whole word, then by any part. */
function fit({ name, words }: Emoji, wanted: string): number {
	const lower = name.toLocaleLowerCase();
	if (lower === wanted) return 0;
	if (lower.startsWith(wanted)) return 1;
	if (` ${words} `.includes(` ${wanted} `)) return 2;
	return ` ${words}`.includes(` ${wanted}`) ? 3 : 4;
}

/** Emoji with all these words, in either language, the best first. */
export function findEmoji(groups: EmojiGroups, text: string): Emoji[] {
	const wanted = text.trim().toLocaleLowerCase();
	if (wanted === '') return [];
	const parts = wanted.split(/\s+/u);
	return groups
		.flat()
		.filter(({ words }) => parts.every((part) => words.includes(part)))
		.map((emoji, at) => ({ emoji, at, fit: fit(emoji, wanted) }))
		.sort((a, b) => a.fit - b.fit || a.at - b.at)
		.slice(0, MOST)
		.map(({ emoji }) => emoji);
}
