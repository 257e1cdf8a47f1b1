/**
 * Finding the people that a text names with an @. Chinese is written without spaces, so where a name
 * ends is known only by comparing with the names there are: the longest one that fits counts.
 */
import type { Mention } from './change.ts';
import { LIMITS } from './limits.ts';
import { nameKey } from './names.ts';

/** An @ that does not stand inside a word or an address, and what could be a name behind it. */
const CALL = new RegExp(
	`(?<![\\p{Script=Latin}\\p{Nd}_@.])@([\\p{L}\\p{Nd}_]{1,${LIMITS.nameMax}})`,
	'gu'
);
const ENDS_LATIN = /[\p{Script=Latin}\p{Nd}_]$/u;
const BEGINS_LATIN = /^[\p{Script=Latin}\p{Nd}_]/u;

/** What could be names behind one @, the longest first. */
function readings(run: string, rest: string): string[] {
	const letters = [...run];
	const found: string[] = [];
	for (let length = letters.length; length >= LIMITS.nameMin; length--) {
		const name = letters.slice(0, length).join('');
		const after = letters.slice(length).join('') + rest;
		// "anna" is not meant by "@annabelle".
		if (ENDS_LATIN.test(name) && BEGINS_LATIN.test(after)) continue;
		found.push(name);
	}
	return found;
}

function calls(text: string): string[][] {
	return [...text.matchAll(CALL)].map((match) =>
		readings(
			match[1]!,
			text.slice(match.index + match[0].length, match.index + match[0].length + 2)
		)
	);
}

/** Keys (see nameKey) of all names that could be meant in a text, each once. */
export function namesCalled(text: string): string[] {
	if (!text.includes('@')) return [];
	return [...new Set(calls(text).flat().map(nameKey))];
}

/**
 * The people named in a text, in the order in which they are first named; at most LIMITS.mentionsMax.
 * @param people key of the name -> person
 */
export function mentionsIn(text: string, people: ReadonlyMap<string, string>): Mention[] {
	const found = new Map<string, Mention>();
	for (const names of calls(text)) {
		const name = names.find((one) => people.has(nameKey(one)));
		if (name !== undefined && !found.has(name)) {
			found.set(name, [name, people.get(nameKey(name))!]);
		}
	}
	return [...found.values()].slice(0, LIMITS.mentionsMax);
}
