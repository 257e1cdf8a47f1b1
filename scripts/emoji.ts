/**
 * Writes the emoji that people can pick, with their names and search words in both languages, into
 * src/lib/ui/chat/emoji. They come from emojibase-data, which takes 49 MB for some 20 languages, so
 * it is no package of this project: `npm install --no-save emojibase-data@17.0.0`, then
 * `node scripts/emoji.ts [its folder]` on the project's Node.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2] ?? 'node_modules/emojibase-data';
const TARGET = 'src/lib/ui/chat/emoji';

/** Newer ones are an empty box on many devices. */
const NEWEST = 15.1;
/** Parts of emoji (skin tones, hair) cannot be picked by themselves. */
const COMPONENT = 2;

interface Entry {
	emoji: string;
	label: string;
	tags?: string[];
	group?: number;
	order?: number;
	version: number;
}

function read(language: string): Entry[] {
	const all = JSON.parse(readFileSync(join(folder, language, 'data.json'), 'utf8')) as Entry[];
	return all
		.filter(({ group, version }) => group !== undefined && group !== COMPONENT && version <= NEWEST)
		.sort((a, b) => a.order! - b.order!);
}

/** The form that Unicode recommends: emojibase also puts a variation selector where none belongs. */
function recommended(emoji: string): string {
	const bare = emoji.replace(/\u{FE0F}$/u, '');
	const form = [bare, emoji].find((one) => /^\p{RGI_Emoji}$/v.test(one));
	if (form === undefined) throw new Error(`no emoji: ${emoji}`);
	return form;
}

for (const language of ['en', 'zh']) {
	const groups: string[][] = [];
	for (const { emoji, label, tags = [], group } of read(language)) {
		const words = [...new Set(tags)].filter((tag) => tag !== label);
		(groups[group!] ??= []).push(`${recommended(emoji)}|${label}|${words.join(' ')}`);
	}
	const text = JSON.stringify(groups.filter(Boolean), null, '\t');
	writeFileSync(join(TARGET, `${language}.json`), `${text}\n`);
}
