/**
 * Finds the first message of a room that was said at or after a moment. Times never go back within a room, so halving
 * the seqs finds it: some 20 looks for a million messages. Device and server each answer the looks from their own store.
 */

/** What a look is answered with: the first message with that seq or a later one; null: there is none. */
export type Place = { seq: number; at: number } | null;

/** Looks at most for one moment: seqs are below 2^53. */
const LOOKS_MAX = 54;

/**
 * Yields seqs to look at, see `Place`.
 * @param times ms, ascending
 * @param head no message has a larger seq
 * @returns for each time the seq of the first message at or after it, or null
 */
export function* findSeqsAt(
	times: readonly number[],
	head: number
): Generator<number, (number | null)[], Place> {
	const found: (number | null)[] = [];
	/** no message before this seq is at or after the present time */
	let low = 0;
	for (const time of times) {
		let high = head + 1;
		// Often the one that was found last is the answer again.
		let place: Place = yield low;
		if (place && place.at < time) low = place.seq + 1;
		else high = low;
		for (let looks = 0; low < high && looks < LOOKS_MAX; looks++) {
			const middle = Math.floor((low + high) / 2);
			place = yield middle;
			if (place && place.at < time) low = place.seq + 1;
			else high = middle;
		}
		place = yield low;
		found.push(place?.seq ?? null);
	}
	return found;
}
