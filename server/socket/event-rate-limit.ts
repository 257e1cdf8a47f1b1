/** How many events one socket may send (SOCKET-5). */
import type { Clock } from '../domain/ports.ts';

/** Events a second in the long run; a device asks a few times a second even when it catches up. */
const RATE = 50;
/** Events at once, for a device that comes back with much to say. */
const BURST = 300;
/** A socket that goes on after so many refusals is not one of our devices, and is cut. */
const PATIENCE = 500;

interface TokenBucket {
	/** null when the event may pass; otherwise ms until one may again, or "cut". */
	take(now: number): number | 'cut' | null;
}

/** @param now ms since the epoch */
export function createTokenBucket(now: number): TokenBucket {
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

/** A socket as far as it is limited. */
interface Limited {
	use(each: (event: unknown[], next: () => void) => void): unknown;
	disconnect(close: boolean): unknown;
}

/**
 * Counts every event of a socket, known or not, and cuts a socket that goes on regardless.
 * @param tooMany tells its sender about an event that does not pass, and the ms until one may again
 */
export function limitEvents(
	socket: Limited,
	clock: Clock,
	tooMany: (event: unknown[], wait: number) => void
): void {
	const bucket = createTokenBucket(clock.now());
	socket.use((event, next) => {
		const wait = bucket.take(clock.now());
		if (wait === null) next();
		else if (wait === 'cut') socket.disconnect(true);
		else tooMany(event, wait);
	});
}
