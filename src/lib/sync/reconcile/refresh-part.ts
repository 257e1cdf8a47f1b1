/** Which rows of a stream are brought up to date by one request. */
import type { StreamState } from '../ports.ts';

export const NON_MESSAGE_ROWS = 'nonMessageRows';
/** The messages of a range of seqs, or everything that is not a message. */
export type RefreshPart = typeof NON_MESSAGE_ROWS | { from: number; to: number };

/** Rows of a room that are held but known only as of an earlier change, `since`. */
export interface StalePart {
	part: RefreshPart;
	since: number;
}

/** The next part of a stream to bring up to date; null when all of it follows the cursor. */
export function nextStalePart(state: StreamState): StalePart | null {
	if (state.kind !== 'room' || !state.cursor) return null;
	if (state.nonMessageAsOf !== null) return { part: NON_MESSAGE_ROWS, since: state.nonMessageAsOf };
	for (const { from, to, asOf } of state.ranges) {
		if (asOf !== null) return { part: { from, to }, since: asOf };
	}
	return null;
}
