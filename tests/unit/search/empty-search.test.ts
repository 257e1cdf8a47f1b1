/** Whether a search asks for anything. */
import { expect, test } from 'vitest';
import { isEmptySearch } from '../../../src/lib/search/empty-search.ts';

test.each(['', ' ', '\u00ad', '\ue000'])('%j alone asks for nothing', (query) => {
	expect(isEmptySearch({ query })).toBe(true);
	// Going on is no bound.
	expect(isEmptySearch({ query, below: 10 })).toBe(true);
});

test.each([
	{ query: 'x' },
	{ query: '+' },
	{ query: '', rooms: ['r'] },
	{ query: '', direct: true as const },
	{ query: '', author: 'a' },
	{ query: '', after: 0 },
	{ query: '', before: 0 },
	{ query: '', hasFile: true as const }
])('%j asks for something', (ask) => {
	expect(isEmptySearch(ask)).toBe(false);
});
