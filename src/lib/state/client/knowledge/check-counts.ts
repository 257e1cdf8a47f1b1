/** Compares the number of unread messages with what counting comes to: here, or on the server where not all is kept. */
import type { RoomId } from '../../../protocol/ids.ts';
import { LIMITS } from '../../../protocol/limits.ts';
import type { Checked } from '../../../read-model/comparison.ts';
import type { StreamState, UnreadChange } from '../../../sync/ports.ts';
import { change, countable } from '../../../sync/reconcile/stream-state.ts';
import { countUnread } from '../../../sync/reconcile/unread.ts';
import type { KnowledgeParts } from './parts.ts';

/** A room that moves on meanwhile is counted this often. */
const LOOKS = 10;

interface Counted {
	unread: number;
	mentioned: number;
}

async function countHere(
	{ cache, me }: KnowledgeParts,
	{ id, read, cursor }: StreamState
): Promise<Counted> {
	// As many as there are seqs: all of them are unread at the most.
	const rows = await cache.messages(id, read + 1, cursor!.s, cursor!.s, 'bottom');
	return countUnread(rows, me);
}

/** null: the server stands elsewhere now, or a read position has not reached it yet. */
async function countThere(
	{ hub, unsent }: KnowledgeParts,
	{ id, cursor }: StreamState
): Promise<Counted | null> {
	const isOnItsWay = ({ act }: { act: { kind: string; room?: string } }) =>
		act.kind === 'read.mark' && act.room === id;
	if ((await unsent.all()).some(isOnItsWay)) return null;
	const { pages } = await hub.ask('pull', { streams: [{ id, cursor }] });
	const [page] = pages;
	if (page?.type !== 'page' || page.upto.s !== cursor?.s || page.unread === undefined) return null;
	return { unread: page.unread, mentioned: page.mentioned ?? 0 };
}

/** The server counts no further than to a limit. */
const upTo = (count: number): number => Math.min(count, LIMITS.unreadMax);

/** Compares the count of a room, and sets it right. Rejects with LinkError or StoreError. */
export async function checkCounts(parts: KnowledgeParts, room: RoomId): Promise<Checked[]> {
	const { cache, me } = parts;
	for (let look = 0; look < LOOKS; look++) {
		const state = await cache.stream(room);
		if (!state?.cursor) return [];
		const isHere = countable(state);
		const counted = isHere ? await countHere(parts, state) : await countThere(parts, state);
		if (!counted) return [];
		const isSame = isHere
			? counted.unread === state.unread && counted.mentioned === state.mentioned
			: upTo(counted.unread) === upTo(state.unread);
		const unread: UnreadChange = isHere
			? 'recount'
			: { set: counted.unread, mentions: counted.mentioned };
		const next: StreamState = { ...state, unreadBy: isHere ? 'device' : 'server' };
		if (isSame && (await cache.stream(room))?.version === state.version) return [];
		if (isSame || !(await cache.commit([{ ...change(state, next), unread }], me))) continue;
		const { unread: was } = state;
		return [
			{
				stream: room,
				fault: 'unread',
				count: was,
				from: state.read,
				to: counted.unread,
				isMended: true
			}
		];
	}
	return [];
}
