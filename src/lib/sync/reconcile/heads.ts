/** What the heads of the streams say is to be done. Pure. */
import type { Heads } from '../../protocol/down.ts';
import type { PersonId, StreamId } from '../../protocol/ids.ts';
import type { StreamChange } from '../ports.ts';
import { type States, change, kindOf } from './stream-state.ts';

/** Rooms whose unread count may have changed and that only the server can count: they are to be asked for. */
export function uncounted(changes: StreamChange[]): StreamId[] {
	return changes
		.filter(({ next, unread }) => next?.cursor && next.unreadBy === 'server' && !unread)
		.map((change) => change.id);
}

/** What the heads say is to be done: streams to pull, rooms to forget. */
interface HeadsFinding {
	behind: StreamId[];
	changes: StreamChange[];
	/** the answer is older than the own feed, and there are rooms that it does not name */
	undecided: boolean;
}

/** R9: compares the heads with what is known. */
export function applyHeads(states: States, answer: Heads, me: PersonId): HeadsFinding {
	const behind: StreamId[] = [];
	const changes: StreamChange[] = [];
	const { instance: i, generation: g } = answer;
	for (const [id, [head, hash]] of Object.entries(answer.heads)) {
		const state = states.get(id);
		const at = state?.cursor;
		const unconfirmed = state?.unconfirmed?.some(({ old }) => old);
		if (!at || unconfirmed || at.i !== i || at.g !== g || at.s !== head || at.h !== hash)
			behind.push(id);
	}
	const feed = states.get(me)?.cursor;
	const feedHead = answer.heads[me];
	// An answer older than the own feed says nothing about which rooms there are.
	const tellsRooms = !feed || feed.i !== i || feed.g !== g || (feedHead && feedHead[0] >= feed.s);
	for (const state of states.values()) {
		if (state.kind !== 'room') continue;
		if (!answer.heads[state.id] && tellsRooms) changes.push(change(state, null));
	}
	if (!tellsRooms) {
		const known = behind.filter((id) => states.has(id) || kindOf(id, me) !== 'room');
		const unnamed = [...states.values()].some(
			({ id, kind }) => kind === 'room' && !answer.heads[id]
		);
		return { behind: known, changes, undecided: unnamed };
	}
	return { behind, changes, undecided: false };
}
