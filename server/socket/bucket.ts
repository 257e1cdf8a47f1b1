/** How many events one socket may send (S5). */

/** Events a second in the long run; a device asks a few times a second even when it catches up. */
const RATE = 50;
/** Events at once, for a device that comes back with much to say. */
const BURST = 300;
/** A socket that goes on after so many refusals is not one of our devices, and is cut. */
const PATIENCE = 500;

export interface Bucket {
	/** null when the event may pass; otherwise ms until one may again, or "cut". */
	take(now: number): number | 'cut' | null;
}

/** @param now ms since the epoch */
export function createBucket(now: number): Bucket {
	let tokens = BURST;
	let filled = now;
	let refused = 0;
	return {
		take(at) {
			tokens = Math.min(BURST, tokens + (Math.max(0, at - filled) / 1_000) * RATE);
			filled = at;
			if (tokens >= 1) {
				tokens -= 1;
				return null;
			}
			refused += 1;
			return refused > PATIENCE ? 'cut' : Math.ceil(((1 - tokens) / RATE) * 1_000);
		}
	};
}
