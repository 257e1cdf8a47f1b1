import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contrast, oklch } from '../../support/colour.ts';
import { hueOf, HUES, huesOf } from '../../../src/lib/ui/base/hues.ts';

const ids = (max: number): fc.Arbitrary<string[]> =>
	fc.uniqueArray(fc.uuid(), { minLength: 1, maxLength: max });

describe('colours of those who stand together', () => {
	test('as many as there are hues: all differ', () => {
		fc.assert(
			fc.property(ids(HUES.length), (list) => {
				expect(new Set(huesOf(list).values()).size).toBe(list.length);
			})
		);
	});

	test('of any number, no two side by side have the same', () => {
		fc.assert(
			fc.property(ids(60), (list) => {
				const hues = huesOf(list);
				list.slice(1).forEach((id, at) => expect(hues.get(id)).not.toBe(hues.get(list[at]!)));
			})
		);
	});

	test('while they are the same ones, each keeps its own wherever it stands', () => {
		const moved = ids(HUES.length).chain((list) =>
			fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))
		);
		fc.assert(
			fc.property(moved, ([list, shuffled]) => {
				expect(new Map([...huesOf(shuffled)].sort())).toEqual(new Map([...huesOf(list)].sort()));
			})
		);
	});

	test('who has a colour elsewhere on screen keeps it, as long as no two have the same', () => {
		const around = ids(HUES.length).chain((list) => fc.tuple(fc.constant(list), ids(HUES.length)));
		fc.assert(
			fc.property(around, ([list, others]) => {
				const known = huesOf(list);
				const together = [...list, ...others].slice(0, HUES.length);
				const hues = huesOf(together, known);
				expect(new Set(hues.values()).size).toBe(together.length);
				for (const id of list) expect(hues.get(id)).toBe(known.get(id));
			})
		);
	});

	test('whoever is alone has the hue of the id', () => {
		fc.assert(fc.property(fc.uuid(), (id) => huesOf([id]).get(id) === hueOf(id)));
	});
});

test.each(HUES)('hue %i: letters on it, and names in it, can be read', (hue) => {
	const white = '#ffffff';
	// As in Avatar.svelte: the letters stand in the middle of the gradient.
	expect(contrast(white, oklch(0.52, 0.12, hue))).toBeGreaterThan(4.5);
	// As in MessageRow.svelte and QuoteLine.svelte, on the ground of either theme and on a bubble.
	for (const ground of ['#f5f1ec', '#ffffff']) {
		expect(contrast(oklch(0.44, 0.13, hue), ground)).toBeGreaterThan(4.5);
	}
	for (const ground of ['#15121b', '#262030']) {
		expect(contrast(oklch(0.82, 0.1, hue), ground)).toBeGreaterThan(4.5);
	}
});
