/** One person's browser: its tabs, its worker, its network, its clock. */
import type { Card } from '../../../src/lib/protocol/change.ts';
import { drainOutbox } from '../../../src/lib/sync/outbox/drain.ts';
import type { ActDraft } from '../../../src/lib/sync/outbox/create-act.ts';
import { LinkError, type StreamState } from '../../../src/lib/sync/ports.ts';
import {
	MemoryLocalStore,
	type MemorySnapshot
} from '../../../src/lib/sync/memory/memory-store.ts';
import { plantInLocalStore, type Bug } from './bugs.ts';
import type { Chance } from './chance.ts';
import type { History } from './history.ts';
import { CALM, SimNetwork } from './network.ts';
import type { SimServer } from './server.ts';
import { SimBrowser, SimTab } from './tabs.ts';
import type { VirtualTime } from './time.ts';

export class SimDevice {
	readonly browser = new SimBrowser();
	readonly network: SimNetwork;
	/** ms by which the device's clock is off */
	skew = 0;
	/** the cache lost its last commits, so that rows already answered may be missing until the next pull */
	lossy = false;
	private snapshots: MemorySnapshot[] = [];
	private tabCount = 0;

	readonly name: string;
	readonly me: Card;
	private readonly time: VirtualTime;
	private readonly chance: Chance;
	private readonly history: History;
	private readonly bug: Bug | null;

	constructor(
		name: string,
		me: Card,
		time: VirtualTime,
		chance: Chance,
		server: SimServer,
		history: History,
		bug: Bug | null
	) {
		this.name = name;
		this.me = me;
		this.time = time;
		this.chance = chance;
		this.history = history;
		this.bug = bug;
		this.network = new SimNetwork(time, chance.fork('network'), server, history, bug);
	}

	get tabs(): SimTab[] {
		return [...this.browser.tabs].filter((tab) => tab.hub);
	}
	get rooms(): StreamState[] {
		return [...this.browser.cache.streams.values()].filter((state) => state.kind === 'room');
	}
	get queued(): number {
		return [...this.browser.outbox.rows.values()].filter((row) => row.state === 'queued').length;
	}

	private makeTab(): SimTab {
		return new SimTab(
			this.browser,
			this.time,
			() => this.skew,
			(store) =>
				plantInLocalStore(store, this.bug, (ms) => new Promise((done) => this.time.after(ms, done)))
		);
	}

	private who() {
		return { person: this.me.id, session: this.name, device: this.name };
	}

	openTab(): void {
		if (this.tabs.length >= 3) return;
		const tab = this.makeTab();
		tab.start({
			me: this.me,
			chance: this.chance.fork(`tab ${this.tabCount++}`),
			transports: [
				this.network.transport(this.who(), true, () => !tab.dead && !tab.frozen),
				this.network.transport(this.who(), false, () => !tab.dead && !tab.frozen)
			],
			onError: (error) => this.history.error(this.name, error)
		});
	}

	/** Something a person does in one of the tabs that is not frozen. Resolves whatever becomes of it. */
	async act(draft: ActDraft): Promise<void> {
		const tab = this.tabs.find((one) => !one.frozen);
		if (!tab?.hub) return;
		const before = this.browser.outbox.nextOrder;
		const id = await tab.hub.queue.add(draft);
		const row = [...this.browser.outbox.rows.values()].find(
			(one) => one.order >= before && one.id === id
		);
		this.history.invoked(row?.act ?? ({ ...draft, id, at: 0 } as never), this.name);
	}

	/** The service worker wakes and sends what it may. */
	async wakeWorker(): Promise<void> {
		const worker = this.makeTab();
		const transport = this.network.transport(this.who(), false, () => !worker.dead);
		try {
			await drainOutbox({
				me: this.me.id,
				store: worker.store,
				outbox: worker.outbox,
				transport,
				lock: this.browser.locks.of(worker),
				clock: worker.clock,
				random: this.chance.fork('worker'),
				accepted: () => undefined
			});
		} catch (error) {
			if (!(error instanceof LinkError)) this.history.error(`${this.name} worker`, error);
		} finally {
			this.browser.tabs.delete(worker);
		}
	}

	remember(): void {
		this.snapshots.push(new MemoryLocalStore(this.browser.cache).snapshot());
		if (this.snapshots.length > 3) this.snapshots.shift();
	}

	/** The machine stops without notice: all tabs die, and the cache's last relaxed commits are gone. */
	crash(): void {
		for (const tab of [...this.browser.tabs]) tab.kill();
		const older = this.snapshots.at(-1);
		if (!older) return;
		new MemoryLocalStore(this.browser.cache).restore(older);
		this.lossy = true;
	}

	/** Everything is well again. */
	heal(): void {
		this.network.weather = CALM;
		this.network.offline = false;
		for (const tab of this.tabs) if (tab.frozen) tab.resume();
		this.network.cutSilent();
		// A browser does not let a worker wait for long.
		for (const tab of [...this.browser.tabs]) if (!tab.hub) tab.kill();
		if (this.tabs.length === 0) this.openTab();
		for (const tab of this.tabs) {
			if (tab.hub!.status.link !== 'live') tab.hub!.retryNow();
		}
	}
}
