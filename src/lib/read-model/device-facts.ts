/** What a device knows of each stream, and why what is unsent waits: the facts, without words. Pure. */
import type { Refusal } from '../protocol/refusal.ts';
import type { Act } from '../protocol/up.ts';
import type { MessageRow } from '../protocol/change.ts';
import type { ActId, PersonId, RoomId, StreamId } from '../protocol/ids.ts';
import type { LinkStatus, OutboxRow, Range, StreamState } from '../sync/ports.ts';
import { holes, type Hole } from '../sync/reconcile/range.ts';
import { countable } from '../sync/reconcile/stream-state.ts';
import { countUnread } from '../sync/reconcile/unread.ts';

/** What this device knows of a stream. */
export interface StreamFacts {
	id: StreamId;
	kind: StreamState['kind'];
	/** the last change known and the hash chained up to it; null: nothing is known yet */
	cursor: { s: number; h: string } | null;
	/** whether it was once up to date with the server */
	ready: boolean;
	ranges: readonly Range[];
	holes: readonly Hole[];
	/** messages kept, and those of them that no range names (as many as were looked for) */
	messages: number;
	strays: number;
	/** rows that are no messages are known only as of this change; null: they follow the cursor */
	othersAsOf: number | null;
	read: number;
	unread: number;
	mentioned: number;
	unreadBy: StreamState['unreadBy'];
	/** what counting the kept messages comes to; null: not all of them are kept */
	counted: { unread: number; mentioned: number } | null;
}

/** What was read of a stream's rows. */
interface RowsRead {
	/** messages kept of it */
	messages: number;
	/** messages found in its holes */
	strays: number;
	/** messages after the read position */
	after: MessageRow[];
}

/** The facts of one stream. @param me for whom is counted */
export function streamFacts(state: StreamState, rows: RowsRead, me: PersonId): StreamFacts {
	const { id, kind, cursor, ready, ranges, read, unread, mentioned, unreadBy } = state;
	const isRoom = kind === 'room';
	return {
		id,
		kind,
		cursor: cursor && { s: cursor.s, h: cursor.h },
		ready,
		ranges,
		holes: isRoom && cursor ? holes(ranges, cursor.s) : [],
		messages: rows.messages,
		strays: rows.strays,
		othersAsOf: state.nonMessageAsOf,
		read,
		unread,
		mentioned,
		unreadBy,
		counted: isRoom && countable(state) ? countUnread(rows.after, me) : null
	};
}

/** Why something unsent is not on the server yet. */
export type WhyWaiting =
	/** the server said no: the person decides */
	| { is: 'refused'; refusal: Refusal }
	/** handed to the network; its answer has not come */
	| { is: 'sending' }
	/** there is no way to the server now */
	| { is: 'no-link'; link: LinkStatus['link'] }
	/** its files go first */
	| { is: 'files'; count: number }
	/** what was done before it in the same conversation goes first */
	| { is: 'in-line'; before: number }
	/** nothing holds it back */
	| { is: 'next' };

/** Something unsent. */
export interface WaitingAct {
	id: ActId;
	kind: Act['kind'];
	room: RoomId | null;
	/** device time, ms */
	at: number;
	tries: number;
	why: WhyWaiting;
}

/** Links over which acts are sent. */
const SENDS: ReadonlySet<LinkStatus['link']> = new Set(['live', 'polling', 'catching-up']);

interface Sending {
	link: LinkStatus['link'];
	/** acts with the network */
	sending: readonly ActId[];
	/** act -> its files that are not on the server */
	unsentFiles: ReadonlyMap<ActId, number>;
}

/** Why each act waits, in the order in which they were done. */
export function waitingActs(
	rows: readonly OutboxRow[],
	{ link, sending, unsentFiles }: Sending
): WaitingAct[] {
	const inLane = new Map<StreamId, number>();
	return rows.map((row): WaitingAct => {
		const { id, act, at, tries, lane } = row;
		const before = inLane.get(lane) ?? 0;
		if (row.state === 'queued') inLane.set(lane, before + 1);
		const files = unsentFiles.get(id) ?? 0;
		const why = ((): WhyWaiting => {
			if (row.state === 'refused' && row.refusal) return { is: 'refused', refusal: row.refusal };
			if (sending.includes(id)) return { is: 'sending' };
			if (!SENDS.has(link)) return { is: 'no-link', link };
			if (files > 0) return { is: 'files', count: files };
			return before > 0 ? { is: 'in-line', before } : { is: 'next' };
		})();
		return { id, kind: act.kind, room: 'room' in act ? act.room : null, at, tries, why };
	});
}
