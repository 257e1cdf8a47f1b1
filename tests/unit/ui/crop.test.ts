import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
	cornerOf,
	MAX_ZOOM,
	moved,
	sideOf,
	startCrop,
	zoomed,
	type Crop
} from '../../../src/lib/ui/settings/crop.ts';

const length = fc.integer({ min: 1, max: 8000 });
const step = fc.oneof(
	fc
		.tuple(fc.double({ min: -3, max: 3, noNaN: true }), fc.double({ min: -3, max: 3, noNaN: true }))
		.map(
			([dx, dy]) =>
				(crop: Crop) =>
					moved(crop, dx, dy)
		),
	fc.double({ min: 0, max: 20, noNaN: true }).map((zoom) => (crop: Crop) => zoomed(crop, zoom))
);

describe('the square of a picture', () => {
	test('begins as the largest one, in the middle', () => {
		const crop = startCrop(400, 100);
		expect(sideOf(crop)).toBe(100);
		expect(cornerOf(crop)).toEqual({ left: 150, top: 0 });
	});

	test('never leaves the picture, whatever is done', () => {
		fc.assert(
			fc.property(length, length, fc.array(step, { maxLength: 12 }), (width, height, steps) => {
				const crop = steps.reduce((before, run) => run(before), startCrop(width, height));
				const { left, top } = cornerOf(crop);
				const side = sideOf(crop);
				expect(crop.zoom).toBeGreaterThanOrEqual(1);
				expect(crop.zoom).toBeLessThanOrEqual(MAX_ZOOM);
				expect(left).toBeGreaterThanOrEqual(-1e-6);
				expect(top).toBeGreaterThanOrEqual(-1e-6);
				expect(left + side).toBeLessThanOrEqual(width + 1e-6);
				expect(top + side).toBeLessThanOrEqual(height + 1e-6);
			})
		);
	});

	test('zooms around its middle, and comes back from the edge when it grows', () => {
		const small = zoomed(startCrop(400, 400), 2);
		expect(cornerOf(small)).toEqual({ left: 100, top: 100 });
		const corner = moved(small, 1, 1);
		expect(cornerOf(corner)).toEqual({ left: 200, top: 200 });
		expect(cornerOf(zoomed(corner, 1))).toEqual({ left: 0, top: 0 });
	});
});
