/**
 * Lock and channel among the tabs of one process: for tests, for the simulator, and for browsers
 * without Web Locks, where every tab then leads itself (the store's compare-and-set and the acts'
 * ids keep every promise; it only costs a connection per tab).
 */
import type { Channel, Lock, TabMessage } from '../ports.ts';

interface Holder {
	lose: () => void;
}

/** What the tabs of one browser share. */
export class MemoryTabs {
	private holder: Holder | null = null;
	private readonly queue: (() => void)[] = [];
	private readonly heard = new Set<(from: object, message: TabMessage) => void>();

	/** A lock as one tab sees it. */
	lock(): Lock {
		return {
			hold: async (lead, stop) => {
				const turn = await this.turn(stop);
				// Stolen before it began.
				if (!turn || this.holder !== turn) return;
				await this.lead(lead, stop);
			},
			steal: async (lead, stop) => {
				if (stop.aborted) return;
				this.holder?.lose();
				await this.lead(lead, stop);
			},
			ifFree: async (once) => {
				if (this.holder) return false;
				await this.lead(once, new AbortController().signal);
				return true;
			}
		};
	}

	/** A channel as one tab sees it. */
	channel(): Channel {
		const tab = {};
		const listeners = new Set<(message: TabMessage) => void>();
		const receive = (from: object, message: TabMessage) => {
			if (from === tab) return;
			for (const heard of [...listeners]) heard(message);
		};
		this.heard.add(receive);
		let closed = false;
		return {
			post: (message) => {
				if (closed) return;
				const copy = structuredClone(message);
				for (const heard of [...this.heard]) {
					queueMicrotask(() => {
						if (this.heard.has(heard)) heard(tab, copy);
					});
				}
			},
			listen(heard) {
				const mine = (message: TabMessage) => heard(message);
				listeners.add(mine);
				return () => void listeners.delete(mine);
			},
			close: () => {
				closed = true;
				listeners.clear();
				this.heard.delete(receive);
			}
		};
	}

	/** Waits until nobody leads and keeps the place; null when `stop` came first. */
	private turn(stop: AbortSignal): Promise<Holder | null> {
		if (stop.aborted) return Promise.resolve(null);
		const place: Holder = { lose: () => undefined };
		if (!this.holder) {
			this.holder = place;
			return Promise.resolve(place);
		}
		return new Promise((resolve) => {
			const go = () => {
				stop.removeEventListener('abort', leave);
				this.holder = place;
				resolve(place);
			};
			const leave = () => {
				this.queue.splice(this.queue.indexOf(go), 1);
				resolve(null);
			};
			this.queue.push(go);
			stop.addEventListener('abort', leave, { once: true });
		});
	}

	private async lead(lead: (lost: AbortSignal) => Promise<void>, stop: AbortSignal): Promise<void> {
		const lost = new AbortController();
		const mine: Holder = { lose: () => lost.abort() };
		this.holder = mine;
		if (stop.aborted) lost.abort();
		stop.addEventListener('abort', mine.lose, { once: true });
		try {
			await lead(lost.signal);
		} finally {
			stop.removeEventListener('abort', mine.lose);
			if (this.holder === mine) {
				this.holder = null;
				this.queue.shift()?.();
			}
		}
	}
}
