/** Time that no setting of the machine's clock makes jump, as long as it is looked at often. */
import type { Clock } from '../domain/ports.ts';

/** ms that can pass between two looks. */
const BETWEEN_LOOKS = 10_000;

export interface SteadyTime {
	/** ms; to be asked at least every few seconds */
	now(): number;
	/** the same moment as devices know it, who follow the server's clock */
	toWall(at: number): number;
	/** follows the machine's clock again; while nothing depends on it */
	reset(): void;
}

/** Begins with what the clock says; across a jump it stands still. */
export function createSteadyTime(clock: Pick<Clock, 'now'>): SteadyTime {
	let offset = 0;
	let last = clock.now();
	return {
		now() {
			const passed = clock.now() + offset - last;
			if (passed < 0 || passed > BETWEEN_LOOKS) offset -= passed;
			last = clock.now() + offset;
			return last;
		},
		toWall: (at) => at - offset,
		reset() {
			offset = 0;
			last = clock.now();
		}
	};
}
