/** A network held in the hand: it delays, drops, repeats, reorders, cuts and goes silent. */
import type { Frame } from '../../../src/lib/protocol/down.ts';
import type { Answer, RequestName, Requests } from '../../../src/lib/protocol/events.ts';
import type { Actor } from '../../../server/domain/ports.ts';
import { LIMITS } from '../../../src/lib/protocol/limits.ts';
import {
	LinkError,
	type Link,
	type LinkEvents,
	type Transport
} from '../../../src/lib/sync/ports.ts';
import { plantInLink, type Bug } from './bugs.ts';
import type { Chance } from './chance.ts';
import type { History } from './history.ts';
import type { ServerLink, SimServer } from './server.ts';
import type { VirtualTime } from './time.ts';

/** How bad the network is. */
export interface Weather {
	/** probability that a message is lost, repeated */
	drop: number;
	repeat: number;
	/** ms of delay at most; independent for each message, so messages overtake one another */
	delay: number;
}
export const CALM: Weather = { drop: 0, repeat: 0, delay: 20 };

/** The network of one device. */
export class SimNetwork {
	weather: Weather = CALM;
	/** no way to the server at all */
	offline = false;
	private readonly open = new Set<SimLink>();

	readonly time: VirtualTime;
	readonly chance: Chance;
	readonly server: SimServer;
	readonly history: History;
	readonly bug: Bug | null;

	constructor(
		time: VirtualTime,
		chance: Chance,
		server: SimServer,
		history: History,
		bug: Bug | null
	) {
		this.time = time;
		this.chance = chance;
		this.server = server;
		this.history = history;
		this.bug = bug;
	}

	/** Every open link is closed, and both sides learn it. */
	cut(): void {
		for (const link of [...this.open]) link.die();
	}

	/** Links that carry nothing are noticed and closed. */
	cutSilent(): void {
		for (const link of [...this.open]) if (link.silent) link.die();
	}

	/** Every open link stays open and carries nothing any more. */
	goSilent(): void {
		for (const link of this.open) link.silent = true;
	}

	/** @param alive whether the tab that holds the link still runs */
	transport(actor: Actor, live: boolean, alive: () => boolean): Transport {
		return {
			connect: async (events) => {
				await this.pause();
				if (this.offline || !this.server.running) throw new LinkError({ kind: 'unreachable' });
				const link = new SimLink(this, actor, live, events, alive);
				const refused = new Promise<false>((resolve) =>
					this.time.after(3_000, () => resolve(false))
				);
				if (!(await Promise.race([link.greet(), refused])))
					throw new LinkError({ kind: 'unreachable' });
				this.open.add(link);
				return plantInLink(link, this.bug);
			}
		};
	}

	/** Notes what the device was told of its acts. */
	heard(answer: Answer<'acts'>): void {
		if ('refused' in answer) return;
		for (const result of answer.results) {
			if (result.status === 'accepted') this.history.accepted.set(result.id, result);
			if (result.status === 'refused') this.history.refused.add(result.id);
		}
	}

	forget(link: SimLink): void {
		this.open.delete(link);
	}

	pause(): Promise<void> {
		return new Promise((resolve) => this.time.after(this.delay(), resolve));
	}

	delay(): number {
		return 1 + this.chance.int(this.weather.delay);
	}

	/** Carries something over, or not, or twice, each after its own delay; answers whether it was not lost. */
	carry(deliver: () => void): boolean {
		if (this.offline || this.chance.maybe(this.weather.drop)) return false;
		this.time.after(this.delay(), deliver);
		if (this.chance.maybe(this.weather.repeat)) this.time.after(this.delay(), deliver);
		return true;
	}
}

class SimLink implements Link {
	silent = false;
	private over = false;
	private remote: ServerLink | null = null;
	private readonly pending = new Set<(error: LinkError) => void>();

	private readonly network: SimNetwork;
	private readonly who: Actor;
	readonly live: boolean;
	private readonly events: LinkEvents;
	private readonly alive: () => boolean;

	constructor(
		network: SimNetwork,
		actor: Actor,
		live: boolean,
		events: LinkEvents,
		alive: () => boolean
	) {
		this.network = network;
		this.who = actor;
		this.live = live;
		this.events = events;
		this.alive = alive;
		// The planted bugs spread a link's properties: methods must be its own.
		this.ask = this.ask.bind(this);
		this.close = this.close.bind(this);
	}

	async greet(): Promise<boolean> {
		this.remote = await this.network.server.connect(this.who, {
			deliver: (frame) => this.bring(frame),
			hangUp: () =>
				void this.network.time.after(this.network.delay(), () =>
					this.silent ? undefined : this.die()
				)
		});
		return this.remote !== null;
	}

	private bring(frame: Frame): void {
		if (!this.live || this.silent || this.over) return;
		this.network.carry(() => {
			if (!this.over && !this.silent && this.alive()) this.events.frame(frame);
		});
	}

	ask<N extends RequestName>(name: N, ask: Requests[N]['ask']): Promise<Answer<N>> {
		return new Promise((resolve, reject) => {
			if (this.over) return reject(new LinkError({ kind: 'unreachable' }));
			const fail = (error: LinkError) => {
				this.pending.delete(fail);
				reject(error);
			};
			this.pending.add(fail);
			this.network.time.after(LIMITS.requestDeadline, () =>
				fail(new LinkError({ kind: 'unreachable' }))
			);
			const said = structuredClone(ask);
			if (this.silent) return;
			this.carryOrGoSilent(() => this.arrive(name, said, fail, resolve));
		});
	}

	private arrive<N extends RequestName>(
		name: N,
		ask: Requests[N]['ask'],
		fail: (error: LinkError) => void,
		resolve: (answer: Answer<N>) => void
	): void {
		if (this.silent || !this.remote) return;
		void this.network.server.ask(this.remote, name, ask).then((answer) => {
			if (this.silent) return;
			this.carryOrGoSilent(() => {
				if (this.over || this.silent) return;
				this.pending.delete(fail);
				if (name === 'acts') this.network.heard(answer as Answer<'acts'>);
				resolve(answer);
			});
		});
	}

	/** TCP loses nothing by itself: a lost question or answer means that the line carries nothing any more. */
	private carryOrGoSilent(deliver: () => void): void {
		if (!this.network.carry(deliver)) this.silent = true;
	}

	readonly watch = () => undefined;
	readonly typing = () => undefined;

	close(): void {
		this.end();
	}

	/** The line is cut. */
	die(): void {
		if (this.over) return;
		this.end();
		if (this.alive()) this.events.down({ kind: 'unreachable' });
	}

	private end(): void {
		this.over = true;
		this.network.forget(this);
		if (this.remote) this.network.server.disconnect(this.remote);
		for (const fail of [...this.pending]) fail(new LinkError({ kind: 'unreachable' }));
	}
}
