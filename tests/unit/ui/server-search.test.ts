/** Searching on the server from a screen: one question at a time, page by page, patiently. */
import { expect, test, vi } from 'vitest';
import type { MessageRow } from '../../../src/lib/protocol/change.ts';
import { refuse } from '../../../src/lib/protocol/refusal.ts';
import type { SearchAnswer, SearchRequest } from '../../../src/lib/protocol/search.ts';
import { LinkError } from '../../../src/lib/sync/ports.ts';
import { Repeated } from '../../../src/lib/ui/search/pause.ts';
import { ServerSearch } from '../../../src/lib/ui/search/server-search.ts';

const row = (number: number) => ({ kind: 'message', id: `m${number}`, number }) as MessageRow;
const REQUEST: SearchRequest = { query: 'x', limit: 50 };
const signal = new AbortController().signal;
const answer = (numbers: number[], next: number | null): SearchAnswer => ({
	rows: numbers.map(row),
	cards: [],
	next,
	complete: true
});

test('goes on below what was found until there are as many as are wanted', async () => {
	const asked: (number | undefined)[] = [];
	const search = new ServerSearch(async ({ below }) => {
		asked.push(below);
		const from = below ?? 131;
		const numbers = Array.from({ length: Math.min(50, from - 1) }, (_, i) => from - 1 - i);
		return answer(numbers, from > 51 ? from - 50 : null);
	});
	const first = await search.find(REQUEST, 50, signal);
	expect([first?.rows.length, first?.isComplete, asked]).toEqual([50, false, [undefined]]);
	const all = await search.find(REQUEST, 150, signal);
	expect([all?.rows.length, all?.isComplete]).toEqual([130, true]);
	expect(new Set(all?.rows.map(({ id }) => id)).size).toBe(130);
});

test('a server that has looked at a part only is asked on, and says so in the end', async () => {
	let turns = 0;
	const search = new ServerSearch(async () => answer([], 1_000 - ++turns));
	expect(await search.find(REQUEST, 50, signal)).toMatchObject({ rows: [], isComplete: false });
	expect(turns).toBeGreaterThan(3);
	expect(turns).toBeLessThan(20);
});

test('a busy server is asked again when it said so; no way to it is told', async () => {
	vi.useFakeTimers();
	let turns = 0;
	const search = new ServerSearch(async () => {
		turns += 1;
		if (turns === 1) {
			throw new LinkError({ kind: 'refused', refusal: refuse('busy', { after: 500 }) });
		}
		return answer([1], null);
	});
	const found = search.find(REQUEST, 50, signal);
	await vi.advanceTimersByTimeAsync(499);
	expect(turns).toBe(1);
	await vi.advanceTimersByTimeAsync(1);
	expect((await found)?.rows).toHaveLength(1);
	vi.useRealTimers();
	expect(await new ServerSearch(async () => null).find(REQUEST, 50, signal)).toBeNull();
	const closed = new ServerSearch(async () => {
		throw new LinkError({ kind: 'refused', refusal: refuse('session_ended') });
	});
	expect(await closed.find(REQUEST, 50, signal)).toBeNull();
});

test('one question is under way at a time, and those that are not wanted any more are never asked', async () => {
	let most = 0;
	let running = 0;
	const asked: string[] = [];
	const search = new ServerSearch(async ({ query }) => {
		asked.push(query);
		most = Math.max(most, ++running);
		await new Promise((resolve) => setTimeout(resolve, 5));
		running -= 1;
		return answer([], null);
	});
	const stops = ['a', 'ab', 'abc', 'abcd'].map((query) => {
		const stop = new AbortController();
		const found = search.find({ ...REQUEST, query }, 50, stop.signal).catch(() => null);
		return { stop, found };
	});
	await Promise.resolve();
	for (const { stop } of stops.slice(0, 3)) stop.abort();
	await Promise.all(stops.map(({ found }) => found));
	expect(most).toBe(1);
	expect(asked.at(-1)).toBe('abcd');
	expect(asked.length).toBeLessThanOrEqual(2);
});

test('promise 8: what is planned again and again is done within its time', () => {
	vi.useFakeTimers();
	let done = 0;
	const again = new Repeated(400, 1_000, () => (done += 1));
	for (let at = 0; at < 3_000; at += 150) {
		again.plan();
		vi.advanceTimersByTime(150);
	}
	expect(done).toBeGreaterThanOrEqual(2);
	again.plan();
	again.stop();
	const before = done;
	vi.advanceTimersByTime(5_000);
	expect(done).toBe(before);
	vi.useRealTimers();
});
