/** Real time. */
import type { Clock } from './domain/ports.ts';
import { outsideRequests } from './request-id.ts';

/** A clock for work of the server's own, such as a commit that several share: its lines in the log name no request. */
export const serverTime = (clock: Clock): Clock => ({
	...clock,
	after: (ms, run) => clock.after(ms, () => outsideRequests(run))
});

/** What a request waits for is its own. */
export const realClock: Clock = {
	now: () => Date.now(),
	after(ms, run) {
		const timer = setTimeout(run, ms);
		return () => clearTimeout(timer);
	}
};
