/** What a digest of heads says is to be done. Pure. */
import type { Digest } from '../protocol/down.ts';
import type { PersonId, StreamId } from '../protocol/ids.ts';
import type { StreamChange } from './ports.ts';
import { type States, change, kindOf } from './stream-state.ts';

/** Rooms whose unread count may have changed and that only the server can count: they are to be asked for. */
export function uncounted(changes: StreamChange[]): StreamId[] {
	return changes
		.filter(({ next, unread }) => next?.cursor && next.unreadBy === 'server' && !unread)
		.map((change) => change.id);
}

/** What a digest says is to be done: streams to pull, rooms to forget. */
export interface DigestFinding {
	behind: StreamId[];
	changes: StreamChange[];
	/** the digest is older than the own feed, and there are rooms that it does not name */
	undecided: boolean;
}

/** R9: compares the heads with what is known. */
export function applyDigest(states: States, digest: Digest, me: PersonId): DigestFinding {
	const behind: StreamId[] = [];
	const changes: StreamChange[] = [];
	const { instance: i, generation: g } = digest;
	for (const [id, [head, hash]] of Object.entries(digest.heads)) {
		const state = states.get(id);
		const at = state?.cursor;
		const unconfirmed = state?.ahead?.some(({ old }) => old);
		if (!at || unconfirmed || at.i !== i || at.g !== g || at.s !== head || at.h !== hash)
			behind.push(id);
	}
	const feed = states.get(me)?.cursor;
	const feedHead = digest.heads[me];
	// An answer older than the own feed says nothing about which rooms there are.
	const tellsRooms = !feed || feed.i !== i || feed.g !== g || (feedHead && feedHead[0] >= feed.s);
	for (const state of states.values()) {
		if (state.kind !== 'room') continue;
		if (!digest.heads[state.id] && tellsRooms) changes.push(change(state, null));
	}
	if (!tellsRooms) {
		const known = behind.filter((id) => states.has(id) || kindOf(id, me) !== 'room');
		const unnamed = [...states.values()].some(
			({ id, kind }) => kind === 'room' && !digest.heads[id]
		);
		return { behind: known, changes, undecided: unnamed };
	}
	return { behind, changes, undecided: false };
}
