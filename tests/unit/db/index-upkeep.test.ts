/** When the search index is brought up to date. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { IndexBuilder } from '../../../src/lib/db/search/index-builder.ts';
import { keepIndexed } from '../../../src/lib/db/search/index-upkeep.ts';
import { listeners } from '../../../src/lib/sync/listeners.ts';

const clock = {
	elapsed: () => performance.now(),
	after(ms: number, run: () => void) {
		const timer = setTimeout(run, ms);
		return () => clearTimeout(timer);
	}
};

function create(isLeft: boolean) {
	const passes: boolean[] = [];
	const changes = listeners();
	const stop = new AbortController();
	const pass = async (all: boolean) => {
		passes.push(all);
		return isLeft && !all;
	};
	const ended = keepIndexed({
		builder: { pass } as unknown as IndexBuilder,
		watch: (changed) => changes.add(changed),
		clock,
		stop: stop.signal
	});
	return { passes, changes, stop, ended };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('the index', () => {
	beforeEach(() => void vi.useFakeTimers());
	afterEach(() => void vi.useRealTimers());

	test('is looked at once, and then when something has changed and settled', async () => {
		const { passes, changes, stop, ended } = create(false);
		await pass(3_600_000);
		expect(passes).toEqual([false]);
		changes.tell();
		await pass(1_900);
		changes.tell();
		await pass(1_900);
		expect(passes).toEqual([false]);
		await pass(200);
		expect(passes).toEqual([false, false]);
		stop.abort();
		await ended;
	});

	test('follows all the same where it never settles', async () => {
		const { passes, changes, stop, ended } = create(false);
		await pass(0);
		for (let n = 0; n < 20; n++) {
			changes.tell();
			await pass(1_000);
		}
		expect(passes).toEqual([false, false]);
		stop.abort();
		await ended;
	});

	test('takes the last few messages in when it is quiet', async () => {
		const { passes, changes, stop, ended } = create(true);
		await pass(59_000);
		expect(passes).toEqual([false]);
		changes.tell();
		await pass(2_000);
		expect(passes).toEqual([false, false]);
		await pass(60_000);
		expect(passes).toEqual([false, false, true]);
		await pass(3_600_000);
		expect(passes).toHaveLength(3);
		stop.abort();
		await ended;
	});
});
