import { describe, expect, test, vi } from 'vitest';
import { serialQueue, singleFlight } from '../../../src/lib/sync/concurrency.ts';

/** Lets everything run that is ready to. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('single flight', () => {
	test('runs once at a time, and once more however often it was asked for meanwhile', async () => {
		let begun = 0;
		const waiting: (() => void)[] = [];
		const run = singleFlight(
			() => {
				begun++;
				return new Promise((resolve) => waiting.push(resolve));
			},
			() => undefined
		);
		run();
		run();
		run();
		expect(begun).toBe(1);
		waiting.shift()!();
		await settle();
		expect(begun).toBe(2);
		waiting.shift()!();
		await settle();
		expect(begun).toBe(2);
	});

	test('goes on after an error', async () => {
		const onError = vi.fn();
		const work = vi.fn(async () => Promise.reject(new Error('no')));
		const run = singleFlight(work, onError);
		run();
		run();
		await settle();
		expect(work).toHaveBeenCalledTimes(2);
		expect(onError).toHaveBeenCalledTimes(2);
	});
});

test('a serial queue keeps the order, and one that rejects holds up nothing', async () => {
	const order: number[] = [];
	const queue = serialQueue();
	const first = queue(async () => {
		await settle();
		order.push(1);
		throw new Error('no');
	});
	const second = queue(async () => order.push(2));
	await expect(first).rejects.toThrow('no');
	await second;
	expect(order).toEqual([1, 2]);
});
