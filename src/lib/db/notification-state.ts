/**
 * What a notification on screen stands for by now: a message that was taken back, changed, read elsewhere, or said in
 * a room that was left must not go on being shown (promises 8 and 11).
 */
import type { Card, MessageRow } from '../protocol/change.ts';
import type { PersonId, RoomId } from '../protocol/ids.ts';
import { isCounted } from '../sync/reconcile/stream-state.ts';
import type { StreamState } from '../sync/ports.ts';
import type { Cache } from './cache.ts';

/** Unread messages among which one is looked for that still stands. */
const NEWEST = 30;

/** A message, with what a notification says of its room and its author. */
export interface Unread {
	is: 'unread';
	message: MessageRow;
	state: StreamState;
	author: Card | null;
}

/**
 * "unknown": it has not come to this device, `isIn` says whether the room has; "gone": there is nothing to tell,
 * because it was read, taken back with nothing unread beside it, or said where the person is no longer.
 */
export type Stands = Unread | { is: 'unknown'; isIn: boolean } | { is: 'gone' };

type Reads = Pick<Cache, 'stream' | 'messages' | 'cards'>;

/** Looks at the device only. @param seq of the message that was told */
export async function whatStands(
	cache: Reads,
	me: PersonId,
	room: RoomId,
	seq: number
): Promise<Stands> {
	const state = await cache.stream(room);
	// Of a device that does not know yet which rooms there are, no room is gone.
	if (!state) {
		const feed = await cache.stream(me);
		return feed?.ready ? { is: 'gone' } : { is: 'unknown', isIn: false };
	}
	if (!state.cursor) return { is: 'unknown', isIn: true };
	const known = state.cursor.s;
	if (state.unread === 0 && known >= seq) return { is: 'gone' };
	const [told] = await cache.messages(room, seq, seq, 1, 'top');
	if (!told && known < seq) return { is: 'unknown', isIn: true };
	const message =
		told && seq > state.read && isCounted(told, me) ? told : await newestUnread(cache, me, state);
	if (!message) return { is: 'gone' };
	const [author = null] = await cache.cards([message.author]);
	return { is: 'unread', message, state, author };
}

async function newestUnread(
	cache: Reads,
	me: PersonId,
	{ id, read, cursor }: StreamState
): Promise<MessageRow | undefined> {
	const rows = await cache.messages(id, read + 1, cursor!.s, NEWEST, 'top');
	return rows.filter((row) => isCounted(row, me)).at(-1);
}
