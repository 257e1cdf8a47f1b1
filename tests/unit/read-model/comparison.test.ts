/** R12: where a device and the server differ, and how that is named. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BLOCK_SEQS, blocksOf } from '../../../src/lib/protocol/compare.ts';
import type { Heads } from '../../../src/lib/protocol/down.ts';
import {
	compareBlocks,
	compareHeads,
	countStale,
	findingsOf,
	windows
} from '../../../src/lib/read-model/comparison.ts';
import type { StreamState } from '../../../src/lib/sync/ports.ts';
import { freshStream } from '../../../src/lib/sync/reconcile/stream-state.ts';

const ROOM = '01900000-0000-7000-8000-000000000001';
const heads = (head: number, hash: string): Heads => ({
	person: { id: 'me', number: 1, name: 'me', v: 1 },
	instance: 'db',
	generation: 1,
	now: 0,
	heads: { [ROOM]: [head, hash, 'room'] }
});
const at = (s: number, h: string, i = 'db'): StreamState => ({
	...freshStream(ROOM, 'room'),
	cursor: { i, g: 1, s, h }
});
const faults = (states: StreamState[], answer: Heads) =>
	compareHeads(states, answer).map(({ fault, count }) => [fault, count]);

describe('heads', () => {
	it('tell what is stuck, ahead, of another past, unknown, or no longer the person’s', () => {
		expect(faults([at(5, 'x')], heads(5, 'x'))).toEqual([]);
		expect(faults([at(3, 'x')], heads(5, 'x'))).toEqual([['behind', 2]]);
		expect(faults([at(9, 'x')], heads(5, 'x'))).toEqual([['ahead', 4]]);
		expect(faults([at(5, 'y')], heads(5, 'x'))).toEqual([['other-past', 5]]);
		expect(faults([at(5, 'x', 'other')], heads(5, 'x'))).toEqual([['other-past', 5]]);
		expect(faults([], heads(5, 'x'))).toEqual([['unknown', 5]]);
		expect(faults([freshStream(ROOM, 'room')], heads(5, 'x'))).toEqual([['behind', 5]]);
		expect(faults([at(5, 'x')], { ...heads(5, 'x'), heads: {} })).toEqual([['not-mine', 5]]);
	});
});

describe('windows', () => {
	it('cover the ranges exactly, in pieces that are not too large', () => {
		const range = fc.tuple(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 0, max: 3_000 }));
		fc.assert(
			fc.property(fc.array(range), fc.integer({ min: 1, max: 600 }), (all, size) => {
				const ranges = all.map(([from, more]) => ({ from, to: from + more }));
				const pieces = windows(ranges, size);
				const seqs = (parts: typeof ranges) =>
					parts.reduce((sum, { from, to }) => sum + to - from + 1, 0);
				expect(seqs(pieces)).toBe(seqs(ranges));
				expect(pieces.every(({ from, to }) => to >= from && to - from < size)).toBe(true);
			})
		);
	});
});

/** Messages of `to` seqs, of which some were taken out. */
const rows = (to: number, without: ReadonlySet<number>) =>
	Array.from({ length: to }, (_, n) => n + 1)
		.filter((seq) => !without.has(seq))
		.map((seq) => ({ id: `m${seq}`, seq, rev: seq, author: 'a', body: `said ${seq}` }));

describe('blocks', () => {
	it('count what is missing here and what is too many, and say between which seqs', () => {
		const seqs = fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 20 });
		fc.assert(
			fc.property(seqs, seqs, (here, there) => {
				const [lost, foreign] = [new Set(here), new Set(there)];
				const stretch = { from: 1, to: 300, isStray: false };
				const blocks = compareBlocks(
					blocksOf(rows(300, lost), 1, 300),
					blocksOf(rows(300, foreign), 1, 300),
					stretch
				);
				expect(blocks.at(-1)!.to).toBe(300);
				const wrong = [...lost, ...foreign].filter((seq) => lost.has(seq) !== foreign.has(seq));
				const blockOf = (seq: number) => Math.floor((seq - 1) / BLOCK_SEQS);
				expect(new Set(blocks.flatMap((block, n) => (block.isSame ? [] : [n])))).toEqual(
					new Set(wrong.map(blockOf))
				);
				const findings = findingsOf(ROOM, blocks);
				expect(findings.length === 0).toBe(wrong.length === 0);
				for (const { from, to, count } of findings) {
					expect(from).toBeLessThanOrEqual(to);
					expect(count).toBeGreaterThan(0);
				}
			})
		);
	});

	it('of a lost range are named as such, whole or not', () => {
		const ours = blocksOf(rows(100, new Set()), 1, 100);
		const blocks = compareBlocks(ours, ours, { from: 1, to: 100, isStray: true });
		expect(findingsOf(ROOM, blocks)).toMatchObject([
			{ fault: 'lost-range', count: 100, from: 1, to: 100 }
		]);
	});
});

it('rows count as stale when they are not here, or older, but not when they are newer than the cursor', () => {
	const held = [
		{ key: 'a', rev: 1 },
		{ key: 'b', rev: 4 }
	];
	const theirs = [
		{ key: 'a', rev: 3 },
		{ key: 'b', rev: 4 },
		{ key: 'c', rev: 2 },
		{ key: 'd', rev: 9 }
	];
	expect(countStale(held, theirs, 5)).toBe(2);
});
