/** Tabs of one browser: they share databases, a lock and a channel, and can be killed or frozen. */
import type { Card } from '../../../src/lib/protocol/change.ts';
import { Hub } from '../../../src/lib/sync/engine/hub.ts';
import type {
	Channel,
	Clock,
	LocalStore,
	Lock,
	OutboxStore,
	TabMessage
} from '../../../src/lib/sync/ports.ts';
import { MemoryCacheData, MemoryLocalStore } from '../../../src/lib/sync/memory/memory-store.ts';
import { MemoryOutboxData, MemoryOutboxStore } from '../../../src/lib/sync/memory/memory-outbox.ts';
import type { Chance } from './chance.ts';
import type { VirtualTime } from './time.ts';

type Lead = (lost: AbortSignal) => Promise<void>;

/** The browser's lock manager for one account. */
export class SimLocks {
	private holder: { tab: SimTab; lost: AbortController } | null = null;
	private waiting: { tab: SimTab; begin: () => void }[] = [];

	get held(): boolean {
		return this.holder !== null;
	}

	of(tab: SimTab): Lock {
		return {
			hold: (lead, stop) => this.request(tab, lead, stop),
			ifFree: async (once) => {
				if (this.holder) return false;
				await this.run(tab, once);
				return true;
			},
			steal: async (lead, stop) => {
				if (tab.dead) return;
				this.holder?.lost.abort();
				this.holder = null;
				if (!stop.aborted) await this.run(tab, lead);
			}
		};
	}

	private request(tab: SimTab, lead: Lead, stop: AbortSignal): Promise<void> {
		if (tab.dead) return new Promise(() => undefined);
		return new Promise((resolve) => {
			const entry = {
				tab,
				begin: () => {
					if (stop.aborted) return resolve(this.next());
					void this.run(tab, lead).then(resolve);
				}
			};
			stop.addEventListener('abort', () => {
				this.waiting = this.waiting.filter((other) => other !== entry);
				resolve();
			});
			this.waiting.push(entry);
			this.next();
		});
	}

	private next(): void {
		if (this.holder) return;
		this.waiting.shift()?.begin();
	}

	private async run(tab: SimTab, lead: Lead): Promise<void> {
		if (tab.dead) return new Promise(() => undefined);
		const held = { tab, lost: new AbortController() };
		this.holder = held;
		try {
			await lead(held.lost.signal);
		} finally {
			this.release(held);
		}
	}

	private release(held: { tab: SimTab; lost: AbortController }): void {
		if (this.holder !== held) return;
		this.holder = null;
		this.next();
	}

	/** A dead tab holds nothing and waits for nothing. */
	died(tab: SimTab): void {
		this.waiting = this.waiting.filter((entry) => entry.tab !== tab);
		if (this.holder?.tab === tab) {
			this.holder = null;
			this.next();
		}
	}
}

/** What the tabs of one browser share. */
export class SimBrowser {
	readonly cache = new MemoryCacheData();
	readonly outbox = new MemoryOutboxData();
	readonly locks = new SimLocks();
	readonly tabs = new Set<SimTab>();
}

/** One tab, or the worker. */
export class SimTab {
	dead = false;
	frozen = false;
	private held: (() => void)[] = [];
	private readonly heard = new Set<(message: TabMessage) => void>();
	readonly store: LocalStore;
	readonly outbox: OutboxStore;
	readonly clock: Clock;
	hub: Hub | null = null;

	readonly browser: SimBrowser;

	constructor(
		browser: SimBrowser,
		time: VirtualTime,
		skew: () => number,
		plant: (store: LocalStore) => LocalStore
	) {
		this.browser = browser;
		const cache = new MemoryLocalStore(browser.cache);
		this.store = mortal(plant(cache), this);
		this.outbox = mortal(new MemoryOutboxStore(browser.outbox), this);
		this.clock = {
			now: () => 1_800_000_000_000 + time.ms + skew(),
			elapsed: () => time.ms,
			after: (ms, run) => {
				let cancelled = false;
				const cancel = time.after(ms, () => this.when(() => (cancelled ? undefined : run())));
				return () => {
					cancelled = true;
					cancel();
				};
			}
		};
		browser.tabs.add(this);
	}

	/** Runs something of this tab: later if it is frozen, never if it is dead. */
	when(run: () => void): void {
		if (this.dead) return;
		if (this.frozen) this.held.push(run);
		else run();
	}

	channel(): Channel {
		return {
			post: (message) => {
				if (this.dead) return;
				for (const other of this.browser.tabs) {
					if (other === this) continue;
					queueMicrotask(() => other.when(() => other.hear(structuredClone(message))));
				}
			},
			listen: (heard) => {
				this.heard.add(heard);
				return () => void this.heard.delete(heard);
			},
			close: () => this.heard.clear()
		};
	}

	private hear(message: TabMessage): void {
		for (const heard of this.heard) heard(message);
	}

	start(
		parts: { me: Card; chance: Chance } & Pick<
			ConstructorParameters<typeof Hub>[0],
			'transports' | 'onError'
		>
	): void {
		this.hub = new Hub({
			me: parts.me,
			store: this.store,
			outbox: this.outbox,
			transports: parts.transports,
			lock: this.browser.locks.of(this),
			channel: this.channel(),
			clock: this.clock,
			random: parts.chance,
			onError: parts.onError!
		});
		this.hub.start();
	}

	/** The tab is gone between any two awaits: no goodbye. */
	kill(): void {
		this.dead = true;
		this.browser.tabs.delete(this);
		this.browser.locks.died(this);
	}

	freeze(): void {
		this.frozen = true;
	}

	resume(): void {
		this.frozen = false;
		for (const run of this.held.splice(0)) this.when(run);
		this.hub?.retryNow();
	}
}

/** A handle whose calls never come back once its tab is dead, before or after they took effect. */
function mortal<T extends object>(store: T, tab: SimTab): T {
	return new Proxy(store, {
		get(target, key) {
			const value = Reflect.get(target, key) as unknown;
			if (typeof value !== 'function') return value;
			return (...args: unknown[]) => {
				if (tab.dead) return new Promise(() => undefined);
				const answer = (value as (...all: unknown[]) => unknown).apply(target, args);
				if (!(answer instanceof Promise)) return answer;
				return answer.then(
					(found: unknown) => (tab.dead ? new Promise(() => undefined) : found),
					(error: unknown) => (tab.dead ? new Promise(() => undefined) : Promise.reject(error))
				);
			};
		}
	});
}
