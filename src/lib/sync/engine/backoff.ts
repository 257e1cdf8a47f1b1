/** How long to wait before the next attempt. Pure. */

/** ms of the first wait at most, and of any wait at most. */
const FIRST = 1_000;
const LONGEST = 60_000;

/**
 * "Full jitter": a time anywhere between 0 and a bound that doubles, so that ten thousand devices do
 * not come back to a restarted server in waves (Brooker, "Exponential Backoff And Jitter", AWS 2015).
 * @param failures attempts that failed in a row, 1 or more
 * @param chance a number from 0 to 1
 * @returns ms, at least a fifth of a second so that a refusing server is not hammered
 */
export function backoff(failures: number, chance: number): number {
	const bound = Math.min(LONGEST, FIRST * 2 ** Math.min(failures - 1, 10));
	return Math.max(200, Math.floor(chance * bound));
}

/**
 * Time between two questions when frames do not come by themselves (WebSocket blocked).
 * @returns 3,000–15,000 ms (NET-4)
 */
export function pollEvery(chance: number): number {
	return 3_000 + Math.floor(chance * 12_000);
}
