/** One leader among all tabs and the worker of an account, by Web Locks. */
import type { Lock } from '../sync/ports.ts';

/** Name of the lock of an account. */
export const leaderLock = (account: string): string => `roost-leader-${account}`;

/** @param locks the browser's own, given by tests */
export function webLock(name: string, locks: LockManager = navigator.locks): Lock {
	/** Leads until it is done, somebody steals the lock, or `stop` aborts. */
	async function request(
		options: LockOptions,
		lead: (lost: AbortSignal) => Promise<void>,
		stop: AbortSignal
	): Promise<void> {
		if (stop.aborted) return;
		const lost = new AbortController();
		const lose = () => lost.abort();
		stop.addEventListener('abort', lose);
		let led: Promise<void> = Promise.resolve();
		try {
			await locks.request(name, options, () => (led = lead(lost.signal)));
		} catch (error) {
			// The browser rejects so when the lock was stolen or the wait ended by `stop`.
			if (!isAbort(error)) throw error;
			lose();
			await led;
		} finally {
			stop.removeEventListener('abort', lose);
		}
	}

	return {
		hold: (lead, stop) => request({ signal: stop }, lead, stop),
		steal: (lead, stop) => request({ steal: true }, lead, stop),
		async ifFree(once) {
			let ran = false;
			await locks.request(name, { ifAvailable: true }, async (lock) => {
				if (!lock) return;
				ran = true;
				await once();
			});
			return ran;
		}
	};
}

function isAbort(error: unknown): boolean {
	return error instanceof DOMException && error.name === 'AbortError';
}
