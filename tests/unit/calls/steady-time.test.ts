/** A clock that is set does not reach calls (W7), and signals are counted by themselves (V37). */
import { expect, test } from 'vitest';
import { createSteadyTime } from '../../../server/calls/steady-time.ts';
import { limitEvents } from '../../../server/socket/event-rate-limit.ts';

const HOUR = 3_600_000;

test.each([HOUR, -HOUR])('W7 time stands still across a jump of %s ms', (jump) => {
	let wall = 1_800_000_000_000;
	const time = createSteadyTime({ now: () => wall });
	const begun = time.now();
	wall += 1_000;
	expect(time.now()).toBe(begun + 1_000);
	wall += jump;
	expect(time.now()).toBe(begun + 1_000);
	wall += 2_000;
	expect(time.now()).toBe(begun + 3_000);
	// Devices know the clock as it is now.
	expect(time.toWall(begun + 3_000)).toBe(wall);
	time.reset();
	expect(time.now()).toBe(wall);
});

test('V37 signals have a pace of their own, and a bound in bytes', () => {
	let now = 0;
	let cut = 0;
	const uses: ((event: unknown[], next: () => void) => void)[] = [];
	const socket = { use: (each: (typeof uses)[0]) => uses.push(each), disconnect: () => (cut += 1) };
	limitEvents(socket, { now: () => now, after: () => () => undefined }, () => undefined);
	const passed = (event: unknown[], times: number) => {
		let count = 0;
		for (let i = 0; i < times; i++) uses[0]!(event, () => (count += 1));
		return count;
	};
	expect(passed(['signal', {}], 300)).toBe(200);
	expect(passed(['heads', {}], 300)).toBe(300);
	now += 1_000;
	expect(passed(['signal', {}], 300)).toBe(40);
	now += 60_000;
	// 1 MB a minute, in signals of 10 kB.
	expect(passed(['signal', 'x'.repeat(9_998)], 150)).toBe(100);
	expect(cut).toBe(0);
	expect(passed(['signal', {}], 1_000)).toBeLessThan(100);
	expect(cut).toBeGreaterThan(0);
});

test.each([[['signal']], [['signal', () => undefined]], [['signal', undefined, () => undefined]]])(
	'S21 a signal that says nothing ends no server: %j',
	(event) => {
		const uses: ((event: unknown[], next: () => void) => void)[] = [];
		const socket = { use: (each: (typeof uses)[0]) => uses.push(each), disconnect: () => 0 };
		limitEvents(socket, { now: () => 0, after: () => () => undefined }, () => undefined);
		let passed = 0;
		uses[0]!(event, () => (passed += 1));
		expect(passed).toBe(1);
	}
);
