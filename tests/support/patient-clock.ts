/** Time limits for tests in which the server is made to wait: none of them runs out, however slow the machine is. */
import type * as clockModule from '../../server/clock.ts';

/** ms from which on it is a limit, and no pause, and how much longer a limit lasts. */
const LIMIT = 5_000;
const LONGER = 10;

/** The module of the clock, as patient as that; what `vi.mock` is to put in its place. */
export const patient = (real: typeof clockModule): typeof clockModule => ({
	...real,
	realClock: {
		...real.realClock,
		after: (ms, run) => real.realClock.after(ms < LIMIT ? ms : LONGER * ms, run)
	}
});
