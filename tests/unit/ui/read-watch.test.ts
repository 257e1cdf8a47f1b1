/** Promise 12: only what was on screen for half a second, in a window with the focus, counts as read. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { READ_AFTER, ReadWatch } from '../../../src/lib/ui/chat/read-watch.ts';

describe('read', () => {
	let attentive = true;
	let told: number[] = [];
	let watch: ReadWatch;

	beforeEach(() => {
		vi.useFakeTimers();
		attentive = true;
		told = [];
		watch = new ReadWatch(
			() => attentive,
			(seq) => told.push(seq)
		);
	});
	afterEach(() => {
		watch.stop();
		vi.useRealTimers();
	});

	it('after half a second on screen, not before', () => {
		watch.see(7);
		vi.advanceTimersByTime(READ_AFTER - 1);
		expect(told).toEqual([]);
		vi.advanceTimersByTime(1);
		expect(told).toEqual([7]);
	});

	it('never while the window has not the focus', () => {
		attentive = false;
		watch.see(7);
		vi.advanceTimersByTime(5 * READ_AFTER);
		expect(told).toEqual([]);
	});

	it('not when the focus went before the half second was over; again when it returns', () => {
		watch.see(7);
		attentive = false;
		vi.advanceTimersByTime(READ_AFTER);
		expect(told).toEqual([]);
		attentive = true;
		watch.see(7);
		vi.advanceTimersByTime(READ_AFTER);
		expect(told).toEqual([7]);
	});

	it('what came on screen later is read later', () => {
		watch.see(7);
		vi.advanceTimersByTime(READ_AFTER - 100);
		watch.see(9);
		vi.advanceTimersByTime(100);
		expect(told).toEqual([7]);
		vi.advanceTimersByTime(READ_AFTER);
		expect(told).toEqual([7, 9]);
	});

	it('what was scrolled past at once is not read', () => {
		watch.see(90);
		vi.advanceTimersByTime(100);
		watch.see(3);
		vi.advanceTimersByTime(READ_AFTER);
		expect(told).toEqual([3]);
	});

	it('never goes back', () => {
		watch.see(9);
		vi.advanceTimersByTime(READ_AFTER);
		watch.see(4);
		vi.advanceTimersByTime(5 * READ_AFTER);
		expect(told).toEqual([9]);
	});
});
