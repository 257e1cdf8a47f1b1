/** Watches for signs of life of the tab that leads: one that is frozen still holds the lock. */
import type { Clock } from '../ports.ts';

/** ms without a sign of life after which the leader is asked; and ms it then has to answer (TAB-2: 15 s). */
const SILENCE = 9_000;
const LAST_CALL = 4_000;

interface LeaderWatchParts {
	clock: Clock;
	/** the leader was silent: asks for a sign of life */
	ask: () => void;
	/** the leader is silent still: takes leadership away from it */
	takeOver: () => void;
}

/** The watch of one tab that follows; it begins with `restart`. */
export class LeaderWatch {
	private readonly parts: LeaderWatchParts;
	private cancel = (): void => undefined;

	constructor(parts: LeaderWatchParts) {
		this.parts = parts;
	}

	/** The leader has given a sign of life. */
	restart(): void {
		const { clock, ask, takeOver } = this.parts;
		this.cancel();
		this.cancel = clock.after(SILENCE, () => {
			ask();
			this.cancel = clock.after(LAST_CALL, takeOver);
		});
	}

	stop(): void {
		this.cancel();
	}
}
