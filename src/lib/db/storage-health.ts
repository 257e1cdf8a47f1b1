/**
 * How much is kept on this device, and keeping it within a budget (complaint 20): the oldest history
 * of the rooms that were silent longest goes first; outbox and drafts never.
 */
import type { PersonId, RoomId } from '../protocol/ids.ts';
import type { StreamState } from '../sync/ports.ts';
import { trim } from '../sync/reconcile/range.ts';
import type { Cache } from './cache.ts';
import { heldSeqsAt } from './seqs-at.ts';

/** Messages kept over all rooms before history is trimmed; about 100 MB with their indexes. */
const MESSAGE_BUDGET = 200_000;
/** The newest messages of a room that trimming leaves. */
const LEFT_PER_ROOM = 500;
/** Share of the browser's quota above which history is trimmed, too. */
const QUOTA_SHARE = 0.8;
/** Share of the messages to keep when the quota, not the budget, calls for trimming. */
const QUOTA_KEEP = 0.5;

/** Bytes, as far as the browser tells. */
interface Estimate {
	used: number | null;
	quota: number | null;
}

/** What the browser says about the site's storage. */
export async function estimate(): Promise<Estimate> {
	if (!navigator.storage?.estimate) return { used: null, quota: null };
	const { usage, quota } = await navigator.storage.estimate();
	return { used: usage ?? null, quota: quota ?? null };
}

/** Whether the browser has promised not to evict the site's data. */
export async function isPersistent(): Promise<boolean> {
	return (await navigator.storage?.persisted?.()) ?? false;
}

/** Whether there is anything to ask: not over plain http, nor in some web views. */
export const canPersist = (): boolean => typeof navigator.storage?.persist === 'function';

/** Asks the browser to keep the data for good; it may ask the person. */
export async function persist(): Promise<boolean> {
	return (await navigator.storage?.persist?.()) ?? false;
}

/** How many messages may be kept at this filling of the disk. */
export function budgetFor(held: number, { used, quota }: Estimate): number {
	const isTight = used !== null && quota !== null && used > quota * QUOTA_SHARE;
	return isTight ? Math.min(MESSAGE_BUDGET, Math.floor(held * QUOTA_KEEP)) : MESSAGE_BUDGET;
}

/** Messages kept per room. */
export async function heldMessages(cache: Cache): Promise<Map<RoomId, number>> {
	const rooms = (await cache.streams()).filter((state) => state.kind === 'room');
	const counts = await Promise.all(rooms.map((room) => cache.countMessages(room.id)));
	return new Map(rooms.map((room, i) => [room.id, counts[i]!]));
}

/**
 * Trims history until the budget holds or nothing more may go.
 * @param budget messages over all rooms
 * @returns number of messages that went
 */
export async function trimHistory(cache: Cache, me: PersonId, budget: number): Promise<number> {
	const held = await heldMessages(cache);
	let total = [...held.values()].reduce((sum, count) => sum + count, 0);
	const before = total;
	const silentFirst = (await cache.streams())
		.filter((state) => (held.get(state.id) ?? 0) > LEFT_PER_ROOM)
		.sort((a, b) => (a.last?.at ?? 0) - (b.last?.at ?? 0));
	for (const state of silentFirst) {
		if (total <= budget) break;
		// Another tab may have been faster; the next round sees to what is left.
		if (!(await trimStream(cache, me, state, LEFT_PER_ROOM))) continue;
		total += (await cache.countMessages(state.id)) - (held.get(state.id) ?? 0);
	}
	return before - total;
}

/**
 * Throws away what is kept of a room but for the newest messages and what is unread.
 * @param left number of the newest messages to leave
 */
export function trimRoom(cache: Cache, me: PersonId, room: RoomId, left: number): Promise<void> {
	return untilWritten(cache, room, (state) => trimStream(cache, me, state, left));
}

/**
 * Throws away what is kept of a room and was said before a moment, but for the newest messages and what is unread.
 * @param before ms, server time
 * @param left number of the newest messages to leave: a room that was silent for long is not to be empty
 */
export function trimBefore(
	cache: Cache,
	me: PersonId,
	room: RoomId,
	before: number,
	left: number
): Promise<void> {
	return untilWritten(cache, room, async (state) => {
		const [first] = await heldSeqsAt(cache, room, [before]);
		const newest = await edge(cache, state, left);
		return trimBelow(cache, me, state, Math.min(first ?? newest, newest));
	});
}

/** The engine may write at the same moment; then the room is looked at again. @param write answers whether it is done */
async function untilWritten(
	cache: Cache,
	room: RoomId,
	write: (state: StreamState) => Promise<boolean>
): Promise<void> {
	for (let tries = 0; tries < 5; tries++) {
		const state = await cache.stream(room);
		if (!state?.cursor || (await write(state))) return;
	}
}

/** Answers whether there is nothing more to do for this state of the room. */
async function trimStream(
	cache: Cache,
	me: PersonId,
	state: StreamState,
	left: number
): Promise<boolean> {
	return trimBelow(cache, me, state, await edge(cache, state, left));
}

/** The same. @param below messages with smaller seqs go */
async function trimBelow(
	cache: Cache,
	me: PersonId,
	state: StreamState,
	below: number
): Promise<boolean> {
	const [first] = below <= 1 ? [] : await cache.messages(state.id, 0, below - 1, 1, 'bottom');
	if (!first) return true;
	const written = await cache.commit(
		[
			{
				id: state.id,
				expect: state.version,
				next: { ...state, ranges: trim(state.ranges, below) },
				wipe: false,
				trimBelow: below,
				rows: [],
				skipMerge: false,
				cards: [],
				unread: null
			}
		],
		me
	);
	return written !== null;
}

/** The seq below which a room's messages may go: nothing unread does, so that it can be counted. */
async function edge(cache: Cache, state: StreamState, left: number): Promise<number> {
	const newest = await cache.messages(state.id, 0, Infinity, left, 'top');
	return Math.min(newest[0]?.seq ?? 0, state.read + 1);
}
