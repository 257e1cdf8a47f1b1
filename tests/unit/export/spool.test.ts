/** The spool of an export: a worker that failed answers nothing, and what another tab holds is removed once it lets go. */
import { afterEach, expect, it, vi } from 'vitest';
import { forgetSpool, openSpool } from '../../../src/lib/db/spool/spool.ts';
import type { SpoolAnswer, SpoolQuestion } from '../../../src/lib/db/spool/spool-messages.ts';

afterEach(() => {
	vi.useRealTimers();
	vi.unstubAllGlobals();
});

/** A worker that answers everything until it fails. */
class FakeWorker {
	readonly heard = new Map<string, (event: never) => void>();
	isEnded = false;
	isDead = false;
	addEventListener(type: string, heard: (event: never) => void): void {
		this.heard.set(type, heard);
	}
	postMessage({ id }: SpoolQuestion): void {
		const data: SpoolAnswer = { id, journal: 'j', size: 3 };
		if (!this.isDead) queueMicrotask(() => this.heard.get('message')?.({ data } as never));
	}
	fail(): void {
		this.isDead = true;
		this.heard.get('error')?.({ message: 'broken' } as never);
	}
	terminate(): void {
		this.isEnded = true;
	}
}

it('rejects at once what is asked of a worker that failed, and ends it', async () => {
	const worker = new FakeWorker();
	const spool = await openSpool('ann', () => worker);
	expect(spool).toMatchObject({ journal: 'j', size: 3 });
	worker.fail();
	await expect(spool.append('zip', new Uint8Array(1))).rejects.toThrow('broken');
	await expect(spool.close()).rejects.toThrow('broken');
	expect(worker.isEnded).toBe(true);
});

/** A file system in which the spool is held for so many tries. */
function heldFor(tries: number) {
	const removeEntry = vi.fn(async () => {
		if (tries-- > 0) throw new DOMException('held', 'NoModificationAllowedError');
	});
	vi.stubGlobal('navigator', { storage: { getDirectory: async () => ({ removeEntry }) } });
	vi.useFakeTimers();
	return removeEntry;
}

it('is removed once another tab lets go of it', async () => {
	const removeEntry = heldFor(3);
	const removed = forgetSpool('ann');
	await vi.runAllTimersAsync();
	await removed;
	expect(removeEntry).toHaveBeenCalledTimes(4);
});

it('says that it is held when nobody lets go', async () => {
	heldFor(Infinity);
	const removed = expect(forgetSpool('ann')).rejects.toThrow('held');
	await vi.runAllTimersAsync();
	await removed;
});
