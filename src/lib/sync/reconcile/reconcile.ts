/**
 * What is known + what came = what to write. Pure: takes the states of this device's streams and
 * an answer or a frame, and answers the changes for one commit (none when the answer is stale).
 * Rule numbers (R1 …) are those of docs/protocol.md.
 */
import type { MessageRow } from '../../protocol/change.ts';
import type { Frame, SkipToNewest, Page, PullAnswer, Reset } from '../../protocol/down.ts';
import type { PersonId, StreamId } from '../../protocol/ids.ts';
import { feedEffects } from './reconcile-feed.ts';
import { mergeChanges } from './merge-changes.ts';
import { stillUnconfirmed } from './unconfirmed-rows.ts';
import type { StreamChange, StreamState, UnreadChange } from '../ports.ts';
import { cover, leaveBehind } from './range.ts';
import { begunAnew } from './set-back.ts';
import {
	type States,
	cardsIn,
	change,
	countable,
	extended,
	freshStream,
	isCounted,
	isMention,
	isMessage,
	kept,
	kindOf,
	newest,
	withRoomRows
} from './stream-state.ts';

function unreadAfter(
	before: StreamState,
	next: StreamState,
	messages: MessageRow[],
	{ from, unread, mentioned = 0 }: Page,
	me: PersonId
): { unreadBy: StreamState['unreadBy']; unread: UnreadChange } {
	const isNew = (row: MessageRow) => row.seq > from && row.seq > next.read && isCounted(row, me);
	const fresh = messages.filter(isNew);
	const mentions = fresh.filter((row) => isMention(row, me)).length;
	const add = { add: fresh.length, mentions };
	if (!countable(next)) {
		if (unread !== undefined)
			return { unreadBy: 'server', unread: { set: unread, mentions: mentioned } };
		// A change of an older message may be about one that lies in a hole: only the server knows.
		const onlyAdded = messages.every((row) => row.seq > from);
		return { unreadBy: 'server', unread: onlyAdded ? add : null };
	}
	const onlyNew = messages.every((row) => row.seq > from && row.author !== me);
	const simple = before.unreadBy === 'device' && onlyNew;
	return { unreadBy: 'device', unread: simple ? add : 'recount' };
}

/** R1: a page counts only when it begins exactly where the device stands. */
function fits(state: StreamState, page: Page): boolean {
	const { cursor } = state;
	if (!cursor) return page.from === 0;
	return cursor.s === page.from && cursor.i === page.upto.i && cursor.g === page.upto.g;
}

/** A page whose rows a frame was faster to bring still says how many of them are unread. */
function countOnly(state: StreamState, page: Page): StreamChange[] {
	const { upto, unread, mentioned = 0 } = page;
	const same = state.cursor?.s === upto.s && state.cursor.h === upto.h;
	if (!same || state.unreadBy !== 'server' || unread === undefined) return [];
	if (unread === state.unread && mentioned === state.mentioned) return [];
	return [{ ...change(state, state), unread: { set: unread, mentions: mentioned } }];
}

/** Applies a page: rows and cursor move together (promise 8). */
export function applyPage(states: States, page: Page, me: PersonId): StreamChange[] {
	const state = states.get(page.stream) ?? freshStream(page.stream, kindOf(page.stream, me));
	if (!fits(state, page)) return countOnly(state, page);
	const unconfirmed = stillUnconfirmed(state, page.rows, page.complete ? page.upto.s : -1);
	if (unconfirmed === 'foreign')
		return applyReset(states, { type: 'reset', stream: state.id, why: 'hash' });
	const recounted =
		state.unreadBy === 'server' &&
		((page.unread ?? state.unread) !== state.unread ||
			(page.mentioned ?? state.mentioned) !== state.mentioned);
	const news =
		unconfirmed.length !== (state.unconfirmed ?? []).length ||
		page.upto.s > page.from ||
		!state.cursor ||
		(page.complete && !state.ready);
	if (!news && !recounted) return [];
	const messages = page.rows.filter(isMessage);
	const moved: StreamState = {
		...withRoomRows(state, page.rows, me),
		cursor: page.upto,
		unconfirmed,
		ranges: extended(state, page.from, page.upto.s),
		// A stream read from its beginning has shown all its rows.
		nonMessageAsOf: state.cursor === null ? null : state.nonMessageAsOf,
		ready: state.ready || page.complete,
		last: newest(state.last, messages)
	};
	const { unreadBy, unread } = unreadAfter(state, moved, messages, page, me);
	const rows = kept(state, page.rows, page.from);
	const skipMerge = rows.every((row) => isMessage(row) && row.seq > page.from && row.author !== me);
	const own = {
		...change(state, moved.kind === 'room' ? { ...moved, unreadBy } : moved),
		rows,
		skipMerge,
		cards: cardsIn(page),
		unread: moved.kind === 'room' ? unread : null
	};
	return moved.kind === 'feed' ? [own, ...feedEffects(states, page.rows)] : [own];
}

