/** What the search page asks for, and how it shows what is found. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MessageRow } from '../../../src/lib/protocol/change.ts';
import { readOperators } from '../../../src/lib/search/operators.ts';
import { parseQuery } from '../../../src/lib/search/query.ts';
import { excerptOf, markedParts } from '../../../src/lib/ui/search/excerpt.ts';
import { groupByRoom, mergeRows } from '../../../src/lib/ui/search/found.ts';
import {
	fromAddress,
	NO_FILTER,
	toAddress,
	toRequest,
	type SearchFilter
} from '../../../src/lib/ui/search/search-filter.ts';

const names = {
	people: new Map([['kari', 'p-kari']]),
	rooms: new Map([['团队', 'r-team']])
};

describe('operators', () => {
	it.each([
		['map from:@kari', { words: 'map', from: 'kari' }],
		['in:"big room" has:file map', { words: 'map', in: 'big room', hasFile: true }],
		[
			'after:2026-11-01 before:2026-12-01 x',
			{ words: 'x', after: '2026-11-01', before: '2026-12-01' }
		],
		['after:yesterday has:hat', { words: 'after:yesterday has:hat' }],
		['https://from:x', { words: 'https://from:x' }]
	])('%j', (typed, read) => {
		expect(readOperators(typed)).toEqual(read);
	});
});

describe('the question', () => {
	const ask = (filter: Partial<SearchFilter>) => toRequest({ ...NO_FILTER, ...filter }, names, 50);

	it('is none without words and filters', () => {
		expect(ask({})).toBeNull();
		expect(ask({ text: ' \u200b ' })).toBeNull();
	});

	it('has what was chosen, and what was typed before that', () => {
		expect(ask({ text: '离线', where: 'direct', hasFile: true })).toEqual({
			query: '离线',
			direct: true,
			hasFile: true,
			limit: 50
		});
		expect(ask({ text: 'map from:Kari in:团队', who: 'p-other', where: 'direct' })).toEqual({
			query: 'map',
			author: 'p-kari',
			rooms: ['r-team'],
			limit: 50
		});
	});

	it('takes a typed name that nobody has for words', () => {
		expect(ask({ text: 'map from:nobody' })).toEqual({ query: 'map nobody', limit: 50 });
	});

	it('takes the last day along that was chosen', () => {
		const asked = ask({ after: '2026-11-03', before: '2026-11-03' })!;
		expect(asked.before! - asked.after!).toBe(86_400_000);
		expect(new Date(asked.after!).getHours()).toBe(0);
	});

	it('comes out of an address as it went in', () => {
		const text = fc.string({ unit: 'grapheme', maxLength: 50 });
		const filter = fc.record({
			text,
			where: fc.constantFrom('', 'direct', 'r-1'),
			who: fc.constantFrom('', 'p-1'),
			after: fc.constantFrom('', '2026-01-31'),
			before: fc.constantFrom('', '2026-02-01'),
			hasFile: fc.boolean()
		});
		fc.assert(
			fc.property(filter, (chosen) => {
				expect(fromAddress(new URLSearchParams(toAddress(chosen)))).toEqual(chosen);
			})
		);
	});
});

describe('what is shown of a message', () => {
	const text = fc.string({ unit: 'grapheme', maxLength: 400 });

	it('stretches joined are the text', () => {
		fc.assert(
			fc.property(text, fc.array(fc.nat(400), { maxLength: 8 }), (shown, places) => {
				const ends = [...new Set(places)].sort((a, b) => a - b);
				const spans = ends.flatMap((from, i) =>
					i % 2 === 0 && ends[i + 1] !== undefined ? [[from, ends[i + 1]!] as [number, number]] : []
				);
				const parts = markedParts(shown, spans);
				expect(parts.map((part) => part.text).join('')).toBe(shown);
				expect(parts.every((part) => part.text !== '')).toBe(true);
			})
		);
	});

	it('what was searched for is in view, however far in it stands', () => {
		const long = `${'lead '.repeat(300)}离线地图 ${'tail '.repeat(100)}`;
		const parts = excerptOf(long, parseQuery('线地'));
		expect(parts.find((part) => part.marked)?.text).toBe('线地');
		expect(parts[0]).toEqual({ text: '… ', marked: false });
		expect(parts.map((part) => part.text).join('').length).toBeLessThan(240);
	});

	it('shows words and no marks', () => {
		expect(excerptOf('**bold** `code`', parseQuery('bold'))).toEqual([
			{ text: 'bold', marked: true },
			{ text: ' code', marked: false }
		]);
	});
});

describe('the list', () => {
	const row = (
		id: string,
		room: string,
		at: number,
		rest: Partial<MessageRow> = {}
	): MessageRow => ({
		kind: 'message',
		id,
		number: at,
		room,
		seq: at,
		rev: at,
		author: 'p',
		body: id,
		at,
		...rest
	});

	it('has each message once, in its newest form, and none that was recalled', () => {
		const edited = row('a', 'r', 1, { rev: 9, body: 'new' });
		const recalled = row('b', 'r', 2, { rev: 8, deleted: true });
		const merged = mergeRows(
			[row('a', 'r', 1), row('c', 'r', 3)],
			[edited, row('b', 'r', 2), recalled]
		);
		expect(merged.map(({ id, body }) => [id, body])).toEqual([
			['c', 'c'],
			['a', 'new']
		]);
	});

	it('is by conversation, the one with the latest result first, and says how many are not shown', () => {
		const rows = mergeRows(
			[1, 2, 3, 4].map((at) => row(`x${at}`, 'x', at)),
			[row('y', 'y', 3.5)]
		);
		const hits = groupByRoom(rows, 3);
		expect(hits.map(({ row: { id }, first, hidden }) => [id, first, hidden])).toEqual([
			['x4', true, 0],
			['x3', false, 0],
			['x2', false, 1],
			['y', true, 0]
		]);
	});
});
