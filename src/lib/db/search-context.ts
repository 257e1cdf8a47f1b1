/** What stands around a message that was found, and how much of the conversations is on this device at all. */
import { isSaid, type MessageRow } from '../protocol/change.ts';
import { holes } from '../sync/reconcile/range.ts';
import type { StreamState } from '../sync/ports.ts';
import type { Cache } from './cache.ts';

/** What was said before and after a message; null: nothing, or it is not on this device. */
export interface Neighbours {
	before: MessageRow | null;
	after: MessageRow | null;
}

/** Of how many conversations this device keeps anything, and of how many not everything. */
export interface Coverage {
	rooms: number;
	partial: number;
}

/** Messages that are looked at for one that was said: between any two may stand notes and what was recalled. */
const LOOKED_AT = 5;

/** What was said right before and after a message, as far as this device knows that it was right there. */
export async function neighboursOf(
	cache: Pick<Cache, 'stream' | 'messages'>,
	{ room, seq }: Pick<MessageRow, 'room' | 'seq'>
): Promise<Neighbours> {
	const state = await cache.stream(room);
	const range = state?.ranges.find(({ from, to }) => from <= seq && seq <= to);
	if (!range) return { before: null, after: null };
	const [above, below] = await Promise.all([
		cache.messages(room, range.from, seq - 1, LOOKED_AT, 'top'),
		cache.messages(room, seq + 1, range.to, LOOKED_AT, 'bottom')
	]);
	return { before: above.findLast(isSaid) ?? null, after: below.find(isSaid) ?? null };
}

const isWhole = ({ cursor, ranges }: StreamState): boolean =>
	cursor !== null && holes(ranges, cursor.s).length === 0;

/** How much of the conversations that one is in is on this device. */
export function coverageOf(states: readonly StreamState[]): Coverage {
	const rooms = states.filter((state) => state.kind === 'room' && state.role !== null);
	return { rooms: rooms.length, partial: rooms.filter((state) => !isWhole(state)).length };
}
