/**
 * Tells people who have no page open what was said: one push per conversation and device in ten seconds,
 * which replaces the one before (P8). What it carries is what the device would get live, so that the worker
 * stores the message first and a tap opens it without a network.
 */
import { createHash } from 'node:crypto';
import type { Frame } from '../../src/lib/protocol/down.ts';
import type { MessageRow } from '../../src/lib/protocol/change.ts';
import { isMeant, isWordless, wants } from '../../src/lib/protocol/notify-rules.ts';
import { PUSH_MAX, type PushNote } from '../../src/lib/protocol/push.ts';
import type { Clock, FanOut } from '../domain/ports.ts';
import type { Log } from '../log.ts';
import type { Delivered, Delivery } from './delivery.ts';
import type { NotifiedRoom, PushStore, Reader, Subscription } from './ports.ts';

/** ms between two pushes about one conversation to one device. */
const PACE = 10_000;
/** ms a service rests that failed so often in a row (P4: five times). */
const FAILURES_MAX = 5;
const REST = 600_000;
/** ms until a service is asked again that failed once. */
const RETRY = 30_000;
/** Code points of a message that a push carries. */
const PREVIEW = 200;
/** People who are asked in one go whether they want to be told. */
const HEARD_AT_ONCE = 250;
/** Pushes made in one go, and ms between two goes. */
// Encrypting takes 1.5 ms a push: a go keeps the others waiting for less than ten.
const AT_ONCE = 5;
const BREATH = 10;

interface Parts {
	store: PushStore;
	delivery: Delivery;
	clock: Clock;
	log: Log;
	/** whether a session has a page that is connected: it notifies by itself */
	isConnected: (session: string) => boolean;
}

export interface Notifier {
	/** For the fan-out: hears of everything that was committed. */
	fanOut: Pick<FanOut, 'frame'>;
	/** Sends a notification on trial to all subscriptions of a session; answers how many took it. */
	test(session: string): Promise<number>;
	close(): void;
}

/** What waits to be told of one conversation to one device. */
interface Waiting {
	subscription: Subscription;
	frame: Frame;
	message: MessageRow;
	count: number;
	meant: boolean;
}

const topicOf = (room: string) =>
	createHash('sha256').update(room).digest('base64url').slice(0, 32);

/** The beginning of what was said. */
const preview = (body: string) => [...body].slice(0, PREVIEW).join('');

const isNews =
	(frame: Frame) =>
	(row: Frame['rows'][number]): row is MessageRow =>
		row.kind === 'message' && row.seq > frame.from && row.type !== 'system' && !row.deleted;

