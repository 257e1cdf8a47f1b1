/** When two names count as the same: whoever looks at them could take one for the other. Both sides use these rules. */
import { CAPITALS, LETTERS } from './confusables.ts';
import { bareLetters, LOOK_ALIKES, seenLetters } from './name-letters.ts';

/** Raised when any name gets another key than before: servers keep keys, and renew them then. */
export const NAME_KEYS_VERSION = 3;

/** The lines of a table of confusables as a map from a letter to what it counts as. */
const tableOf = (lines: string): [string, string][] =>
	lines.split('\n').flatMap((line) => {
		const [target = '', sources = ''] = line.split(' ');
		return [...sources].map((source): [string, string] => [source, target]);
	});
const COUNTS_AS = new Map([
	...tableOf(LETTERS),
	...LOOK_ALIKES.flatMap(([letters, plain]) =>
		[...letters].map((letter): [string, string] => [letter, plain])
	)
]);
const CAPITAL_COUNTS_AS = new Map(tableOf(CAPITALS));

function folded(letters: string): string {
	let key = '';
	for (const letter of bareLetters(letters)) key += COUNTS_AS.get(letter) ?? letter;
	return key.normalize('NFC');
}

/**
 * What must be unique among people: two names with the same key could be taken for one another.
 * Compatibility forms, letter case, accents, look-alike letters and what is not seen are folded (ABUSE-1).
 */
export function nameKey(name: string): string {
	const seen = seenLetters(name);
	// Of a name that is nothing but accents, the accents tell it from others.
	return folded(seen) || seen.normalize('NFC');
}

/**
 * All keys that a name could be taken for: its own, which comes first, and that of its capitals where these resemble
 * other letters than the small ones do (Greek "ΑΝΝΑ" is "anna" to the eye, "αννα" is not).
 */
export function nameKeys(name: string): string[] {
	const own = nameKey(name);
	let shown = '';
	for (const letter of seenLetters(name)) shown += CAPITAL_COUNTS_AS.get(letter) ?? letter;
	const key = nameKey(shown);
	return key === own ? [own] : [own, key];
}

const plainName = (name: string): string =>
	name.trim().normalize('NFKC').toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '');

/** Whether somebody who types `asked` means the one who is called `name`: case, width and accents do not count. */
export function isSameName(name: string, asked: string): boolean {
	return plainName(name) === plainName(asked);
}

/**
 * The key of a user name that was there before its look-alike's key became its own: no name that can be chosen has
 * one with "-" in it, so it is nobody else's.
 */
export const sharedNameKey = (name: string): string => `shared-${plainName(name)}`;

/** What must be unique among rooms that exist: whoever looks at the directory must not take one for another. */
export const roomNameKey = nameKey;
