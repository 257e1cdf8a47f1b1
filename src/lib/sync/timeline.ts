/**
 * What a conversation looks like: the messages held, the holes between them, and the person's own
 * unsent acts laid over both. Pure. Order is (seq, or last; then the order in which things were
 * done here); no clock orders anything (complaint 11).
 */
import type { Card, MessageRow } from '../protocol/change.ts';
import type { ActId, MessageId, PersonId } from '../protocol/ids.ts';
import type { OutboxRow, StreamState } from './ports.ts';
import { holes } from './range.ts';
import type { Delivery, HoleItem, MessageItem, TimelineItem } from './views.ts';

export interface TimelineInput {
	/** null: nothing is known of the room yet */
	state: StreamState | null;
	/** all messages held with `low <= seq <= high`, ascending seq */
	rows: MessageRow[];
	low: number;
	/** Infinity: the window follows the newest; only then are unsent messages in it */
	high: number;
	/** unsent acts of this room, ascending n */
	outbox: OutboxRow[];
	/** ids of unsent messages that are in the cache already, inside the window or not */
	landed: ReadonlySet<MessageId>;
	me: PersonId;
	/** acts handed to the network and not answered */
	sending: ReadonlySet<ActId>;
	cards: ReadonlyMap<PersonId, Card>;
}

/** The items of a conversation from old to new; each message exactly once (promise 10). */
export function timelineItems(input: TimelineInput): TimelineItem[] {
	const { rows, outbox, low, high, state } = input;
	const sent = rows.map((row) => sentItem(row, input));
	const here = new Set(rows.map((row) => row.id));
	const unsent =
		high === Infinity ? outbox.flatMap((row) => unsentItem(row, input, here) ?? []) : [];
	const messages = [...sent, ...unsent];
	layChangesOver(messages, outbox, input.sending);
	const gaps = state?.cursor ? holes(state.ranges, state.cursor.s) : [];
	const visible = gaps.filter((gap) => gap.before > low && gap.after < high);
	return withHoles(messages, visible);
}

/** Whether an unsent act is with the network, waits, or needs the person. */
export function deliveryOf(row: OutboxRow, sending: ReadonlySet<ActId>): Exclude<Delivery, 'sent'> {
	if (row.state === 'refused') return 'refused';
	return sending.has(row.id) ? 'sending' : 'queued';
}

function sentItem(row: MessageRow, { me, cards }: TimelineInput): MessageItem {
	return {
		type: 'message',
		key: row.id,
		id: row.id,
		room: row.room,
		seq: row.seq,
		author: row.author,
		card: cards.get(row.author) ?? null,
		mine: row.author === me,
		body: row.body,
		at: row.at,
		edited: row.edited !== undefined,
		deleted: row.deleted === true,
		system: row.type === 'system',
		delivery: 'sent',
		refusal: null,
		change: null,
		reply: row.reply ?? null
	};
}

function unsentItem(
	row: OutboxRow,
	{ me, cards, sending, landed }: TimelineInput,
	here: ReadonlySet<MessageId>
): MessageItem | null {
	const { act } = row;
	if (act.kind !== 'message.post' || here.has(act.id) || landed.has(act.id)) return null;
	return {
		type: 'message',
		key: act.id,
		id: act.id,
		room: act.room,
		seq: null,
		author: me,
		card: cards.get(me) ?? null,
		mine: true,
		body: act.body,
		at: row.at,
		edited: false,
		deleted: false,
		system: false,
		delivery: deliveryOf(row, sending),
		refusal: row.refusal,
		change: null,
		reply: act.reply ?? null
	};
}

/** Shows edits and recalls that are still waiting as if they were done; refused ones only say so. */
function layChangesOver(
	messages: MessageItem[],
	outbox: OutboxRow[],
	sending: ReadonlySet<ActId>
): void {
	const byId = new Map(messages.map((message) => [message.id, message]));
	for (const row of outbox) {
		const { act } = row;
		if (act.kind !== 'message.edit' && act.kind !== 'message.recall') continue;
		const message = byId.get(act.message);
		if (!message) continue;
		const delivery = deliveryOf(row, sending);
		message.change = { id: row.id, kind: act.kind, delivery, refusal: row.refusal };
		if (delivery === 'refused' || message.deleted) continue;
		if (act.kind === 'message.edit') {
			message.body = act.body;
			message.edited = true;
		} else {
			message.body = '';
			message.deleted = true;
		}
	}
}

/** Puts each hole between the messages on either side of it. Unsent messages come after all holes. */
function withHoles(
	messages: MessageItem[],
	gaps: { after: number; before: number }[]
): TimelineItem[] {
	const items: TimelineItem[] = [];
	let next = 0;
	for (const message of messages) {
		for (let gap = gaps[next]; gap; gap = gaps[next]) {
			if (message.seq !== null && message.seq < gap.before) break;
			items.push(holeItem(gap));
			next++;
		}
		items.push(message);
	}
	for (const gap of gaps.slice(next)) items.push(holeItem(gap));
	return items;
}

/** A hole is filled from its edges, so its lower edge moves less often than its upper one. */
function holeItem({ after, before }: { after: number; before: number }): HoleItem {
	return { type: 'hole', key: `hole-${after}`, after, before };
}
