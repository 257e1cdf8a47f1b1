import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
	begun,
	isFar,
	moved,
	TRIGGER,
	type Swipe
} from '../../../src/lib/ui/chat/message/swipe.ts';

const WIDTH = 390;
const FROM = { x: 200, y: 400 };

/** A finger that is put down in the middle and goes through these places, as far as it has moved. */
const drawn = (ways: [number, number][], sign: 1 | -1 = 1, from = FROM): Swipe =>
	ways.reduce(
		(swipe, [x, y]) => moved(swipe, { x: from.x + x, y: from.y + y }, sign),
		begun(from, WIDTH)
	);

describe('a finger on a message', () => {
	test.each<[string, [number, number][], Swipe['is'], boolean]>([
		['rests', [[3, 2]], 'undecided', false],
		['is drawn a little', [[20, 2]], 'drawn', false],
		[
			'is drawn far',
			[
				[20, 2],
				[TRIGGER + 5, 4]
			],
			'drawn',
			true
		],
		[
			'is drawn far and back',
			[
				[20, 2],
				[90, 4],
				[10, 4]
			],
			'drawn',
			false
		],
		[
			'scrolls',
			[
				[2, 20],
				[90, 30]
			],
			'other',
			false
		],
		[
			'goes slantwise',
			[
				[12, 9],
				[90, 20]
			],
			'other',
			false
		],
		[
			'goes the other way',
			[
				[-20, 0],
				[90, 0]
			],
			'other',
			false
		],
		[
			'has been drawn, then wanders up',
			[
				[20, 2],
				[80, 90]
			],
			'drawn',
			true
		]
	])('%s', (_, ways, is, far) => {
		const swipe = drawn(ways);
		expect([swipe.is, isFar(swipe)]).toEqual([is, far]);
	});

	test('from right to left it is the other way round', () => {
		expect(
			isFar(
				drawn(
					[
						[-20, 0],
						[-90, 0]
					],
					-1
				)
			)
		).toBe(true);
		expect(
			drawn(
				[
					[20, 0],
					[90, 0]
				],
				-1
			).is
		).toBe('other');
	});

	test.each([4, WIDTH - 4])('from the edge at %i px it is the system that goes back', (x) => {
		expect(
			drawn(
				[
					[20, 0],
					[90, 0]
				],
				1,
				{ x, y: 400 }
			).is
		).toBe('other');
	});

	test('whatever it does, the message never leaves its place backwards, nor goes further than the finger', () => {
		const way = fc.tuple(fc.integer({ min: -390, max: 390 }), fc.integer({ min: -800, max: 800 }));
		fc.assert(
			fc.property(fc.array(way, { minLength: 1 }), (ways) => {
				const { by } = drawn(ways);
				const furthest = Math.max(...ways.map(([x]) => x), 0);
				expect(by).toBeGreaterThanOrEqual(0);
				expect(by).toBeLessThanOrEqual(furthest);
			})
		);
	});
});
