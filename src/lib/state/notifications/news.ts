/**
 * What was just said, seen from the local store: in every tab, whoever leads, and whichever way it came.
 * History, and what a first look brings, are no news.
 */
import type { Cache } from '../../db/cache.ts';
import type { Card, MessageRow } from '../../protocol/change.ts';
import { isDirectId, type PersonId, type RoomId } from '../../protocol/ids.ts';
import { singleFlight } from '../../sync/concurrency.ts';
import { isCounted } from '../../sync/reconcile/stream-state.ts';
import { StoreError, type StreamState } from '../../sync/ports.ts';

/** ms (server time) after which a message is history: whoever was away so long was told by a push. */
export const FRESH = 60_000;
/** The newest of a burst are looked at; a notification stands for the rest. */
const AT_ONCE = 30;

/** Something said in a room, not read yet. */
export interface News {
	room: RoomId;
	/** empty in a direct conversation */
	name: string;
	direct: boolean;
	private: boolean;
	message: MessageRow;
	author: Card | null;
	/** who is answered by it, as far as known */
	answered: PersonId | null;
}

export interface NewsParts {
	cache: Pick<Cache, 'streams' | 'messages' | 'message' | 'cards' | 'watch'>;
	me: PersonId;
	/** whether this device is up to date with the server now */
	isUpToDate: () => boolean;
	/** calls back when that may have changed; the answer ends it */
	watchUpToDate: (changed: () => void) => () => void;
	/** server time, ms */
	now: () => number;
	onError: (error: unknown) => void;
}

/** What was said in a room after a seq, unread and no history. */
async function newsOf(
	{ cache, me, now }: NewsParts,
	state: StreamState,
	after: number
): Promise<News[]> {
	const from = Math.max(after, state.read) + 1;
	const rows = await cache.messages(state.id, from, state.cursor!.s, AT_ONCE, 'top');
	const fresh = rows.filter((row) => isCounted(row, me) && row.at >= now() - FRESH);
	const authors = await cache.cards([...new Set(fresh.map((row) => row.author))]);
	return Promise.all(
		fresh.map(async (message) => ({
			room: state.id,
			name: state.room?.direct ? '' : (state.room?.name ?? ''),
			direct: isDirectId(state.id),
			private: state.room?.private === true,
			message,
			author: authors.find((card) => card.id === message.author) ?? null,
			answered: message.reply ? ((await cache.message(message.reply))?.author ?? null) : null
		}))
	);
}

/** How far the rooms had come when they were looked at last. */
class RoomHeads {
	/** only rooms of which this device had all when it looked */
	readonly #heads = new Map<RoomId, number>();

	/**
	 * Rooms that have moved on since the last look, with how far they had come by then.
	 * @param isUpToDate whether the device had all by the last look: then a room that is new is news itself
	 */
	moved(states: StreamState[], isUpToDate: boolean): [StreamState, number][] {
		const found: [StreamState, number][] = [];
		for (const state of states) {
			if (state.kind !== 'room' || !state.ready || !state.cursor) continue;
			// A room that is new among known ones: somebody has just begun a conversation.
			const before = this.#heads.get(state.id) ?? (isUpToDate ? state.read : undefined);
			this.#heads.set(state.id, state.cursor.s);
			if (before !== undefined && state.cursor.s > before) found.push([state, before]);
		}
		return found;
	}
}

/** Calls back with what is new, ascending by room and seq; the answer ends it. */
export function watchNews(parts: NewsParts, heard: (news: News[]) => void): () => void {
	const { cache, isUpToDate, watchUpToDate, onError } = parts;
	const heads = new RoomHeads();
	/** whether this device was up to date with the server at some look: what comes from then on is news */
	let wasUpToDate = false;
	let hasEnded = false;

	async function look(): Promise<void> {
		if (hasEnded) return;
		const moved = heads.moved(await cache.streams(), wasUpToDate);
		if (!wasUpToDate) {
			wasUpToDate = isUpToDate();
			return;
		}
		const news = await Promise.all(moved.map(([state, before]) => newsOf(parts, state, before)));
		if (!hasEnded && news.flat().length > 0) heard(news.flat());
	}

	const run = singleFlight(look, (error) => {
		if (!(hasEnded && error instanceof StoreError)) onError(error);
	});
	const ends = [
		cache.watch(null, run),
		watchUpToDate(() => {
			if (!wasUpToDate && isUpToDate()) run();
		})
	];
	run();
	return () => {
		hasEnded = true;
		for (const end of ends) end();
	};
}
