/** The messages of a conversation from its beginning, from this device where it has them, else from the server. */
import type { Cache } from '../../../db/cache.ts';
import type { Card, MessageRow } from '../../../protocol/change.ts';
import type { RoomId } from '../../../protocol/ids.ts';
import { LIMITS } from '../../../protocol/limits.ts';
import type { Hub } from '../../../sync/engine/hub.ts';
import { LinkError } from '../../../sync/ports.ts';
import { isMessage } from '../../../sync/reconcile/stream-state.ts';

/** Messages read from this device at once. */
const PAGE = 500;

/** Messages with seqs up to `to`, all of them, or none because they cannot be had. */
interface RoomPage {
	to: number;
	rows: MessageRow[];
	cards: Card[];
	isMissing: boolean;
}

interface Parts {
	cache: Pick<Cache, 'stream' | 'messages' | 'together'>;
	hub: Pick<Hub, 'ask'>;
	/** whether what is not here is passed over when there is no way to the server; else it rejects with LinkError */
	passesOver: boolean;
}

/**
 * What this device has from a seq on: ranges and rows of one moment, so that what is trimmed meanwhile is missed. With a
 * way to the server, what the device knows only as of an older change is no more than a hole: it may have words that were
 * taken back since.
 * @returns the page; or, where a hole begins, the first seq that is held after it
 */
function heldPage(
	{ cache, passesOver }: Parts,
	room: RoomId,
	next: number,
	head: number
): Promise<RoomPage | number> {
	return cache.together(async () => {
		const ranges = (await cache.stream(room))?.ranges ?? [];
		const range = ranges.find(({ to, asOf }) => to >= next && (passesOver || asOf === null));
		if (!range || range.from > next) return range?.from ?? Infinity;
		const end = Math.min(range.to, head);
		const rows = await cache.messages(room, next, end, PAGE, 'bottom');
		const to = rows.length < PAGE ? end : rows.at(-1)!.seq;
		return { to, rows, cards: [], isMissing: false };
	});
}

/** A stretch that the server is asked for. @param before seq that is not wanted any more */
async function askPage(
	{ cache, hub, passesOver }: Parts,
	room: RoomId,
	next: number,
	before: number
): Promise<RoomPage> {
	const missing: RoomPage = { to: before - 1, rows: [], cards: [], isMissing: true };
	const cursor = (await cache.stream(room))?.cursor;
	if (!cursor) return missing;
	try {
		const answer = await hub.ask('history', {
			stream: room,
			cursor,
			after: next - 1,
			before,
			end: 'bottom',
			limit: LIMITS.historyMessagesMax
		});
		if (answer.type !== 'history') return missing;
		const rows = answer.rows.filter(isMessage);
		return { to: Math.min(answer.to, before - 1), rows, cards: answer.cards, isMissing: false };
	} catch (error) {
		if (passesOver && error instanceof LinkError) return missing;
		throw error;
	}
}

/**
 * Pages of a conversation, ascending, without a gap.
 * @param next the first seq; @param head the last one
 */
export async function* roomPages(
	parts: Parts,
	room: RoomId,
	next: number,
	head: number
): AsyncGenerator<RoomPage> {
	while (next <= head) {
		const held = await heldPage(parts, room, next, head);
		const page =
			typeof held === 'number' ? await askPage(parts, room, next, Math.min(held, head + 1)) : held;
		yield page;
		next = page.to + 1;
	}
}
