/**
 * A language that nobody speaks, made from the English texts: every letter has an accent, so that what was not
 * translated shows; words are two fifths longer, as they are in German or Finnish; and it runs from right to left.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messagesOf, ROOT } from './messages.ts';

const PLAIN = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const ACCENTED = [...'áƀçđéƒğĥíĵķĺɱñóþɋŕšţúṽŵẋýžÁƁÇĐÉƑĞĤÍĴĶĹṀÑÓÞɊŔŠŢÚṼŴẊÝŽ'];

/** Around a text: from right to left, whatever its letters are. Around what is put into it: by its own letters. */
const [RIGHT_TO_LEFT, END] = ['\u202e', '\u202c'];
const [ISOLATE, END_ISOLATE] = ['\u2068', '\u2069'];

/** Of the letters of a text, two in five come twice. */
const isDoubled = (nth: number): boolean => nth % 5 === 1 || nth % 5 === 3;

/** A text in the language; what is in braces stays. */
export function pseudo(text: string): string {
	let letters = 0;
	const accented = text.replace(/\{\w+\}|[a-z]/giu, (part) => {
		if (part.startsWith('{')) return `${ISOLATE}${part}${END_ISOLATE}`;
		const letter = ACCENTED[PLAIN.indexOf(part)]!;
		return isDoubled(letters++) ? letter + letter.toLowerCase() : letter;
	});
	return `${RIGHT_TO_LEFT}${accented}${END}`;
}

/** The one file that the language takes, as messages/*.json are. Times and numbers are Arabic ones. */
export function pseudoMessages(): Record<string, string> {
	const texts = Object.entries(messagesOf('en')).map(([key, text]) => [key, pseudo(text)]);
	return {
		...(Object.fromEntries(texts) as Record<string, string>),
		language_tag: 'ar',
		language_direction: 'rtl'
	};
}

/** A message in a bundle: the English function, and right after it the Chinese one. */
const MESSAGE =
	/(=(?:\(\)|[\w$]+)=>`)((?:[^`\\]|\\.)*)(?=`,[\w$]+=(?:\(\)|[\w$]+)=>`((?:[^`\\]|\\.)*)`)/gu;

/** A text as the catalogue has it. */
const asMessage = (literal: string): string =>
	literal.replaceAll(/\$\{[\w$]+\?\.(\w+)\}/gu, '{$1}').replaceAll(/\\([`$\\])/gu, '$1');

/**
 * The chunks of the production build with this language in the place of the English one: no second build is needed.
 * @returns path of each chunk that has texts -> what it is with the other ones
 * @throws when a text of the catalogue is in no chunk: then something English would be left on screen unnoticed
 */
export function pseudoChunks(): Map<string, string> {
	const [en, zh, other] = [messagesOf('en'), messagesOf('zh'), pseudoMessages()];
	const keys = new Map(Object.keys(en).map((key) => [`${en[key]}\n${zh[key]}`, key]));
	// Words of letters are written by the server (server/mail/letters.ts).
	const missing = new Set([...keys.values()].filter((key) => !key.startsWith('mail_')));
	const chunks = new Map<string, string>();
	const folder = '_app/immutable';
	const client = join(ROOT, 'build/client', folder);
	for (const file of readdirSync(client, { recursive: true, encoding: 'utf8' })) {
		if (!file.endsWith('.js')) continue;
		const source = readFileSync(join(client, file), 'utf8');
		const changed = source.replaceAll(
			MESSAGE,
			(whole, before: string, english: string, chinese) => {
				const text = asMessage(english);
				const key = keys.get(`${text}\n${asMessage(String(chinese))}`);
				if (key === undefined) return whole;
				missing.delete(key);
				const places = new Map(placesOf(english));
				const wanted = other[key]!.replaceAll(/[`\\]/gu, '\\$&');
				return (
					before + wanted.replaceAll(/\{(\w+)\}/gu, (_, name: string) => places.get(name) ?? '')
				);
			}
		);
		if (changed !== source) chunks.set(`/${folder}/${file}`, changed);
	}
	if (missing.size > 0) throw new Error(`in no chunk: ${[...missing].join(', ')}`);
	return chunks;
}

/** Name of each placeholder -> what stands for it in a bundle. */
const placesOf = (literal: string): [string, string][] =>
	[...literal.matchAll(/\$\{[\w$]+\?\.(\w+)\}/gu)].map(([whole, name]) => [name!, whole]);
