/** Complaint 14: the message under the eye stays where it is; a new one does not drag the reader down. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	choose,
	correction,
	isAtEnd,
	sliceAfterChange,
	sliceAtEnd,
	sliceDown,
	sliceUp,
	WINDOW,
	type Place
} from '../../../src/lib/ui/chat/scroll-anchor.ts';

/** A list of rows of these heights, scrolled to `top`. */
function places(heights: readonly [string, number][], top: number): Place[] {
	let y = -top;
	return heights.map(([key, height]) => {
		const place = { key, top: y, bottom: y + height };
		y += height;
		return place;
	});
}

const heights = fc.array(fc.integer({ min: 24, max: 400 }), { minLength: 1, maxLength: 40 });

describe('what is kept', () => {
	it('the row under the eye moves by nothing, over twenty prepends of any heights', () => {
		fc.assert(
			fc.property(heights, fc.array(heights, { minLength: 20, maxLength: 20 }), (start, more) => {
				let rows: [string, number][] = start.map((height, index) => [`s${index}`, height]);
				let top = Math.floor(start[0]! / 2);
				const eye = choose(places(rows, top), false);
				for (const [round, added] of more.entries()) {
					rows = [...added.map((h, i): [string, number] => [`p${round}-${i}`, h]), ...rows];
					if (eye.at !== 'row') throw new Error('a row is held');
					const now = places(rows, top).find((place) => place.key === eye.key);
					top += correction(eye, now ?? null);
					const after = places(rows, top).find((place) => place.key === eye.key);
					expect(after?.bottom).toBe(eye.bottom);
				}
			})
		);
	});

	it('the first row that is still visible is the one under the eye', () => {
		const hold = choose(
			places(
				[
					['a', 100],
					['b', 100]
				],
				100
			),
			false
		);
		expect(hold).toEqual({ at: 'row', key: 'b', bottom: 100 });
	});

	it('a row that is gone moves nothing', () => {
		expect(correction({ at: 'row', key: 'a', bottom: 5 }, null)).toBe(0);
	});

	it('near the end counts as the end, further up does not', () => {
		expect(isAtEnd(960, 1000, 2000)).toBe(true);
		expect(isAtEnd(900, 1000, 2000)).toBe(false);
	});
});

describe('the part of the rows that is rendered', () => {
	it('stays within bounds and size, whatever is done', () => {
		const step = fc.constantFrom('up', 'down', 'end');
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 3000 }), fc.array(step), (count, steps) => {
				let slice = sliceAtEnd(count);
				for (const one of steps) {
					if (one === 'up') slice = sliceUp(slice, count);
					else if (one === 'down') slice = sliceDown(slice, count);
					else slice = sliceAtEnd(count);
					expect(slice.from).toBeGreaterThanOrEqual(0);
					expect(slice.to).toBeLessThanOrEqual(count);
					expect(slice.to - slice.from).toBeLessThanOrEqual(WINDOW.max);
					expect(slice.to - slice.from).toBeGreaterThanOrEqual(Math.min(count, WINDOW.max / 2));
				}
			})
		);
	});

	it('going up reaches the first row, going down the last', () => {
		let slice = sliceAtEnd(1000);
		for (let i = 0; i < 1000 / WINDOW.step; i++) slice = sliceUp(slice, 1000);
		expect(slice.from).toBe(0);
		for (let i = 0; i < 1000 / WINDOW.step; i++) slice = sliceDown(slice, 1000);
		expect(slice.to).toBe(1000);
	});

	it('follows the rows it showed when others come before them', () => {
		expect(sliceAfterChange(150, 249, 400, false)).toEqual({ from: 150, to: 310 });
	});

	it('goes to the end when the end is followed, or nothing it showed is left', () => {
		expect(sliceAfterChange(0, 99, 101, true)).toEqual(sliceAtEnd(101));
		expect(sliceAfterChange(-1, -1, 101, false)).toEqual(sliceAtEnd(101));
	});

	it('stays where it is when a hole above closes', () => {
		expect(sliceAfterChange(-1, 500, 1000, false)).toEqual({ from: 201, to: 501 });
		expect(sliceAfterChange(-1, 100, 1000, false)).toEqual({ from: 0, to: 101 });
	});

	it('does not grow without end while a hole fills page by page', () => {
		let slice = sliceAtEnd(121);
		for (let count = 171; count < 2000; count += 50) {
			const last = Math.min(slice.to + 50, count) - 1;
			slice = sliceAfterChange(slice.from, last, count, false);
			expect(slice.to - slice.from).toBeLessThanOrEqual(WINDOW.max + WINDOW.letIn);
		}
	});
});
