/** Rows, states and changes for the contract suites, with everything optional given a plain value. */
import type { Card, DirectoryRow, MemberRow, MessageRow } from '../../src/lib/protocol/change.ts';
import { DIRECTORY, uuid7 } from '../../src/lib/protocol/ids.ts';
import type { Act } from '../../src/lib/protocol/up.ts';
import { freshStream } from '../../src/lib/sync/reconcile/stream-state.ts';
import type { StreamChange, StreamState } from '../../src/lib/sync/ports.ts';

let made = 0;
/** A new id; ids ascend in the order of the calls. */
export function id(): string {
	const chance = new Uint8Array(10);
	new DataView(chance.buffer).setUint32(6, ++made);
	return uuid7(1_700_000_000_000 + made, chance);
}

export const ME = id();
export const OTHER = id();

export function message(room: string, seq: number, more: Partial<MessageRow> = {}): MessageRow {
	return {
		kind: 'message',
		id: id(),
		number: seq,
		room,
		seq,
		rev: seq,
		author: OTHER,
		body: `text ${seq}`,
		at: 1000 + seq,
		...more
	};
}

export function card(person: string, v = 1, name = 'somebody'): Card {
	return { id: person, number: 1, name, v };
}

export function member(
	room: string,
	person: string,
	rev: number,
	more: Partial<MemberRow> = {}
): MemberRow {
	return {
		kind: 'member',
		id: person,
		room,
		rev,
		role: 'member',
		state: 'in',
		card: card(person),
		...more
	};
}

export function listing(room: string, rev: number, more: Partial<DirectoryRow> = {}): DirectoryRow {
	return {
		kind: 'directory',
		id: room,
		number: 1,
		rev,
		name: 'room',
		description: '',
		private: false,
		...more
	};
}

export function state(stream: string, more: Partial<StreamState> = {}): StreamState {
	const kind = stream === DIRECTORY ? 'directory' : 'room';
	return { ...freshStream(stream, kind), unreadBy: 'device', ...more };
}

export function change(stream: string, more: Partial<StreamChange> = {}): StreamChange {
	return {
		id: stream,
		expect: 0,
		next: state(stream),
		wipe: false,
		rows: [],
		skipMerge: false,
		cards: [],
		unread: null,
		...more
	};
}

export function post(room: string, body: string): Extract<Act, { kind: 'message.post' }> {
	return { kind: 'message.post', id: id(), at: 1, room, body };
}
