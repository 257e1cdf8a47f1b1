/**
 * A window on one conversation: which part of what is held is on screen. It opens at the newest
 * messages, grows by pages, and stops at holes so that the reader sees them.
 */
import type { Card, MessageRow } from '../protocol/change.ts';
import type { MessageId, PersonId, RoomId } from '../protocol/ids.ts';
import { LIMITS } from '../protocol/limits.ts';
import { nameKey } from '../protocol/names.ts';
import type { FileQueue } from '../sync/ports-files.ts';
import type { OutboxRow, StreamState } from '../sync/ports.ts';
import { holes, type Hole } from '../sync/range.ts';
import { timelineItems } from '../sync/timeline.ts';
import type { PinItem, Quote, Reader, TimelineItem } from '../sync/views.ts';
import type { Cache } from './cache.ts';
import { cell, live, type Cell, type Complain, type Live } from './live.ts';
import { readFiles } from './local-files.ts';
import type { OutboxReads } from './outbox-reads.ts';
import { pinnedItems } from './pins.ts';

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
	/** the seq that the window was moved to, once it is one that the device knows of; null: none */
	around: number | null;
	/** how far the others have read, in direct conversations and small rooms */
	readers: Reader[];
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
	/** Moves the window so that this seq, or the hole it is in, is inside, with a page on either side. */
	toSeq(seq: number): void;
	/** A message in short, for answering it; "absent" when it is not on this device. */
	quote(id: MessageId): Promise<Quote>;
	/** Pinned messages, the latest pin first. */
	readonly pins: Live<PinItem[]>;
}

export interface WindowParts {
	cache: Cache;
	outbox: OutboxReads;
	/** files on their way */
	files: Pick<FileQueue, 'all'>;
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
	/** the seq it was moved to */
	around: number | null;
}

const NEWEST: Frame = { low: null, high: Infinity, around: null };
/** Messages beyond which a window that goes back to the newest gives up what lies above. */
const LONG = 1.5 * PAGE;

