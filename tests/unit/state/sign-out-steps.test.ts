/** Signing out goes on where a store does not open, and leaves nothing behind that can be reached (promise 14). */
import { describe, expect, test, vi } from 'vitest';
import type { OutboxRow } from '../../../src/lib/sync/ports.ts';
import { StoreError } from '../../../src/lib/sync/ports.ts';
import type { Share } from '../../../src/lib/state/client/shares.ts';
import {
	countUnsent,
	runAll,
	type UnsentParts
} from '../../../src/lib/state/session/sign-out-steps.ts';

const me = 'me';
const act = { act: { kind: 'message.post' } } as OutboxRow;
const shareOf = (account: string): Share => ({ account }) as Share;

function parts(changes: Partial<UnsentParts> = {}) {
	const outbox = {
		all: async () => [act, act],
		draftFiles: () => ({ count: async () => 4 }),
		close: vi.fn()
	};
	const shares = { all: async () => [shareOf(me), shareOf('other')], close: vi.fn() };
	const onError = vi.fn();
	return {
		outbox,
		shares,
		onError,
		openOutbox: async () => outbox,
		openShares: async () => shares,
		...changes
	};
}

describe('what would be lost', () => {
	test('is what waits for the server, what was picked, and what this person shared', async () => {
		const all = parts();
		expect(await countUnsent(me, all)).toBe(7);
		expect([all.outbox.close.mock.calls.length, all.shares.close.mock.calls.length]).toEqual([
			1, 1
		]);
	});

	test('is counted without the shares when they do not open, and that is told', async () => {
		const error = new StoreError('blocked');
		const all = parts({ openShares: () => Promise.reject(error) });
		expect(await countUnsent(me, all)).toBe(6);
		expect(all.onError).toHaveBeenCalledExactlyOnceWith(error);
		expect(all.outbox.close).toHaveBeenCalledOnce();
	});

	test('cannot be told when the outbox does not open; nothing stays open then', async () => {
		const all = parts({ openOutbox: () => Promise.reject(new StoreError('broken')) });
		const opened = vi.spyOn(all, 'openShares');
		await expect(countUnsent(me, all)).rejects.toThrow(StoreError);
		expect(opened.mock.calls.length).toBe(all.shares.close.mock.calls.length);
	});
});

describe('what is deleted', () => {
	test('is all that can be; what failed is said at the end', async () => {
		const done: number[] = [];
		const step = (n: number) => async (): Promise<void> => {
			if (n % 2 === 0) throw new Error(`${n}`);
			done.push(n);
		};
		await expect(runAll([step(1), step(2), step(3)])).rejects.toThrow('2');
		await expect(runAll([step(0), step(2), step(5)])).rejects.toBeInstanceOf(AggregateError);
		await runAll([step(7)]);
		expect(done).toEqual([1, 3, 5, 7]);
	});
});
