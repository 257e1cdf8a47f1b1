/** A room's log as the server has it, and a device that follows it: for the laws of reconciling. */
import fc from 'fast-check';
import type { Cursor, MessageRow } from '../../../src/lib/protocol/change.ts';
import type {
	Frame,
	History,
	Page,
	Refresh,
	SkipToNewest
} from '../../../src/lib/protocol/down.ts';
import { createReplica, type Replica } from '../../../src/lib/sync/engine/replica.ts';
import { MemoryLocalStore } from '../../../src/lib/sync/memory/memory-store.ts';
import type { StreamChange, StreamState } from '../../../src/lib/sync/ports.ts';
import { isCounted } from '../../../src/lib/sync/reconcile/stream-state.ts';
import { id, ME, message, OTHER } from '../../contract/rows.ts';

/** One thing that happens in the room; `target` picks an earlier message. */
export interface Happening {
	kind: 'post' | 'own' | 'system' | 'mention' | 'edit' | 'recall';
	target: number;
}

/** What may happen in a room. */
export const happenings = (minLength: number, maxLength: number) =>
	fc.array(
		fc.record({
			kind: fc.constantFrom(
				'post',
				'post',
				'own',
				'system',
				'mention',
				'edit',
				'recall'
			) as fc.Arbitrary<Happening['kind']>,
			target: fc.nat(30)
		}),
		{ minLength, maxLength }
	);

/** Ascending points in (0, top), to split a log at. */
export const splits = fc.array(fc.nat(60), { maxLength: 6 });

const bySeq = (a: MessageRow, b: MessageRow) => a.seq - b.seq;

export class RoomLog {
	readonly room = id();
	readonly head: number;
	/** the rows as they stood after each change */
	private readonly after: MessageRow[][] = [[]];

	constructor(what: readonly Happening[]) {
		for (const one of what) this.after.push(this.next(one));
		this.head = what.length;
	}

	/** All messages as they stood when `head` was the last change. */
	rowsAt(head: number): MessageRow[] {
		return this.after[head]!;
	}

	cursor(s: number): Cursor {
		return { i: 'db', g: 1, s, h: s === 0 ? '' : `h${s}` };
	}

	/** @param head the last change at the moment of reading */
	page(from: number, upto: number, head = upto): Page {
		return {
			type: 'page',
			stream: this.room,
			from,
			upto: this.cursor(upto),
			complete: upto === head,
			rows: this.changed(from, upto, head),
			cards: []
		};
	}

	frame(from: number, upto: number): Frame {
		return {
			stream: this.room,
			from,
			prev: this.cursor(from).h,
			upto: this.cursor(upto),
			rows: this.changed(from, upto, upto),
			cards: []
		};
	}

	/** The answer to a device far behind: the newest `size` messages. */
	skip(head: number, size: number, read: number): SkipToNewest {
		const rows = this.rowsAt(head);
		const newest = rows.slice(-size);
		const unread = rows.filter((row) => row.seq > read && isCounted(row, ME));
		return {
			type: 'skipToNewest',
			stream: this.room,
			cursor: this.cursor(head),
			covered: newest.length < size ? 1 : newest[0]!.seq,
			unread: unread.length,
			mentioned: unread.filter((row) => row.mentions).length,
			read,
			rows: newest,
			cards: []
		};
	}

	history(from: number, to: number, asOf: number): History {
		const rows = this.rowsAt(asOf).filter((row) => row.seq >= from && row.seq <= to);
		return { type: 'history', stream: this.room, from, to, asOf, rows, cards: [] };
	}

	refresh(from: number, to: number, since: number, head: number): Refresh {
		const rows = this.changed(since, head, head).filter((row) => row.seq >= from && row.seq <= to);
		return { type: 'refresh', stream: this.room, upto: head, complete: true, rows, cards: [] };
	}

	private changed(from: number, upto: number, head: number): MessageRow[] {
		return this.rowsAt(head)
			.filter((row) => row.rev > from && row.rev <= upto)
			.sort((a, b) => a.rev - b.rev);
	}

	private next({ kind, target }: Happening): MessageRow[] {
		const rows = this.after.at(-1)!;
		const rev = this.after.length;
		const old = rows[target % Math.max(1, rows.length)];
		if ((kind === 'edit' || kind === 'recall') && old && !old.deleted) {
			const { mentions: _mentions, ...rest } = old;
			const changed: MessageRow =
				kind === 'edit'
					? { ...old, rev, body: `edit ${rev}`, edited: rev }
					: { ...rest, rev, body: '', deleted: true };
			return rows.map((row) => (row === old ? changed : row));
		}
		const added = message(this.room, rev, {
			author: kind === 'own' ? ME : OTHER,
			...(kind === 'system' ? { type: 'system', body: '' } : {}),
			...(kind === 'mention' ? { mentions: [['me', ME]] } : {})
		});
		return [...rows, added].sort(bySeq);
	}
}

/** A device with its store in memory. */
export class Device {
	readonly store = new MemoryLocalStore();
	readonly replica: Replica = createReplica(this.store, ME);

	/** Writes what `make` says. */
	async apply(make: (states: Replica['states']) => StreamChange[]): Promise<StreamChange[]> {
		return this.replica.update(make);
	}

	state(room: string): StreamState | undefined {
		return this.replica.states.get(room);
	}

	/** The messages kept of a room. */
	async rows(room: string): Promise<MessageRow[]> {
		return this.store.messages(room, 0, Infinity, Infinity, 'bottom');
	}
}

/** What is unread, counted from the log itself. */
export function recount(rows: readonly MessageRow[], read: number) {
	const unread = rows.filter((row) => row.seq > read && isCounted(row, ME));
	return { unread: unread.length, mentioned: unread.filter((row) => row.mentions).length };
}

/** The points at which a log of this length is split, ascending, ending at its head. */
export function cuts(points: readonly number[], head: number): number[] {
	const inside = points.map((point) => (point % Math.max(1, head)) + 1).filter((s) => s < head);
	return [...new Set([...inside, head])].sort((a, b) => a - b);
}
