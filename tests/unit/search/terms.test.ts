/**
 * Search, the shared rule: what a query finds in a text, and that the terms of an index lose nothing of it. The same
 * vectors are played on every store (tests/contract/search-vectors.ts).
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold, FOLDED_MAX } from '../../../src/lib/search/fold.ts';
import { findSpans, matches } from '../../../src/lib/search/match.ts';
import { parseQuery } from '../../../src/lib/search/query.ts';
import { isStart, kindsOf } from '../../../src/lib/search/starts.ts';
import { TERM_MAX, termsOf, termsOfQuery } from '../../../src/lib/search/terms.ts';
import { VECTORS } from '../../contract/search-vectors.ts';

/** Pieces of which hostile and ordinary texts are made. */
const ALPHABET = [
	...'abcXYZ019 _-.,()"\'',
	...'中文聊天室数据库的',
	...'。，、！？「」',
	...'ひらカナー한국어',
	...'ςΣσİıßﬁéñ',
	'e\u0301',
	'한',
	'Ｔｅｓｔ',
	'ｶﾞ',
	'👍',
	'👨‍👩‍👧',
	'\u200b',
	'\u00a0',
	'\n',
	'ไทย',
	'हिन्दी',
	'getUserName',
	'HTTPServer2',
	'don’t'
];
const someText = fc
	.array(fc.constantFrom(...ALPHABET), { minLength: 1, maxLength: 40 })
	.map((parts) => parts.join(''));

const has = (terms: Set<string>, { term, prefix }: { term: string; prefix: boolean }): boolean =>
	prefix ? [...terms].some((one) => one.startsWith(term)) : terms.has(term);

describe('what is found', () => {
	it.each(VECTORS)('$text | $query → $found', ({ text, query, found }) => {
		expect(matches(text, parseQuery(query))).toBe(found);
	});

	it('any 1–4 characters of a text find it, from wherever something may begin', () => {
		fc.assert(
			fc.property(someText, fc.nat(), fc.integer({ min: 1, max: 4 }), (text, place, length) => {
				const { cased } = fold(text);
				const kinds = kindsOf(cased);
				const characters = [...cased];
				const from = characters.length === 0 ? 0 : place % characters.length;
				const before = characters.slice(0, from).join('').length;
				const piece = characters.slice(from, from + length).join('');
				fc.pre(piece.trim() === piece && piece !== '' && !/["“”„«»\s]/u.test(piece));
				fc.pre(isStart(cased, kinds, before));
				// A part of a letter is none: it may fold to something else by itself.
				fc.pre(fold(piece).lower === fold(text).lower.slice(before, before + piece.length));
				expect(matches(text, parseQuery(piece))).toBe(true);
			}),
			{ numRuns: 2_000 }
		);
	});

	it('nothing is found that does not contain every piece of the query', () => {
		fc.assert(
			fc.property(someText, fc.nat(40), fc.nat(40), someText, (text, from, length, other) => {
				const query = parseQuery(text.slice(from, from + length) + other.slice(0, length % 2));
				if (!matches(text, query)) return;
				for (const piece of query.pieces) expect(fold(text).lower).toContain(piece);
			}),
			{ numRuns: 2_000 }
		);
	});
});

describe('terms', () => {
	it('a message that has what is searched for has every term of the query', () => {
		const textAndPart = someText.chain((text) =>
			fc.tuple(fc.constant(text), fc.nat(text.length), fc.integer({ min: 1, max: 60 }))
		);
		fc.assert(
			fc.property(textAndPart, ([text, from, length]) => {
				const query = parseQuery(text.slice(from, from + length));
				if (!matches(text, query)) return;
				const terms = termsOf(text);
				for (const term of termsOfQuery(query))
					expect({ term, has: has(terms, term) }).toEqual({ term, has: true });
			}),
			{ numRuns: 3_000 }
		);
	});

	it('are bounded, and hold nothing that a full-text engine takes for syntax', () => {
		fc.assert(
			fc.property(fc.oneof(someText, fc.string({ unit: 'binary' })), (text) => {
				const terms = [...termsOf(text)];
				expect(terms.length).toBeLessThanOrEqual(text.normalize('NFKC').length);
				for (const term of terms) {
					expect(term.length).toBeLessThanOrEqual(TERM_MAX);
					expect(term).not.toMatch(/[\s"'*():^{}+\-\\]|\ue000/u);
					expect(term).not.toBe('');
				}
			}),
			{ numRuns: 1_000 }
		);
	});
});

describe('bounds', () => {
	it('a character that folds to many is no way to a text without end', () => {
		for (const written of ['\ufdfa'.repeat(4_000), '𝕏'.repeat(20_000), 'a'.repeat(100_000)]) {
			expect(fold(written).cased.length).toBeLessThanOrEqual(FOLDED_MAX);
			expect(fold(written).cased.isWellFormed()).toBe(true);
			expect([...termsOf(written)].length).toBeLessThanOrEqual(FOLDED_MAX);
		}
	});

	it('the longest message is searched to its end', () => {
		expect(matches(`${'字'.repeat(3_997)}尾巴了`, parseQuery('尾巴了'))).toBe(true);
	});
});

describe('what is marked', () => {
	it('each stretch is part of the text, in order, and reads like a piece of the query', () => {
		const textAndPart = someText.chain((text) =>
			fc.tuple(fc.constant(text), fc.nat(text.length), fc.integer({ min: 1, max: 6 }))
		);
		fc.assert(
			fc.property(textAndPart, ([text, from, length]) => {
				const query = parseQuery(text.slice(from, from + length));
				let last = 0;
				for (const [begin, end] of findSpans(text, query)) {
					expect(begin).toBeGreaterThanOrEqual(last);
					expect(end).toBeGreaterThan(begin);
					expect(end).toBeLessThanOrEqual(text.length);
					last = end;
					const marked = fold(text.slice(begin, end)).lower;
					expect(
						query.pieces.some((piece) => marked.includes(piece) || piece.includes(marked))
					).toBe(true);
				}
			}),
			{ numRuns: 1_000 }
		);
	});

	it.each([
		['聊天室里有人', '天室', [[1, 3]]],
		[
			'Ｔｅｓｔ test',
			'test',
			[
				[0, 4],
				[5, 9]
			]
		],
		['cafe\u0301 au lait', 'café', [[0, 5]]],
		['getUserName', 'name', [[7, 11]]],
		['two\n\nlines', 'lines', [[5, 10]]]
	] as [string, string, [number, number][]][])('%j | %j', (text, query, spans) => {
		expect(findSpans(text, parseQuery(query))).toEqual(spans);
	});
});
