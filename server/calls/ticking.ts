/** Looks once a second at what comes by itself, as long as calls stand. */
import type { Clock } from '../domain/ports.ts';
import type { DeedRunner } from './deeds.ts';
import type { Desk } from './desk.ts';
import type { CallDomain } from './ports.ts';

/** ms between two looks at what comes by itself. */
const TICK = 1_000;
/** Looks between two notes in the database that calls are alive. */
const ALIVE_EVERY = 30;

interface TickingParts {
	domain: Pick<CallDomain, 'noteAlive'>;
	desk: Desk;
	deeds: DeedRunner;
	clock: Pick<Clock, 'after'>;
	/** ms of the calls' own time */
	now: () => number;
	onError: (error: unknown) => void;
}

export class Ticking {
	readonly #parts: TickingParts;
	#looks = 0;
	#stop: (() => void) | null = null;
	#isClosed = false;

	constructor(parts: TickingParts) {
		this.#parts = parts;
	}

	/** To be called when a call may have begun: goes on until none stands any more. */
	keep(): void {
		const { clock, desk } = this.#parts;
		if (this.#stop || this.#isClosed || desk.isEmpty()) return;
		this.#stop = clock.after(TICK, () => {
			this.#stop = null;
			this.#tick();
			this.keep();
		});
	}

	close(): void {
		this.#isClosed = true;
		this.#stop?.();
	}

	#tick(): void {
		const { desk, deeds, now } = this.#parts;
		deeds.run(desk.tick(now()));
		this.#looks += 1;
		if (this.#looks % ALIVE_EVERY === 0) this.#noteAlive();
	}

	/** If the server goes away, a call ended when somebody was last known to be in it. */
	#noteAlive(): void {
		const { desk, domain, now, onError } = this.#parts;
		const at = now();
		const alive = [...desk.all()].filter(({ seats }) =>
			[...seats.values()].some(
				({ away, named }) => away === null || at - named < TICK * ALIVE_EVERY
			)
		);
		const ids = alive.map(({ id }) => id);
		if (ids.length > 0) domain.noteAlive(ids, at).catch(onError);
	}
}
