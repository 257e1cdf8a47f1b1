/** The emoji that can be picked: their names and words in the person's language, found by either language. */
import type { Locale } from '../../../i18n/language.svelte.ts';

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

let loaded: Promise<[string[][], string[][]]> | null = null;

/** The lists of both languages; rejects when they are neither on the device nor to be had. */
async function lists(): Promise<[string[][], string[][]]> {
	const load = Promise.all([import('./en.json'), import('./zh.json')]).then(
		([en, zh]): [string[][], string[][]] => [en.default, zh.default]
	);
	load.catch(() => {
		// Told to whoever asked; the next one asks anew.
		loaded = null;
	});
	return load;
}

/** All emoji by group, named in this language. */
export async function loadEmoji(language: Locale): Promise<EmojiGroups> {
	const [en, zh] = await (loaded ??= lists());
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

const KEY = 'roost-emoji';
/** Emoji remembered as used. */
const RECENT = 24;

/** Emoji used last on this device, the latest first. */
export function recentEmoji(): string[] {
	try {
		const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
		return Array.isArray(kept) ? kept.filter((one) => typeof one === 'string') : [];
	} catch {
		// A browser that refuses storage remembers none; nothing else is lost.
		return [];
	}
}

/** The list after one more use. */
export function withRecent(recent: readonly string[], emoji: string): string[] {
	return [emoji, ...recent.filter((one) => one !== emoji)].slice(0, RECENT);
}

/** Remembers that an emoji was used. */
export function rememberEmoji(emoji: string): void {
	try {
		localStorage.setItem(KEY, JSON.stringify(withRecent(recentEmoji(), emoji)));
	} catch {
		// See above.
	}
}
