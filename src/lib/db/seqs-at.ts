/** Where in a conversation a moment lies, as far as it is on this device. */
import type { RoomId } from '../protocol/ids.ts';
import { findSeqsAt } from '../search/seq-at.ts';
import type { Cache } from './cache.ts';

/**
 * For each moment the seq of the first message held that was said at or after it; null: there is none.
 * @param times ms, ascending
 */
export async function heldSeqsAt(
	cache: Pick<Cache, 'stream' | 'messages'>,
	room: RoomId,
	times: readonly number[]
): Promise<(number | null)[]> {
	const head = (await cache.stream(room))?.cursor?.s ?? 0;
	const search = findSeqsAt(times, head);
	let step = search.next();
	while (!step.done) {
		const [first] = await cache.messages(room, step.value, Infinity, 1, 'bottom');
		step = search.next(first ?? null);
	}
	return step.value;
}
