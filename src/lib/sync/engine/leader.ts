/** The part of the tab that leads: its engine works on what all tabs want, and they hear how the connection stands. */
import type { Clock, TabInterests } from '../ports.ts';
import type { Engine } from './engine.ts';
import type { TabInterestsByTab } from './tab-interests.ts';

/** ms between two signs of life of the leader. */
const HEARTBEAT = 3_000;

interface LeaderParts {
	engine: Engine;
	/** what each tab wants; kept by the tab from one time of leading to the next */
	tabs: TabInterestsByTab;
	clock: Clock;
	/** gives the other tabs a sign of life, with the status */
	announce: () => void;
}

/** The leader, from `start` to `end`. */
export class Leader {
	readonly engine: Engine;
	private readonly parts: LeaderParts;
	private hasEnded = false;
	private cancelBeat = (): void => undefined;

	constructor(parts: LeaderParts) {
		this.parts = parts;
		this.engine = parts.engine;
	}

	/** @param own what this tab wants itself */
	start(tab: string, own: TabInterests): void {
		this.setInterests(tab, own);
		this.beat();
	}

	/** Gives a sign of life now, and from then on regularly. */
	beat(): void {
		this.cancelBeat();
		if (this.hasEnded) return;
		this.parts.announce();
		this.cancelBeat = this.parts.clock.after(HEARTBEAT, () => this.beat());
	}

	/** Another tab has said what it wants. */
	hear(tab: string, next: TabInterests): void {
		const { engine, tabs } = this.parts;
		const before = tabs.get(tab);
		this.setInterests(tab, next);
		if (next.fetch) engine.fetchHistory(next.fetch);
		if (before && next.retryNow > before.retryNow) engine.retryNow();
		this.beat();
	}

	/** This tab wants something else. */
	change(tab: string, interests: TabInterests, change: Partial<TabInterests>): void {
		const { engine } = this.parts;
		this.setInterests(tab, interests);
		if (change.fetch) engine.fetchHistory(change.fetch);
		if (change.retryNow !== undefined) engine.retryNow();
	}

	/** Asks for what the tabs that are there want by now. */
	watchForAll(): void {
		const { engine, tabs } = this.parts;
		engine.watch({ room: tabs.room(), friends: tabs.friends() });
		engine.typing(tabs.typing());
	}

	/** Gives no sign of life any more. */
	end(): void {
		this.hasEnded = true;
		this.cancelBeat();
	}

	private setInterests(tab: string, interests: TabInterests): void {
		this.parts.tabs.set(tab, interests);
		this.watchForAll();
	}
}
