/** A stream as a device knows it, and the small steps from which reconciling is made. Pure. */
import {
	isCounted as isCountedForOthers,
	isOwnRow,
	type Card,
	type MessageRow,
	type Row,
	type StreamKind
} from '../../protocol/change.ts';
import { DIRECTORY, type PersonId, type StreamId } from '../../protocol/ids.ts';
import type { LastMessage, StreamChange, StreamState } from '../ports.ts';
import { cover, covers, holds } from './range.ts';

/** The streams as this device knows them. */
export type States = ReadonlyMap<StreamId, StreamState>;

/** A stream of which nothing is known. */
export function freshStream(id: StreamId, kind: StreamKind): StreamState {
	return {
		id,
		kind,
		version: 0,
		epoch: 0,
		cursor: null,
		ranges: [],
		nonMessageAsOf: 0,
		ready: false,
		room: null,
		role: null,
		read: 0,
		unread: 0,
		mentioned: 0,
		unreadBy: 'server',
		last: null
	};
}

export function kindOf(id: StreamId, me: PersonId): StreamKind {
	return id === me ? 'feed' : id === DIRECTORY ? 'directory' : 'room';
}

/** A change that writes `next` and nothing else. */
export function change(state: StreamState, next: StreamState | null): StreamChange {
	return {
		id: state.id,
		expect: state.version,
		next,
		wipe: false,
		rows: [],
		skipMerge: false,
		cards: [],
		unread: null
	};
}

/** Whether a row with this `rev` (a card with this `v`) is to be written over the one that is held. */
export function isNewer(next: number, held: number | undefined): boolean {
	return held === undefined || next > held;
}

/** Whether a message counts as unread: another's, not taken back, and no system message but a missed call. */
export function isCounted(row: MessageRow, me: PersonId): boolean {
	return row.author !== me && isCountedForOthers(row);
}

/** Whether a message is one that counts and that names this person with an @. */
export function isMention(row: MessageRow, me: PersonId): boolean {
	return isCounted(row, me) && row.mentions?.some(([, person]) => person === me) === true;
}

/**
 * The cards of an answer: those it brings, and those of members. A frame brings none of its own, so
 * whoever says something is known by the row that told of their coming in.
 */
export function cardsIn({ cards, rows }: { cards: Card[]; rows: Row[] }): Card[] {
	return [...cards, ...rows.flatMap((row) => ('card' in row ? [row.card] : []))];
}

export const isMessage = (row: Row): row is MessageRow => row.kind === 'message';

function lastOf(row: MessageRow): LastMessage {
	const { id, seq, rev, author, body, at } = row;
	return {
		id,
		seq,
		rev,
		author,
		body,
		at,
		...(row.system ? { system: row.system } : {}),
		...(row.call ? { call: row.call } : {}),
		...(row.deleted ? { deleted: true } : {}),
		...(row.files ? { files: row.files } : {}),
		...(row.type ? { type: row.type } : {})
	};
}

/** The newest message, given rows that came. */
export function newest(last: LastMessage | null, rows: MessageRow[]): LastMessage | null {
	let best = last;
	for (const row of rows) {
		if (!best || row.seq > best.seq || (row.id === best.id && row.rev > best.rev))
			best = lastOf(row);
	}
	return best;
}

/** Lets the room's own row and the person's own member row count for the stream as a whole. */
export function withRoomRows(state: StreamState, rows: Row[], me: PersonId): StreamState {
	let next = state;
	for (const row of rows) {
		if (row.kind === 'room' && row.rev > (next.room?.rev ?? 0)) next = { ...next, room: row };
		if (row.kind === 'member' && row.id === me) {
			next = { ...next, role: row.state === 'in' ? row.role : null };
		}
	}
	return next;
}

/** R7: unread is counted on the device when it holds all after the read position, else by the server. */
export function countable(state: StreamState): boolean {
	return state.cursor !== null && covers(state.ranges, state.read + 1, state.cursor.s);
}

/** R2: rows of a page that this device has to keep: new ones, and changes of what it holds. */
export function kept(state: StreamState, rows: Row[], from: number): Row[] {
	return rows.filter((row) =>
		isMessage(row)
			? row.seq > from || holds(state.ranges, row.seq)
			: row.kind === 'member' || row.kind === 'seen' || row.kind === 'directory' || isOwnRow(row)
	);
}

export function extended(state: StreamState, from: number, upto: number): StreamState['ranges'] {
	return state.kind === 'room' && upto > from
		? cover(state.ranges, { from: from + 1, to: upto, asOf: null })
		: state.ranges;
}
