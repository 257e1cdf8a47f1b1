/**
 * What a person or a room may be called, and when two names count as the same. Both sides use these
 * rules: the form tells at once, the server decides.
 */
import { codePoints, LIMITS } from './limits.ts';
import type { RefusalCode } from './refusal.ts';

/** Letters of any script (Chinese characters are letters), decimal digits, underscore. */
const NAME = /^[\p{L}\p{Nd}_]+$/u;
/** Letters that show nothing, such as the Hangul fillers. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u;

/**
 * Letters that look like a Latin letter or digit in common fonts, after lower-casing: pairs of
 * (look-alikes, what they look like). The part of Unicode's confusables.txt (UTS 39) that can occur
 * in a name; what NFKC already folds (full width, mathematical letters) is not repeated.
 */
const LOOK_ALIKES: readonly (readonly [string, string])[] = [
	['аαɑᴀ', 'a'],
	['вʙβ', 'b'],
	['сᴄϲ', 'c'],
	['ԁᴅ', 'd'],
	['еєᴇε', 'e'],
	['ꜰ', 'f'],
	['ɡԍɢ', 'g'],
	['һнʜհ', 'h'],
	['іıιɪӏ', 'i'],
	['јᴊ', 'j'],
	['кκᴋ', 'k'],
	['1ʟ', 'l'],
	['мᴍ', 'm'],
	['ɴηո', 'n'],
	['0оοσօᴏ', 'o'],
	['рρᴘ', 'p'],
	['ԛզ', 'q'],
	['гʀ', 'r'],
	['ѕꜱ', 's'],
	['тτᴛ', 't'],
	['υսᴜ', 'u'],
	['ѵνᴠ', 'v'],
	['ԝωᴡ', 'w'],
	['хχ', 'x'],
	['уγʏ', 'y'],
	['ᴢ', 'z']
];
const LOOKS_LIKE = new Map(
	LOOK_ALIKES.flatMap(([letters, plain]) => [...letters].map((letter) => [letter, plain] as const))
);

/** A name as it is kept: without spaces around it, in the composed form (NFC). */
export function tidyName(name: string): string {
	return name.normalize('NFC').trim();
}

/**
 * @param name a user name, tidied
 * @returns the code of the refusal, or null when the name is allowed
 */
export function nameProblem(name: string): RefusalCode | null {
	const length = codePoints(name);
	if (length < LIMITS.nameMin || length > LIMITS.nameMax) return 'name_invalid';
	return NAME.test(name) && !INVISIBLE.test(name) ? null : 'name_invalid';
}

/**
 * What must be unique among people: two names with the same key could be taken for one another.
 * Compatibility forms, letter case, accents and look-alike letters are folded (E1).
 */
export function nameKey(name: string): string {
	const plain = name.normalize('NFKC').toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '');
	let key = '';
	for (const letter of plain) key += LOOKS_LIKE.get(letter) ?? letter;
	return key.normalize('NFC');
}

/** What must be unique among rooms that exist: letter case, width and spacing do not tell rooms apart. */
export function roomNameKey(name: string): string {
	return name
		.normalize('NFKC')
		.replace(/\p{Default_Ignorable_Code_Point}/gu, '')
		.replace(/\s+/gu, ' ')
		.trim()
		.toLowerCase()
		.normalize('NFKC');
}
