import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
	cover,
	covers,
	holds,
	holes,
	leaveBehind,
	refresh,
	trim
} from '../../../../src/lib/sync/reconcile/range.ts';
import type { Range } from '../../../../src/lib/sync/ports.ts';

const TOP = 40;
const range = fc
	.tuple(
		fc.integer({ min: 1, max: TOP }),
		fc.integer({ min: 0, max: 12 }),
		fc.option(fc.integer({ min: 1, max: 9 }))
	)
	.map(([from, length, asOf]): Range => ({ from, to: Math.min(TOP, from + length), asOf }));
const ranges = fc.array(range, { maxLength: 8 }).map((all) => all.reduce<Range[]>(cover, []));
const seqs = Array.from({ length: TOP }, (_, i) => i + 1);

/** The same knowledge, seq by seq: undefined = not held. */
function model(all: Range[]): Map<number, number | null> {
	const known = new Map<number, number | null>();
	for (const one of all) for (let s = one.from; s <= one.to; s++) known.set(s, one.asOf);
	return known;
}
const fresher = (a: number | null, b: number | null) =>
	a === null || b === null ? null : Math.max(a, b);

describe('covered ranges (promise 8)', () => {
	test('are ascending, disjoint, and never adjacent with equal knowledge', () => {
		fc.assert(
			fc.property(ranges, (all) => {
				for (let i = 1; i < all.length; i++) {
					expect(all[i]!.from).toBeGreaterThan(all[i - 1]!.to);
					const touching = all[i]!.from === all[i - 1]!.to + 1;
					expect(touching && all[i]!.asOf === all[i - 1]!.asOf).toBe(false);
				}
			})
		);
	});

	test('covering adds exactly the new range, and the fresher knowledge counts', () => {
		fc.assert(
			fc.property(ranges, range, (all, added) => {
				const before = model(all);
				const after = model(cover(all, added));
				for (const s of seqs) {
					const inside = s >= added.from && s <= added.to;
					const old = before.get(s);
					const expected = !inside
						? old
						: old === undefined
							? added.asOf
							: fresher(old, added.asOf);
					expect(after.get(s)).toBe(expected);
				}
			})
		);
	});

	test('refreshing covers nothing new', () => {
		fc.assert(
			fc.property(ranges, range, (all, { from, to, asOf }) => {
				const before = model(all);
				const after = model(refresh(all, from, to, asOf));
				expect([...after.keys()]).toEqual([...before.keys()]);
				for (const [s, known] of before) {
					expect(after.get(s)).toBe(s >= from && s <= to ? fresher(known, asOf) : known);
				}
			})
		);
	});

	test('a hole is exactly what is not covered', () => {
		fc.assert(
			fc.property(ranges, (all) => {
				const open = new Set<number>();
				for (const { after, before } of holes(all, TOP)) {
					for (let s = after + 1; s < before; s++) open.add(s);
				}
				for (const s of seqs) expect(open.has(s)).toBe(!holds(all, s));
			})
		);
	});

	test('covers says whether every seq is held', () => {
		fc.assert(
			fc.property(ranges, range, (all, { from, to }) => {
				const held = model(all);
				const every = seqs.filter((s) => s >= from && s <= to).every((s) => held.has(s));
				expect(covers(all, from, to)).toBe(every);
			})
		);
	});

	test('leaving behind keeps what is covered and lets nothing follow the cursor', () => {
		fc.assert(
			fc.property(ranges, (all) => {
				const behind = leaveBehind(all, 7);
				expect([...model(behind).keys()]).toEqual([...model(all).keys()]);
				expect(behind.every(({ asOf }) => asOf !== null)).toBe(true);
			})
		);
	});

	test('trimming forgets what lies below, and nothing else', () => {
		fc.assert(
			fc.property(ranges, fc.integer({ min: 1, max: TOP }), (all, below) => {
				const kept = [...model(all).keys()].filter((s) => s >= below);
				expect([...model(trim(all, below)).keys()]).toEqual(kept);
			})
		);
	});
});
