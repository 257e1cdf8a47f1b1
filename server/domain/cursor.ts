/** Rules about cursors, shared by all stores. Pure. */
import type { Cursor } from '../../src/lib/protocol/change.ts';
import type { Reset } from '../../src/lib/protocol/down.ts';
import { LIMITS } from '../../src/lib/protocol/limits.ts';

/** What a store knows about a stream when it checks a cursor. */
export interface Past {
	instance: string;
	generation: number;
	head: number;
	floor: number;
	/** hash of the change at the cursor's seq; null when it is not in the log */
	hash: string | null;
}

/**
 * C2: why a cursor is no part of this stream's past, or null when it is. This is what catches a
 * server that was restored from a backup: ids alone look fine and would merge two histories (promise 18).
 */
export function whyReset(cursor: Cursor, past: Past): Reset['why'] | null {
	if (cursor.i !== past.instance) return 'instance';
	if (cursor.g !== past.generation) return 'generation';
	if (cursor.s > past.head) return 'ahead';
	if (cursor.s < past.floor) return 'floor';
	return cursor.h === past.hash ? null : 'hash';
}

/** C5: a device that knows nothing, or is far behind, gets the newest page and a hole, never a replay. */
export function isFarBehind(cursor: Cursor | null, head: number): boolean {
	return !cursor || head - cursor.s > LIMITS.skipToNewestAfter;
}
