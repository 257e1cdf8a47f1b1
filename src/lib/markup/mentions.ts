/**
 * Finding the people that a text names with an @. Chinese is written without spaces, so where a name
 * ends is known only by comparing with the names there are: the longest one that fits counts. What stands in code, in
 * an address or in the words of a link names nobody (parse.ts): the server notifies exactly those whom screens show.
 */
import type { Mention } from '../protocol/change.ts';
import { LIMITS } from '../protocol/limits.ts';
import { nameKey } from '../protocol/name-key.ts';
import { parseMarkup, type Resolve } from './parse.ts';

/** Places in one text at which somebody may be named; a text that has more is no message to people. */
export const CALLS_MAX = 100;
/** Names that are looked up for one text: a bound of the work inside of a transaction. */
const KEYS_MAX = 400;

/** The names that could be meant at one @, the longest first, each with its key (see nameKey). */
export type Call = readonly { name: string; key: string }[];

const NAME_LETTER = /[\p{L}\p{Nd}_]/u;
const LATIN = /[\p{Script=Latin}\p{Nd}_]/u;
/** Letters that stand for many: no name is made of them, and folding them would take long. */
const LONG_FORMS = /[\ufb50-\ufdff\ufe70-\ufeff]/u;

/** The letters behind an @ that could belong to a name, as code points. */
function lettersAt(text: string, at: number): string[] {
	const letters: string[] = [];
	for (let place = at; letters.length <= LIMITS.nameMax;) {
		const letter = String.fromCodePoint(text.codePointAt(place) ?? 0x20);
		if (!NAME_LETTER.test(letter) || LONG_FORMS.test(letter)) break;
		letters.push(letter);
		place += letter.length;
	}
	return letters;
}

/** What could be names behind the @ before this place, the longest first. */
function readingsAt(text: string, at: number): string[] {
	const letters = lettersAt(text, at);
	const found: string[] = [];
	for (let length = Math.min(letters.length, LIMITS.nameMax); length > 0; length--) {
		const last = letters[length - 1]!;
		const next = letters[length];
		// "anna" is not meant by "@annabelle".
		if (next !== undefined && LATIN.test(last) && LATIN.test(next)) continue;
		found.push(letters.slice(0, length).join(''));
	}
	return found;
}

/** Who could be meant in a text: one entry for each @ that may name somebody, at most CALLS_MAX. */
export function callsIn(text: string): Call[] {
	if (!text.includes('@')) return [];
	const calls: Call[] = [];
	const note: Resolve = (source, at) => {
		if (calls.length < CALLS_MAX) {
			const names = readingsAt(source, at).filter((name) => [...name].length >= LIMITS.nameMin);
			if (names.length > 0) calls.push(names.map((name) => ({ name, key: nameKey(name) })));
		}
		return null;
	};
	parseMarkup(text, note);
	return calls;
}

/** Keys (see nameKey) of all names that could be meant, each once; at most KEYS_MAX. */
export function keysCalled(calls: readonly Call[]): string[] {
	return [...new Set(calls.flatMap((call) => call.map(({ key }) => key)))].slice(0, KEYS_MAX);
}

/**
 * The people who are meant, in the order in which they are first named; at most LIMITS.mentionsMax.
 * @param people key of the name -> person
 */
export function mentionsOf(calls: readonly Call[], people: ReadonlyMap<string, string>): Mention[] {
	const found = new Map<string, Mention>();
	for (const call of calls) {
		const meant = call.find(({ key }) => people.has(key));
		if (meant && !found.has(meant.name)) {
			found.set(meant.name, [meant.name, people.get(meant.key)!]);
		}
	}
	return [...found.values()].slice(0, LIMITS.mentionsMax);
}

/** The people named in a text (see mentionsOf). @param people key of the name -> person */
export function mentionsIn(text: string, people: ReadonlyMap<string, string>): Mention[] {
	return mentionsOf(callsIn(text), people);
}

/** Finds the mentions that the server has told of in their text. */
export function resolveMentions(mentions: readonly Mention[]): Resolve {
	const byName = new Map(mentions.map(([name, person]) => [name, person]));
	return (text, at) => {
		if (byName.size === 0) return null;
		for (const name of readingsAt(text, at)) {
			const person = byName.get(name);
			if (person !== undefined) return { length: name.length, person };
		}
		return null;
	};
}
