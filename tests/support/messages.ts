/** The files of messages, as the tests of the languages read them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Key -> text of one language, without the reference to the schema. */
export function messagesOf(locale: string): Record<string, string> {
	const text = readFileSync(join(ROOT, `messages/${locale}.json`), 'utf8');
	const { $schema: _, ...messages } = JSON.parse(text) as Record<string, string>;
	return messages;
}

/** All languages but the one that the others are translated from. */
export const TRANSLATIONS = readdirSync(join(ROOT, 'messages'))
	.map((file) => file.replace(/\.json$/u, ''))
	.filter((locale) => locale !== 'en');

/** Names in braces that a text has a place for, sorted. */
export const placeholdersOf = (text: string): string[] =>
	[...text.matchAll(/\{(\w+)\}/gu)].map(([, name]) => name!).sort();

/** Paths of the sources of these kinds, from the root of the project. */
export function sources(ending: RegExp): string[] {
	return readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
		.filter((file) => ending.test(file) && !file.includes('generated'))
		.map((file) => join('src', file));
}

export const readSource = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