/** Opens a window on a room. */
export function timelineWindow(room: RoomId, parts: WindowParts): TimelineSource {
	const { cache, outbox, me, sending, complain } = parts;
	const frame = cell(NEWEST);
	const cards = new Map<PersonId, Card>();
	let moving: Promise<void> = Promise.resolve();
	/** messages held in the window when it was last read */
	let shownRows = 0;

	/** The outbox is read first: what has left it since is in the cache already (rule O5). */
	async function read(): Promise<TimelineView> {
		const unsent = (await outbox.all()).filter((row) => row.lane === room);
		const at = frame.get();
		const { low, high, around } = at;
		const [state, rows] = await Promise.all([
			cache.stream(room),
			low === null
				? cache.messages(room, 0, Infinity, PAGE, 'top')
				: cache.messages(room, low, high, Infinity, 'bottom'),
			refreshCards()
		]);
		shownRows = rows.length;
		const bottom = low ?? bottomOf(rows);
		// From here on the window keeps its lower edge, so that what comes in moves nothing away. It may
		// have been moved elsewhere while this was read.
		if (low === null && state?.ready && rows.length > 0 && frame.get() === at) {
			frame.set({ low: bottom, high, around });
		}
		const [arrived, hasOlder, quoted, readers, people, files] = await Promise.all([
			landed(unsent, rows),
			bottom > 1 && liesBelow(bottom, state),
			readQuoted(rows, unsent),
			readReaders(rows),
			readPeople(unsent),
			readFiles(parts.files, unsent)
		]);
		await addCards([...rows, ...quoted.values()]);
		const items = timelineItems({
			state,
			rows,
			low: bottom,
			high,
			outbox: unsent,
			landed: arrived,
			quoted,
			me,
			sending: new Set(sending.get()),
			cards,
			people,
			files
		});
		const head = state?.cursor?.s ?? 0;
		return {
			items,
			hasOlder,
			hasNewer: high !== Infinity,
			read: state?.read ?? 0,
			known: state !== null && state.cursor !== null,
			around: around !== null && around <= head ? around : null,
			readers
		};
	}

	/** The messages that those on screen answer or pass on and that are not among them. */
	async function readQuoted(
		rows: MessageRow[],
		unsent: OutboxRow[]
	): Promise<Map<MessageId, MessageRow>> {
		const here = new Set(rows.map((row) => row.id));
		const wanted = new Set<MessageId>();
		for (const { reply } of rows) if (reply !== undefined) wanted.add(reply);
		const passedOn = new Set<MessageId>();
		for (const { act } of unsent) {
			if ('reply' in act && act.reply !== undefined) wanted.add(act.reply);
			if ('forward' in act && act.forward !== undefined) passedOn.add(act.forward);
		}
		const outside = [...wanted].filter((id) => !here.has(id));
		const found = await Promise.all([...outside, ...passedOn].map((id) => cache.message(id)));
		// An answer to a message of another room shows nothing of it.
		return new Map(
			found.flatMap((row) =>
				row && (row.room === room || passedOn.has(row.id)) ? [[row.id, row]] : []
			)
		);
	}

	/** Whoever says something has read what stands above it. */
	async function readReaders(rows: MessageRow[]): Promise<Reader[]> {
		const seen = (await cache.seen(room)).filter((row) => row.id !== me);
		if (seen.length === 0) return [];
		const people = await cache.cards(seen.map((row) => row.id));
		return seen.flatMap(({ id, upto }) => {
			const card = people.find((one) => one.id === id);
			const said = rows.findLast((row) => row.author === id)?.seq ?? 0;
			return card ? [{ card, upto: Math.max(upto, said) }] : [];
		});
	}

	/** Who can be mentioned: key of the name -> person. Read only when an unsent text may do so. */
	async function readPeople(unsent: OutboxRow[]): Promise<Map<string, PersonId>> {
		if (!unsent.some(({ act }) => 'body' in act && act.body.includes('@'))) return new Map();
		const members = (await cache.members(room)).filter((row) => row.state === 'in');
		return new Map(members.map(({ id, card }) => [nameKey(card.name), id]));
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
		const people = rows.flatMap((row) => [row.author, row.system?.person ?? row.author]);
		const unseen = new Set(people.filter((person) => !cards.has(person)));
		if (unseen.size === 0) return;
		for (const card of await cache.cards([...unseen])) cards.set(card.id, card);
	}

	async function liesBelow(low: number, state: StreamState | null): Promise<boolean> {
		if (gapsOf(state).some((gap) => gap.after + 1 < low)) return true;
		return (await cache.messages(room, 0, low - 1, 1, 'top')).length > 0;
	}

	async function grownUp(before: Frame): Promise<Frame> {
		const { low } = before;
		if (low === null || low <= 1) return before;
		const gaps = gapsOf(await cache.stream(room));
		if (parts.isLinked() && gaps.some((gap) => gap.after + 1 === low)) return before;
		const target = bottomOf(await cache.messages(room, 0, low - 1, PAGE, 'top'));
		const gap = gaps.findLast(({ before, after }) => before <= low && after + 1 < low);
		return { ...before, low: gap && target < gap.before ? gap.after + 1 : target };
	}

	async function grownDown(before: Frame): Promise<Frame> {
		const { high } = before;
		if (high === Infinity) return before;
		const gaps = gapsOf(await cache.stream(room));
		const target = topOf(await cache.messages(room, high + 1, Infinity, PAGE, 'bottom'));
		const gap = gaps.find(({ before }) => before > high + 1);
		return { ...before, high: gap && target > gap.after ? gap.before - 1 : target };
	}

	/** A page on either side, up to the next hole: the reader sees it, and it closes itself. */
	async function around(seq: number): Promise<Frame> {
		const gaps = gapsOf(await cache.stream(room));
		const within = gaps.find((gap) => gap.after < seq && seq < gap.before);
		if (within) return { low: within.after + 1, high: within.before - 1, around: seq };
		const above = await cache.messages(room, 0, seq, PAGE, 'top');
		const below = await cache.messages(room, seq + 1, Infinity, PAGE, 'bottom');
		const higher = gaps.findLast((gap) => gap.before <= seq)?.after ?? -1;
		const lower = gaps.find((gap) => gap.after >= seq)?.before ?? Infinity;
		return {
			low: Math.max(bottomOf(above), higher + 1),
			high: Math.min(topOf(below), lower - 1),
			around: seq
		};
	}

	async function quote(id: MessageId): Promise<Quote> {
		const row = await cache.message(id);
		if (row?.room !== room) {
			return { id, seq: null, state: 'absent', author: null, mine: false, body: '', files: [] };
		}
		const [author] = await cache.cards([row.author]);
		return {
			id,
			seq: row.seq,
			state: row.deleted ? 'recalled' : 'held',
			author: author ?? null,
			mine: row.author === me,
			body: row.body,
			files: row.files ?? []
		};
	}

	/** Moves happen one after the other, each from where the one before ended. */
	function move(to: (frame: Frame) => Promise<Frame> | Frame): void {
		moving = moving.then(async () => {
			try {
				const before = frame.get();
				const after = await to(before);
				if (isOther(before, after)) frame.set(after);
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
		toNewest: () =>
			move((before) =>
				before.high === Infinity && shownRows <= LONG ? { ...before, around: null } : NEWEST
			),
		toSeq: (seq) => move(() => around(seq)),
		quote,
		pins: pinnedItems(room, parts)
	};
}

function isOther(a: Frame, b: Frame): boolean {
	return a.low !== b.low || a.high !== b.high || a.around !== b.around;
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
