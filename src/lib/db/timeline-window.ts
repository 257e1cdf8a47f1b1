/**
 * A window on one conversation: which part of what is held is on screen. It opens at the newest
 * messages, grows by pages, and stops at holes so that the reader sees them.
 */
import type { Card, MessageRow } from '../protocol/change.ts';
import type { PersonId, RoomId } from '../protocol/ids.ts';
import { LIMITS } from '../protocol/limits.ts';
import type { OutboxRow, OutboxStore, StreamState } from '../sync/ports.ts';
import { holes, type Hole } from '../sync/range.ts';
import { timelineItems } from '../sync/timeline.ts';
import type { TimelineItem } from '../sync/views.ts';
import type { Cache } from './cache.ts';
import { cell, live, type Cell, type Complain, type Live } from './live.ts';

/** Messages in the first view and in each page. */
const PAGE = LIMITS.pageMessages;

/** One screenful of a conversation and what lies beyond it. */
export interface TimelineView {
	/** from old to new; own unsent messages last */
	items: TimelineItem[];
	/** whether more messages (or a hole) lie above the first item */
	hasOlder: boolean;
	/** whether the window ends below the newest message held */
	hasNewer: boolean;
	/** seq up to which the person has read */
	read: number;
	/** false while nothing is known of the room yet: show that it is being fetched */
	known: boolean;
}

/** A window on a conversation. Subscribing opens it at the newest messages. */
export interface TimelineSource extends Live<TimelineView> {
	/**
	 * Lets the window grow upwards by a page of what is held. At a hole it does nothing while there is
	 * a link, because the hole closes itself; without one it goes past it.
	 */
	older(): void;
	/** Lets the window grow downwards by a page. */
	newer(): void;
	/** Back to the newest messages, following them from now on. */
	toNewest(): void;
	/** Moves the window so that this seq is inside, with a page on either side. */
	toSeq(seq: number): void;
}

export interface WindowParts {
	cache: Cache;
	outbox: OutboxStore;
	me: PersonId;
	/** ids of acts with the network */
	sending: Cell<readonly string[]>;
	/** whether holes can close themselves now */
	isLinked: () => boolean;
	complain: Complain;
}

/** Where the window stands; `low: null` = the newest page, whatever it is. */
interface Frame {
	low: number | null;
	high: number;
}

const NEWEST: Frame = { low: null, high: Infinity };

