/**
 * What a conversation looks like: the messages held, the holes between them, and the person's own
 * unsent acts laid over both. Pure. Order is (seq, or last; then the order in which things were
 * done here); no clock orders anything (complaint 11).
 */
import type { Card, MessageRow, Origin } from '../protocol/change.ts';
import type { ActId, MessageId, PersonId } from '../protocol/ids.ts';
import { mentionsIn } from '../markup/mentions.ts';
import { localCards } from './local-file-cards.ts';
import type { LocalFile } from '../sync/ports-files.ts';
import type { OutboxRow, StreamState } from '../sync/ports.ts';
import { holes } from '../sync/reconcile/range.ts';
import type { Delivery, HoleItem, MessageItem, Quote, TimelineItem } from './views.ts';

export interface TimelineInput {
	/** null: nothing is known of the room yet */
	state: StreamState | null;
	/** all messages held with `low <= seq <= high`, ascending seq */
	rows: MessageRow[];
	low: number;
	/** Infinity: the window follows the newest; only then are unsent messages in it */
	high: number;
	/** unsent acts of this room, ascending order */
	outbox: OutboxRow[];
	/** those of them that are being written to this device */
	keeping: ReadonlySet<ActId>;
	/** ids of unsent messages that are in the cache already, inside the window or not */
	landed: ReadonlySet<MessageId>;
	/** messages that others in the window answer or pass on, as far as they are held outside of it */
	quoted: ReadonlyMap<MessageId, MessageRow>;
	me: PersonId;
	/** acts handed to the network and not answered */
	sending: ReadonlySet<ActId>;
	cards: ReadonlyMap<PersonId, Card>;
	/** who can be mentioned: key of the name -> person; needed only for unsent texts */
	people: ReadonlyMap<string, PersonId>;
	/** files on their way, by id; needed only for unsent messages */
	files: ReadonlyMap<string, LocalFile>;
}

/** The items of a conversation from old to new; each message exactly once (promise 10). */
export function timelineItems(input: TimelineInput): TimelineItem[] {
	const { rows, outbox, low, high, state } = input;
	const sent = rows.map((row) => sentItem(row, input));
	const here = new Set(rows.map((row) => row.id));
	const unsent =
		high === Infinity ? outbox.flatMap((row) => unsentItem(row, input, here) ?? []) : [];
	const messages = [...sent, ...unsent];
	const byId = new Map(messages.map((message) => [message.id, message]));
	for (const row of outbox) applyUnsent(byId, row, input);
	for (const message of messages) {
		if (message.reply) message.reply = quoteOf(message.reply, byId, input);
	}
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
	const { system } = row;
	const mine = cards.get(me)?.number;
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
		files: row.deleted ? [] : (row.files ?? []),
		at: row.at,
		edited: row.edited !== undefined,
		deleted: row.deleted === true,
		system: row.type === 'system',
		note: system ? { ...system, card: cards.get(system.person ?? '') ?? null } : null,
		call: row.call ?? null,
		delivery: 'sent',
		refusal: null,
		change: null,
		reply: row.reply === undefined ? null : absent(row.reply, row.replySeq ?? null),
		mentions: row.mentions ?? [],
		reactions: (row.reactions ?? []).map(([emoji, people]) => ({
			emoji,
			people,
			mine: mine !== undefined && people.includes(mine),
			queued: false
		})),
		pinned: row.pinned !== undefined,
		forward: row.forward ?? null
	};
}

function unsentItem(
	row: OutboxRow,
	input: TimelineInput,
	here: ReadonlySet<MessageId>
): MessageItem | null {
	const { me, cards, sending, keeping, landed, people } = input;
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
		files:
			act.forward === undefined
				? localCards(act, input.files)
				: (input.quoted.get(act.forward)?.files ?? []),
		at: row.at,
		edited: false,
		deleted: false,
		system: false,
		note: null,
		call: null,
		delivery: keeping.has(row.id) ? 'keeping' : deliveryOf(row, sending),
		refusal: row.refusal,
		change: null,
		reply: act.reply === undefined ? null : absent(act.reply, null),
		mentions: act.forward === undefined ? mentionsIn(act.body, people) : [],
		reactions: [],
		pinned: false,
		forward: act.forward === undefined ? null : originOf(act.forward, input)
	};
}

/** Whose words a message is that waits to be passed on, as the server will say it. */
function originOf(source: MessageId, { quoted, cards }: TimelineInput): Origin | null {
	const row = quoted.get(source);
	if (!row) return null;
	return row.forward ?? { author: row.author, name: cards.get(row.author)?.name ?? '', at: row.at };
}

/** Shows what is still waiting as if it were done; of what was refused, edits and recalls say so. */
function applyUnsent(
	byId: ReadonlyMap<MessageId, MessageItem>,
	row: OutboxRow,
	{ me, cards, sending, people }: TimelineInput
): void {
	const { act } = row;
	const message = 'message' in act ? byId.get(act.message) : undefined;
	if (!message) return;
	const delivery = deliveryOf(row, sending);
	if (act.kind === 'message.edit' || act.kind === 'message.recall') {
		message.change = { id: row.id, kind: act.kind, delivery, refusal: row.refusal };
	}
	if (delivery === 'refused' || message.deleted) return;
	switch (act.kind) {
		case 'message.edit':
			message.body = act.body;
			message.mentions = mentionsIn(act.body, people);
			message.edited = true;
			return;
		case 'message.recall':
			message.body = '';
			message.files = [];
			message.deleted = true;
			return;
		case 'message.react':
			react(message, act.emoji, act.on, cards.get(me)?.number ?? null);
			return;
		case 'message.pin':
			message.pinned = act.on;
	}
}

/** @param me the person's number; null while the own card is not known: it is then counted as -1 */
function react(message: MessageItem, emoji: string, on: boolean, me: number | null): void {
	const number = me ?? -1;
	const found = message.reactions.find((one) => one.emoji === emoji);
	const others = (found?.people ?? []).filter((one) => one !== number);
	const people = on ? [...others, number] : others;
	const next = { emoji, people, mine: on, queued: true };
	message.reactions = found
		? message.reactions
				.map((one) => (one.emoji === emoji ? next : one))
				.filter((one) => one.people.length > 0)
		: on
			? [...message.reactions, next]
			: message.reactions;
}

function absent(id: MessageId, seq: number | null): Quote {
	return { id, seq, state: 'absent', author: null, mine: false, body: '', files: [] };
}

/** The message that another one answers: as it stands on screen, else as it is held. */
function quoteOf(
	quote: Quote,
	byId: ReadonlyMap<MessageId, MessageItem>,
	{ quoted, cards, me }: TimelineInput
): Quote {
	const shown = byId.get(quote.id);
	const held = quoted.get(quote.id);
	if (shown) {
		const { seq, deleted, card, mine, body, files } = shown;
		if (deleted) return { ...quote, seq, state: 'recalled' };
		return { id: quote.id, seq, state: 'held', author: card, mine, body, files };
	}
	if (!held) return quote;
	const { seq, author, body } = held;
	if (held.deleted) return { ...quote, seq, state: 'recalled' };
	return {
		id: quote.id,
		seq,
		state: 'held',
		author: cards.get(author) ?? null,
		mine: author === me,
		body,
		files: held.files ?? []
	};
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
