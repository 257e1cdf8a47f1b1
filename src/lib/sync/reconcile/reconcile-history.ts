/** Pieces of history, and rows that were held as of an earlier change. Pure. */
import type { MessageRow } from '../../protocol/change.ts';
import type { Refresh, History } from '../../protocol/down.ts';
import type { PersonId } from '../../protocol/ids.ts';
import { NON_MESSAGE_ROWS, type RefreshPart } from './refresh-part.ts';
import type { StreamChange, StreamState } from '../ports.ts';
import { cover, refresh } from './range.ts';
import {
	type States,
	cardsIn,
	change,
	countable,
	isMessage,
	kept,
	newest,
	withRoomRows
} from './stream-state.ts';

/** R4: a piece of history; what was read before the cursor's time is held as of that time. */
export function applyHistory(states: States, answer: History, epoch: number, me: PersonId) {
	const state = states.get(answer.stream);
	if (!state?.cursor || state.epoch !== epoch) return [];
	const asOf = answer.asOf >= state.cursor.s ? null : answer.asOf;
	const to = Math.min(answer.to, state.cursor.s);
	const messages = answer.rows.filter(isMessage);
	const next = {
		...withRoomRows(state, answer.rows, me),
		ranges: cover(state.ranges, { from: answer.from, to, asOf }),
		last: newest(state.last, messages)
	};
	const counted = countable(next);
	return [
		{
			...change(state, { ...next, unreadBy: counted ? 'device' : 'server' } as StreamState),
			rows: messages.filter((row) => row.seq <= to),
			cards: answer.cards,
			unread: counted ? 'recount' : null
		} satisfies StreamChange
	];
}

/** R8: rows that were held as of an earlier change are brought up to date. */
export function applyRefresh(
	states: States,
	answer: Refresh,
	part: RefreshPart,
	epoch: number,
	me: PersonId
): StreamChange[] {
	const state = states.get(answer.stream);
	if (!state?.cursor || state.epoch !== epoch) return [];
	const asOf = answer.upto >= state.cursor.s ? null : answer.upto;
	const next =
		part === NON_MESSAGE_ROWS
			? { ...withRoomRows(state, answer.rows, me), nonMessageAsOf: asOf }
			: { ...state, ranges: refresh(state.ranges, part.from, part.to, asOf) };
	const messages = answer.rows.filter(isMessage);
	return [
		{
			...change(state, { ...next, last: newest(next.last, messages.filter(isLast(next))) }),
			rows: kept(state, answer.rows, state.cursor.s),
			cards: cardsIn(answer),
			unread: state.unreadBy === 'device' && messages.length > 0 ? 'recount' : null
		}
	];
}

const isLast = (state: StreamState) => (row: MessageRow) => row.id === state.last?.id;