/** Opens a window on a room. */
export function timelineWindow(room: RoomId, parts: WindowParts): TimelineSource {
	const { cache, outbox, me, sending, complain } = parts;
	const frame = cell(NEWEST);
	const cards = new Map<PersonId, Card>();
	let moving: Promise<void> = Promise.resolve();

	/** The outbox is read first: what has left it since is in the cache already (rule O5). */
	async function read(): Promise<TimelineView> {
		const unsent = (await outbox.all()).filter((row) => row.lane === room);
		const { low, high } = frame.get();
		const [state, rows] = await Promise.all([
			cache.stream(room),
			low === null
				? cache.messages(room, 0, Infinity, PAGE, 'top')
				: cache.messages(room, low, high, Infinity, 'bottom'),
			refreshCards()
		]);
		const bottom = low ?? bottomOf(rows);
		// From here on the window keeps its lower edge, so that what comes in moves nothing away.
		if (low === null && state?.ready && rows.length > 0) frame.set({ low: bottom, high });
		const [arrived, hasOlder] = await Promise.all([
			landed(unsent, rows),
			bottom > 1 && liesBelow(bottom, state),
			addCards(rows)
		]);
		const items = timelineItems({
			state,
			rows,
			low: bottom,
			high,
			outbox: unsent,
			landed: arrived,
			me,
			sending: new Set(sending.get()),
			cards
		});
		return {
			items,
			hasOlder,
			hasNewer: high !== Infinity,
			read: state?.read ?? 0,
			known: state !== null && state.cursor !== null
		};
	}

	/** Unsent messages that arrived although the answer got lost; only those once sent can have. */
	async function landed(unsent: OutboxRow[], rows: MessageRow[]): Promise<Set<string>> {
		const here = new Set(rows.map((row) => row.id));
		const doubtful = unsent.filter(
			(row) => row.act.kind === 'message.post' && row.tries > 0 && !here.has(row.id)
		);
		const found = await Promise.all(doubtful.map((row) => cache.message(row.id)));
		return new Set(found.flatMap((row) => row?.id ?? []));
	}

	/** Reads the cards of those seen so far again; a name may have changed. */
	async function refreshCards(): Promise<void> {
		for (const card of await cache.cards([me, ...cards.keys()])) cards.set(card.id, card);
	}

	/** Reads the cards of those not seen before. */
	async function addCards(rows: MessageRow[]): Promise<void> {
		const unseen = new Set(rows.map((row) => row.author).filter((author) => !cards.has(author)));
		if (unseen.size === 0) return;
		for (const card of await cache.cards([...unseen])) cards.set(card.id, card);
	}

	async function liesBelow(low: number, state: StreamState | null): Promise<boolean> {
		if (gapsOf(state).some((gap) => gap.after + 1 < low)) return true;
		return (await cache.messages(room, 0, low - 1, 1, 'top')).length > 0;
	}

	async function grownUp({ low, high }: Frame): Promise<Frame> {
		if (low === null || low <= 1) return { low, high };
		const gaps = gapsOf(await cache.stream(room));
		if (parts.isLinked() && gaps.some((gap) => gap.after + 1 === low)) return { low, high };
		const target = bottomOf(await cache.messages(room, 0, low - 1, PAGE, 'top'));
		const gap = gaps.findLast(({ before, after }) => before <= low && after + 1 < low);
		return { low: gap && target < gap.before ? gap.after + 1 : target, high };
	}

	async function grownDown({ low, high }: Frame): Promise<Frame> {
		if (high === Infinity) return { low, high };
		const gaps = gapsOf(await cache.stream(room));
		const target = topOf(await cache.messages(room, high + 1, Infinity, PAGE, 'bottom'));
		const gap = gaps.find(({ before }) => before > high + 1);
		return { low, high: gap && target > gap.after ? gap.before - 1 : target };
	}

	async function around(seq: number): Promise<Frame> {
		const above = await cache.messages(room, 0, seq, PAGE, 'top');
		const below = await cache.messages(room, seq + 1, Infinity, PAGE, 'bottom');
		return { low: bottomOf(above), high: topOf(below) };
	}

	/** Moves happen one after the other, each from where the one before ended. */
	function move(to: (frame: Frame) => Promise<Frame> | Frame): void {
		moving = moving.then(async () => {
			try {
				const before = frame.get();
				const after = await to(before);
				if (after.low !== before.low || after.high !== before.high) frame.set(after);
			} catch (error) {
				complain(error);
			}
		});
	}

	const shown = live(
		read,
		[
			(changed) => cache.watch(room, changed),
			(changed) => outbox.watch(changed),
			frame.watch,
			sending.watch
		],
		complain
	);
	return {
		subscribe: (run) => shown.subscribe(run),
		older: () => move(grownUp),
		newer: () => move(grownDown),
		toNewest: () => move(() => NEWEST),
		toSeq: (seq) => move(() => around(seq))
	};
}

function gapsOf(state: StreamState | null): Hole[] {
	return state?.cursor ? holes(state.ranges, state.cursor.s) : [];
}

/** Lower edge of a page read from the top: 0 when nothing more lies below. */
function bottomOf(rows: MessageRow[]): number {
	return rows.length < PAGE ? 0 : rows[0]!.seq;
}

/** Upper edge of a page read from the bottom: Infinity when nothing more lies above. */
function topOf(rows: MessageRow[]): number {
	return rows.length < PAGE ? Infinity : rows.at(-1)!.seq;
}