/** R5: far behind: the newest page, and what was held stays held, as of where the device stood. */
export function applySkipToNewest(
	states: States,
	answer: SkipToNewest,
	me: PersonId
): StreamChange[] {
	const state = states.get(answer.stream) ?? freshStream(answer.stream, 'room');
	const { cursor } = answer;
	if (state.cursor && state.cursor.s >= cursor.s) return [];
	const left = stillUnconfirmed(state, answer.rows, cursor.s);
	// Rows that the newest page does not confirm cannot be told from those of a lost past.
	const known = left === 'foreign' ? { ...state, ranges: [], nonMessageAsOf: 0 } : state;
	const stood = state.cursor?.s ?? 0;
	const messages = answer.rows.filter(isMessage);
	const moved: StreamState = {
		...withRoomRows(state, answer.rows, me),
		cursor,
		unconfirmed: left === 'foreign' ? [] : left,
		ranges: cover(leaveBehind(known.ranges, stood), {
			from: answer.covered,
			to: cursor.s,
			asOf: null
		}),
		nonMessageAsOf: known.nonMessageAsOf ?? stood,
		ready: true,
		read: Math.max(state.read, answer.read),
		last: newest(null, messages) ?? state.last
	};
	const counted = countable(moved);
	return [
		{
			...change(state, { ...moved, unreadBy: counted ? 'device' : 'server' }),
			wipe: left === 'foreign',
			rows: answer.rows.filter((row) => row.kind !== 'room'),
			cards: cardsIn(answer),
			unread: counted ? 'recount' : { set: answer.unread, mentions: answer.mentioned }
		}
	];
}

/** R6: another past: the stream begins anew; the outbox is not touched (promise 18). */
export function applyReset(states: States, reset: Reset): StreamChange[] {
	const state = states.get(reset.stream);
	if (!state?.cursor) return [];
	return [{ ...change(state, begunAnew(state)), wipe: true, unread: { set: 0, mentions: 0 } }];
}

/** The person is no longer in the room, or it is no more: nothing of it stays (promise 11). */
export function applyGone(states: States, stream: StreamId): StreamChange[] {
	const state = states.get(stream);
	return state && state.kind === 'room' ? [change(state, null)] : [];
}

/** Applies all answers to one pull as one commit. */
export function applyPull(states: States, answer: PullAnswer, me: PersonId): StreamChange[] {
	return mergeChanges(states, answer.pages, (after, page) => applyAny(after, page, me));
}

/**
 * Applies frames that came in a burst as one commit.
 * @param missed told which streams need a pull, because a frame did not fit
 */
export function applyFrameBurst(
	states: States,
	frames: Frame[],
	me: PersonId,
	missed: (stream: StreamId, seq: number) => void
): StreamChange[] {
	return mergeChanges(states, frames, (after, frame) => {
		if (fitsFrame(after.get(frame.stream), frame) === 'pull') {
			missed(frame.stream, frame.upto.s);
		}
		return applyFrame(after, frame, me);
	});
}

function applyAny(states: States, page: PullAnswer['pages'][number], me: PersonId) {
	switch (page.type) {
		case 'page':
			return applyPage(states, page, me);
		case 'skipToNewest':
			return applySkipToNewest(states, page, me);
		case 'reset':
			return applyReset(states, page);
		case 'gone':
			return applyGone(states, page.stream);
	}
}

/** R3: a frame is a hint: applied only by a device that stands exactly where it begins. */
export function fitsFrame(state: StreamState | undefined, frame: Frame): 'apply' | 'drop' | 'pull' {
	const cursor = state?.cursor;
	if (!cursor) return 'pull';
	const { upto } = frame;
	if (cursor.i !== upto.i || cursor.g !== upto.g) return 'pull';
	if (cursor.s === frame.from) return cursor.h === frame.prev ? 'apply' : 'pull';
	return upto.s <= cursor.s ? 'drop' : 'pull';
}

/** Applies a frame that fits; nothing otherwise. */
export function applyFrame(states: States, frame: Frame, me: PersonId): StreamChange[] {
	if (fitsFrame(states.get(frame.stream), frame) !== 'apply') return [];
	const { stream, from, upto, rows, cards } = frame;
	return applyPage(states, { type: 'page', stream, from, upto, complete: true, rows, cards }, me);
}
