/** Real time. */
import type { Clock } from './domain/ports.ts';

export const realClock: Clock = {
	now: () => Date.now(),
	after(ms, run) {
		const timer = setTimeout(run, ms);
		return () => clearTimeout(timer);
	}
};
