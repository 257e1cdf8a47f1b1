/** Jumping to a date: the first message at or after a moment, by halving (src/lib/search/seq-at.ts). */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { findSeqsAt, type Place } from '../../../src/lib/search/seq-at.ts';

function play(messages: { seq: number; at: number }[], times: number[], head: number) {
	const search = findSeqsAt(times, head);
	let looks = 0;
	let step = search.next();
	while (!step.done) {
		looks += 1;
		const from = step.value;
		const place: Place = messages.find((one) => one.seq >= from) ?? null;
		step = search.next(place);
	}
	return { found: step.value, looks };
}

it('finds what going through all messages finds, in few looks', () => {
	const gaps = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 50 })), {
		maxLength: 200
	});
	const moments = fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 1, maxLength: 33 });
	fc.assert(
		fc.property(gaps, moments, fc.nat(20), (steps, wanted, after) => {
			let seq = 0;
			let at = 0;
			const messages = steps.map(([more, later]) => ({ seq: (seq += more), at: (at += later) }));
			const times = wanted.sort((a, b) => a - b);
			const head = seq + after;
			const { found, looks } = play(messages, times, head);
			const expected = times.map((time) => messages.find((one) => one.at >= time)?.seq ?? null);
			expect(found).toEqual(expected);
			expect(looks).toBeLessThanOrEqual(times.length * (3 + Math.ceil(Math.log2(head + 2))));
		}),
		{ numRuns: 500 }
	);
});