export function createNotifier(parts: Parts): Notifier {
	const { store, delivery, clock, log } = parts;
	/** subscription and room -> ends the pause after the last push */
	const resting = new Map<string, () => void>();
	const waiting = new Map<string, Waiting>();
	/** what is to be pushed as soon as there is time */
	const due: string[] = [];
	const ready = new Map<string, Waiting>();
	let draining = false;
	/** what was committed and is still to be looked through */
	const heard: Generator<void>[] = [];
	let listening = false;
	let closed = false;

	function note({ frame, message, count }: Waiting, room: NotifiedRoom): PushNote {
		const author = store.card(message.author);
		return {
			...{ v: 1, room: message.room, count, badge: 0 },
			...{ title: room.direct ? '' : room.name, direct: room.direct },
			author: author?.display ?? author?.name ?? '',
			...(author?.avatar ? { icon: author.avatar } : {}),
			text: preview(message.body),
			...(message.files ? { files: message.files.length } : {}),
			...{ id: message.id, seq: message.seq, at: message.at },
			frame: { ...frame, cards: author ? [author] : [] }
		};
	}

	/** As much as a push may carry: the frame is left out before the words are. */
	function payload(made: PushNote): string {
		const whole = JSON.stringify(made);
		if (Buffer.byteLength(whole) <= PUSH_MAX) return whole;
		const { frame: _frame, ...words } = made;
		return JSON.stringify(words);
	}

	function settle(subscription: Subscription, ended: Delivered): void {
		const { id, failures } = subscription;
		const now = clock.now();
		if (ended.is === 'gone') return store.remove(id);
		if (ended.is === 'delivered') {
			if (failures > 0) store.tried(id, 0, 0);
			return;
		}
		const again = failures + 1;
		const wait = ended.is === 'later' ? ended.after : null;
		const rest = wait ?? (again >= FAILURES_MAX ? REST : RETRY);
		store.tried(id, again, now + rest);
	}

	async function push(key: string, one: Waiting): Promise<void> {
		const room = store.room(one.message.room);
		if (!room || parts.isConnected(one.subscription.session)) return;
		// It has waited: what was taken back meanwhile, or is no longer theirs to know, is not told (promise 11).
		const now = store.current(one.subscription.id, one.message.id, clock.now());
		if (!now) return;
		const told = note(one, room);
		const isSilent = isWordless(now.wordless);
		// The worker fetches then what is missing.
		if (isSilent || now.rev !== one.message.rev) delete told.frame;
		told.text = isSilent ? '' : preview(now.body);
		const made = { ...told, badge: store.unread(one.subscription.person) };
		const send = (text: string) =>
			delivery.send(one.subscription, {
				payload: text,
				topic: topicOf(one.message.room),
				urgency: one.meant || room.direct ? 'high' : 'normal'
			});
		let ended = await send(payload(made));
		if (ended.is === 'too-large') {
			const { frame: _frame, text: _text, ...least } = made;
			ended = await send(JSON.stringify({ ...least, text: '' }));
		}
		settle(one.subscription, ended);
		if (ended.is === 'later') log.info({ subscription: key.slice(0, 8) }, 'a push has to wait');
	}

	function flush(key: string): void {
		resting.delete(key);
		const one = waiting.get(key);
		if (!one || closed) return;
		waiting.delete(key);
		resting.set(
			key,
			clock.after(PACE, () => flush(key))
		);
		ready.set(key, one);
		due.push(key);
		if (!draining) drain();
	}

	/** A few at a time: encrypting and signing for a thousand devices must not keep anybody waiting. */
	function drain(): void {
		draining = due.length > 0 && !closed;
		if (!draining) return;
		for (const key of due.splice(0, AT_ONCE)) {
			const one = ready.get(key)!;
			ready.delete(key);
			push(key, one).catch((fault: unknown) => log.error({ err: fault }, 'a push failed'));
		}
		clock.after(BREATH, drain);
	}

	function queue(reader: Reader, frame: Frame, message: MessageRow, meant: boolean): void {
		for (const subscription of reader.subscriptions) {
			if (subscription.pausedUntil > clock.now()) continue;
			const key = `${subscription.id} ${message.room}`;
			const before = waiting.get(key);
			const count = (before?.count ?? 0) + 1;
			const isMeantAtAll = meant || before?.meant === true;
			waiting.set(key, { subscription, frame, message, count, meant: isMeantAtAll });
			if (!resting.has(key)) flush(key);
		}
	}

	/** Goes through everybody who may be told; rests after each, so that whoever drives it can. */
	function* hear(frame: Frame): Generator<void> {
		for (const message of frame.rows.filter(isNews(frame))) {
			const room = store.room(message.room);
			if (!room) continue;
			const answered = message.reply === undefined ? null : store.authorOf(message.reply);
			const now = clock.now();
			for (const reader of store.readers(message.room, message.author, now)) {
				if (wants(reader, room, message, answered, now)) {
					queue(reader, frame, message, isMeant(reader, message, answered));
				}
				yield;
			}
		}
	}

	/** One frame after the other, and some people at a time: a room of thousands must keep nobody waiting. */
	function listen(): void {
		for (let people = 0; people < HEARD_AT_ONCE && heard.length > 0 && !closed; people++) {
			// What goes wrong with one frame must not cost the others.
			try {
				if (heard[0]!.next().done) heard.shift();
			} catch (fault) {
				heard.shift();
				log.error({ err: fault }, 'notifying failed');
			}
		}
		listening = heard.length > 0 && !closed;
		if (listening) clock.after(0, listen);
	}

	return {
		fanOut: {
			frame(frame) {
				// Later: what was committed is acknowledged first.
				heard.push(hear(frame));
				if (listening || closed) return;
				listening = true;
				clock.after(0, listen);
			}
		},
		async test(session) {
			const made: PushNote = {
				...{ v: 1, room: '', count: 1, badge: 0, title: '', direct: false, author: '' },
				...{ text: '', id: '', seq: 0, at: clock.now(), test: true }
			};
			const ends = await Promise.all(
				store.ofSession(session).map(async (subscription) => {
					const send = { payload: JSON.stringify(made), topic: 'test', urgency: 'high' } as const;
					const ended = await delivery.send(subscription, send);
					settle(subscription, ended);
					return ended.is === 'delivered';
				})
			);
			return ends.filter(Boolean).length;
		},
		close() {
			closed = true;
			for (const cancel of resting.values()) cancel();
			delivery.close();
		}
	};
}
