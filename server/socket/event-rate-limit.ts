/** How many events one socket may send (SOCKET-5). */
import type { Clock } from '../domain/ports.ts';

/** Events a second in the long run; a device asks a few times a second even when it catches up. */
const RATE = 50;
/** Events at once, for a device that comes back with much to say. */
const BURST = 300;
/** A socket that goes on after so many refusals is not one of our devices, and is cut. */
const PATIENCE = 500;

/** How fast something may come: so many a second in the long run, so many at once. */
interface Pace {
	rate: number;
	burst: number;
}

const EVENTS: Pace = { rate: RATE, burst: BURST };
/** Signals between devices in a call: eight people who join at once make some 200, real networks a few times as many. */
const SIGNALS: Pace = { rate: 40, burst: 200 };
/** Bytes of signals: 1 MB a minute. */
const SIGNAL_BYTES: Pace = { rate: 1_000_000 / 60, burst: 1_000_000 };

interface TokenBucket {
	/** null when the event may pass; otherwise ms until one may again, or "cut". */
	take(now: number, tokens?: number): number | 'cut' | null;
}

/** @param now ms since the epoch */
export function createTokenBucket(now: number, { rate, burst } = EVENTS): TokenBucket {
	let tokens = burst;
	let filled = now;
	let refused = 0;
	return {
		take(at, wanted = 1) {
			tokens = Math.min(burst, tokens + (Math.max(0, at - filled) / 1_000) * rate);
			filled = at;
			if (tokens >= wanted) {
				tokens -= wanted;
				return null;
			}
			refused += 1;
			return refused > PATIENCE ? 'cut' : Math.ceil(((wanted - tokens) / rate) * 1_000);
		}
	};
}

/** A socket as far as it is limited. */
interface Limited {
	use(each: (event: unknown[], next: () => void) => void): unknown;
	disconnect(close: boolean): unknown;
}

/**
 * Counts every event (signals of calls by themselves) of a socket, known or not, and cuts a socket that goes on regardless.
 * @param tooMany tells its sender about an event that does not pass, and the ms until one may again
 */
export function limitEvents(
	socket: Limited,
	clock: Clock,
	tooMany: (event: unknown[], wait: number) => void
): void {
	const now = clock.now();
	const events = createTokenBucket(now);
	const signals = createTokenBucket(now, SIGNALS);
	const signalBytes = createTokenBucket(now, SIGNAL_BYTES);
	const waitFor = (event: unknown[]) => {
		const at = clock.now();
		if (event[0] !== 'signal') return events.take(at);
		// In the place of what is said there may be nothing but the acknowledgement, which is no JSON.
		const said = JSON.stringify(event[1]) as string | undefined;
		return signals.take(at) ?? signalBytes.take(at, said?.length ?? 0);
	};
	socket.use((event, next) => {
		const wait = waitFor(event);
		if (wait === null) next();
		else if (wait === 'cut') socket.disconnect(true);
		else tooMany(event, wait);
	});
}
