/** What the server answered to one's own acts before the log brought it. Pure. */
import type { MessageRow, Row } from '../../protocol/change.ts';
import { mergeChanges } from './merge-changes.ts';
import type { StreamChange, StreamState } from '../ports.ts';
import { type States, change, freshStream, isMessage, newest } from './stream-state.ts';

/**
 * R10: what was answered ahead of the log must be brought by it. What is not belongs to a past that
 * the server has lost, and would be merged with the new one for ever (promise 18).
 * @param upto the seq up to which the rows are everything that changed; -1 when there may be more
 */
export function stillUnconfirmed(state: StreamState, rows: Row[], upto: number) {
	const brought = new Map(rows.map((row) => [row.id, row.rev]));
	const left = (state.unconfirmed ?? []).filter(({ id, rev }) => (brought.get(id) ?? -1) < rev);
	const isForeign = upto >= 0 && left.some(({ old, rev }) => old || rev <= upto);
	return isForeign ? ('foreign' as const) : left;
}

/** Whether something that an earlier link answered has not yet been brought by the log. */
export function hasUnconfirmed(states: States): boolean {
	return [...states.values()].some((state) => state.unconfirmed?.some(({ old }) => old));
}

/** A new link: what was answered on an earlier one has to be confirmed by the log. */
export function applyNewLink(states: States): StreamChange[] {
	return [...states.values()]
		.filter((state) => state.unconfirmed?.some(({ old }) => !old))
		.map((state) => {
			const unconfirmed = state.unconfirmed!.map((one) => ({ ...one, old: true }));
			return change(state, { ...state, unconfirmed });
		});
}

/**
 * One's own act was accepted: its message is shown as on the server before the cursor gets there
 * (promise 10), even when the feed has not yet brought the room.
 */
export function applyAccepted(states: States, rows: Row[]): StreamChange[] {
	return mergeChanges(states, rows.filter(isMessage), (after, row) => {
		const state = after.get(row.room) ?? freshStream(row.room, 'room');
		const last = newest(state.last, [row]);
		return [
			{
				...change(state, { ...state, last, unconfirmed: withUnconfirmed(state, row) }),
				rows: [row]
			}
		];
	});
}

function withUnconfirmed(state: StreamState, { id, rev }: MessageRow) {
	const others = (state.unconfirmed ?? []).filter((one) => one.id !== id);
	return rev > (state.cursor?.s ?? 0) ? [...others, { id, rev, old: false }] : others;
}
