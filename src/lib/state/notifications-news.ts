/**
 * What was just said, seen from the local store: in every tab, whoever leads, and whichever way it came.
 * History, and what a first look brings, are no news.
 */
import type { Cache } from '../db/cache.ts';
import type { Card, MessageRow } from '../protocol/change.ts';
import { isDirectId, type PersonId, type RoomId } from '../protocol/ids.ts';
import { isCounted } from '../sync/stream-state.ts';
import { StoreError, type StreamState } from '../sync/ports.ts';

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
	/** whether this device is level with the server now */
	isLevel: () => boolean;
	/** calls back when that may have changed; the answer ends it */
	watchLevel: (changed: () => void) => () => void;
	/** server time, ms */
	now: () => number;
	complain: (fault: unknown) => void;
}

/** Calls back with what is new, ascending by room and seq; the answer ends it. */
export function watchNews(parts: NewsParts, heard: (news: News[]) => void): () => void {
	const { cache, me } = parts;
	/** how far each room had come when it was looked at last; only rooms that were level then */
	const heads = new Map<RoomId, number>();
	let level = false;
	let running = false;
	let again = false;
	let ended = false;

	/** Rooms that have moved on since the last look, with how far they had come by then. */
	function moved(states: StreamState[]): [StreamState, number][] {
		const found: [StreamState, number][] = [];
		for (const state of states) {
			if (state.kind !== 'room' || !state.ready || !state.cursor) continue;
			// A room that is new among known ones: somebody has just begun a conversation.
			const before = heads.get(state.id) ?? (level ? state.read : undefined);
			heads.set(state.id, state.cursor.s);
			if (before !== undefined && state.cursor.s > before) found.push([state, before]);
		}
		return found;
	}

	async function newsOf(state: StreamState, after: number): Promise<News[]> {
		const from = Math.max(after, state.read) + 1;
		const rows = await cache.messages(state.id, from, state.cursor!.s, AT_ONCE, 'top');
		const fresh = rows.filter((row) => isCounted(row, me) && row.at >= parts.now() - FRESH);
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

	async function look(): Promise<void> {
		const states = await cache.streams();
		const changed = moved(states);
		if (!level) {
			level = parts.isLevel();
			return;
		}
		const news = await Promise.all(changed.map(([state, before]) => newsOf(state, before)));
		if (!ended && news.flat().length > 0) heard(news.flat());
	}

	async function run(): Promise<void> {
		again = true;
		if (running) return;
		running = true;
		while (again && !ended) {
			again = false;
			await look().catch((fault: unknown) => {
				if (!(ended && fault instanceof StoreError)) parts.complain(fault);
			});
		}
		running = false;
	}

	const ends = [
		cache.watch(null, () => void run()),
		parts.watchLevel(() => {
			if (!level && parts.isLevel()) void run();
		})
	];
	void run();
	return () => {
		ended = true;
		for (const end of ends) end();
	};
}
