/** Notices that this process stood still: others have given it up meanwhile, and what it hears may be long over. */
import type { Clock } from '../domain/ports.ts';

/** ms between two signs of life, and without one after which the process stood still. Others wait longer (bus.ts). */
const TICK = 500;
const STILL_MAX = 2_500;

interface FreezeWatch {
	/** Whether it stood still since this was last asked. */
	wasFrozen(): boolean;
	stop(): void;
}

export function createFreezeWatch(clock: Clock, now = () => performance.now()): FreezeWatch {
	let last = now();
	let wasFrozen = false;
	let stop = clock.after(TICK, tick);

	function look(): void {
		if (now() - last > STILL_MAX) wasFrozen = true;
		last = now();
	}

	function tick(): void {
		look();
		stop = clock.after(TICK, tick);
	}

	return {
		wasFrozen() {
			look();
			const was = wasFrozen;
			wasFrozen = false;
			return was;
		},
		stop: () => stop()
	};
}
