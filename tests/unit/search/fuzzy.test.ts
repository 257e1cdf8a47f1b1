import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
	FUZZY_NAME_MAX,
	fuzzyName,
	fuzzyRank,
	fuzzyScore,
	fuzzyWords
} from '../../../src/lib/search/fuzzy.ts';

const score = (query: string, name: string) => fuzzyScore(fuzzyWords(query), fuzzyName(name));
const rank = (query: string, names: string[]) => fuzzyRank(names, (name) => score(query, name));

test('the whole name, its beginning, a word, initials, a part, scattered letters: in this order', () => {
	const names = ['General News', 'gn', 'Assignment', 'gnocchi', 'The gnomes', 'Green', 'Nothing'];
	expect(rank('gn', names)).toEqual([
		'gn',
		'gnocchi',
		'The gnomes',
		'General News',
		'Assignment',
		'Green'
	]);
});

test.each([
	['cafe', 'Café Zürich'],
	['zurich', 'Café Zürich'],
	['NEWS', 'newsroom'],
	['news', 'NEWSROOM'],
	['ｎｅｗｓ', 'Newsroom'],
	['bar foo', 'foo bar'],
	['发布', '产品发布'],
	['产布', '产品发布'],
	['ss', 'search-settings'],
	['ss', 'searchSettings']
])('"%s" finds "%s"', (query, name) => {
	expect(score(query, name)).not.toBeNull();
});

test.each([
	['sn', 'news'],
	['newsroomx', 'newsroom'],
	['foo baz', 'foo bar']
])('"%s" does not find "%s"', (query, name) => {
	expect(score(query, name)).toBeNull();
});

test('parts of an identifier are words', () => {
	expect(rank('set', ['reset', 'searchSettings'])).toEqual(['searchSettings', 'reset']);
});

const letters = fc.string({ unit: fc.constantFrom(...'abcdeABé 张三-'), maxLength: 30 });
const word = fc.string({ unit: fc.constantFrom(...'abcde'), minLength: 1, maxLength: 6 });

test('every name that has the letters in their order is found', () => {
	fc.assert(
		fc.property(letters, fc.infiniteStream(fc.boolean()), (name, keep) => {
			const typed = [...name].filter(() => keep.next().value).join('');
			expect(score(typed, name)).not.toBeNull();
		})
	);
});

test('the beginning of a word beats letters that are scattered', () => {
	fc.assert(
		fc.property(word, letters, letters, (query, before, scattered) => {
			const found = score(query, `x${[...query].join('x')}${scattered}`);
			fc.pre(found !== null && found < 2_000);
			expect(score(query, `${before} ${query}${scattered}`)!).toBeGreaterThan(found!);
		})
	);
});

test('what matches alike stays in its order, and nothing is made up or lost', () => {
	fc.assert(
		fc.property(word, fc.array(letters), (query, names) => {
			const items = names.map((name, at) => ({ name, at, score: score(query, name) }));
			const ranked = fuzzyRank(items, (item) => item.score);
			expect(ranked.length).toBe(items.filter((item) => item.score !== null).length);
			ranked.slice(1).forEach((item, at) => {
				const before = ranked[at]!;
				expect(before.score! > item.score! || before.at < item.at).toBe(true);
			});
		})
	);
});

test('the work is bounded, whatever is typed and however long a name is', () => {
	const name = fuzzyName('ﷺ'.repeat(100_000));
	expect(name.lower.length).toBeLessThanOrEqual(FUZZY_NAME_MAX);
	expect(fuzzyWords('a b '.repeat(100_000)).length).toBeLessThanOrEqual(32);
});
