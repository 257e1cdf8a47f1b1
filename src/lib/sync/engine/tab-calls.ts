/**
 * What the tabs of one device tell one another of calls. Every tab hears what the server says of them; the tab that
 * is in a call leads, because its page is not frozen while it has media, and says so to the others.
 */
import type { Requests } from '../../protocol/events.ts';
import { listeners } from '../listeners.ts';
import { LinkError, type CallEvent, type Clock, type TabCall, type TabMessage } from '../ports.ts';
import type { Engine } from './engine.ts';

/** ms after which a tab that wants to call gives up waiting for the server. */
const LEAD_WITHIN = 10_000;
/** ms after which a tab that was in a call and says nothing any more is taken for closed. */
const SILENCE = 10_000;

interface TabCallsParts {
	tab: string;
	clock: Clock;
	/** tells the other tabs */
	post: (message: TabMessage) => void;
	/** the engine of this tab, while it leads */
	engine: () => Engine | null;
	/** calls back whenever it stands otherwise with the link; the answer ends it */
	watch: (changed: () => void) => () => void;
	/** takes leadership from whichever tab has it */
	takeOver: () => void;
}

/** One tab's part. */
export class TabCalls {
	private readonly parts: TabCallsParts;
	private readonly events = listeners<[CallEvent]>();
	private readonly others = listeners<[TabCall | null]>();
	private mine: TabCall | null = null;
	private other: TabCall | null = null;
	private cancelSilence = (): void => undefined;
	/** Calls back with what the server says of calls; the answer ends it. */
	readonly onEvent = this.events.add;
	/** Calls back with the call that another tab is in; null: none any more. The answer ends it. */
	readonly onOther = this.others.add;

	constructor(parts: TabCallsParts) {
		this.parts = parts;
	}

	/** The server has said something to this tab, which leads. */
	tell(event: CallEvent): void {
		this.events.tell(event);
		if (event.is !== 'signal') this.parts.post({ type: 'call', event });
	}

	/** Another tab has said something. */
	hear(message: Extract<TabMessage, { type: 'call' | 'in-call' | 'who-calls' }>): void {
		if (message.type === 'call') this.events.tell(message.event);
		else if (message.type === 'who-calls') this.say();
		else this.heardOther(message.call);
	}

	/** Asks whether another tab is in a call. */
	askOthers(): void {
		this.parts.post({ type: 'who-calls' });
	}

	/** This tab is in a call, and still is; to be said every few seconds. null: in none any more. */
	inCall(call: TabCall | null): void {
		const isOver = this.mine !== null && call === null;
		this.mine = call;
		if (isOver) this.parts.post({ type: 'in-call', tab: this.parts.tab, call: null });
		else this.say();
	}

	/** Whether this tab leads and the server is there. */
	get isLinked(): boolean {
		return this.parts.engine()?.isLinked === true;
	}

	/** Makes this tab the one that leads. Rejects with LinkError when the server is not there within 10 s. */
	lead(): Promise<void> {
		const { watch, takeOver, clock, engine } = this.parts;
		if (this.isLinked) return Promise.resolve();
		if (!engine()) takeOver();
		return new Promise((resolve, reject) => {
			const ends = [
				watch(() => {
					if (!this.isLinked) return;
					end();
					resolve();
				}),
				clock.after(LEAD_WITHIN, () => {
					end();
					reject(new LinkError({ kind: 'unreachable' }));
				})
			];
			const end = (): void => ends.forEach((one) => one());
		});
	}

	/** Asks now, over the link of this tab; rejects with LinkError where it has none, or when the server says no. */
	async ask<N extends 'call' | 'signal'>(
		name: N,
		question: Requests[N]['ask']
	): Promise<Requests[N]['answer']> {
		const engine = this.parts.engine();
		if (!engine) throw new LinkError({ kind: 'unreachable' });
		return engine.askNow(name, question);
	}

	end(): void {
		this.cancelSilence();
	}

	private say(): void {
		const { tab, post } = this.parts;
		if (this.mine) post({ type: 'in-call', tab, call: this.mine });
	}

	private heardOther(call: TabCall | null): void {
		this.cancelSilence();
		if (call) this.cancelSilence = this.parts.clock.after(SILENCE, () => this.heardOther(null));
		if (call?.call === this.other?.call) return;
		this.other = call;
		this.others.tell(call);
	}
}
