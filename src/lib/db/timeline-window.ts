/**
 * A window on one conversation: which part of what is held is on screen. It opens at the newest
 * messages, grows by pages, and stops at holes so that the reader sees them.
 */
import type { MessageRow } from '../protocol/change.ts';
import type { MessageId, PersonId, RoomId } from '../protocol/ids.ts';
import { timelineItems } from '../read-model/timeline.ts';
import type { PinItem, Quote } from '../read-model/views.ts';
import { serialQueue } from '../sync/concurrency.ts';
import { listeners } from '../sync/listeners.ts';
import type { UnsavedActs } from '../sync/outbox/unsaved-acts.ts';
import type { FileQueue } from '../sync/ports-files.ts';
import type { OutboxRow } from '../sync/ports.ts';
import { liveValue, type Live, type Writable } from './live.ts';
import type { OpensAt, TimelineSource, TimelineView } from './timeline-source.ts';
import { readFiles } from './local-files.ts';
import { pinnedItems, type PinParts } from './pins.ts';
import {
	readArrived,
	readMentionable,
	readQuote,
	readQuoted,
	readersOf,
	SeenCards
} from './timeline-context.ts';
import {
	atNewest,
	boundedAbove,
	boundedBelow,
	isSameFrame,
	liesBelow,
	NEWEST,
	PAGE,
	readAround,
	readBetween,
	settle,
	toBeAround,
	within,
	withNewer,
	withOlder,
	type Frame,
	type FrameRows,
	type HeldFrame as Held
} from './timeline-frame.ts';

export interface WindowParts extends PinParts {
	/** what this tab is writing into the outbox */
	unsaved: Pick<UnsavedActs, 'saves' | 'since' | 'watch'>;
	/** files on their way */
	files: Pick<FileQueue, 'all'>;
	me: PersonId;
	/** ids of acts with the network */
	sending: Writable<readonly string[]>;
	/** whether holes can close themselves now */
	isLinked: () => boolean;
}

/** All that was read for one view. */
interface Reading extends Held {
	unsent: OutboxRow[];
	landed: ReadonlySet<MessageId>;
	quoted: ReadonlyMap<MessageId, MessageRow>;
	people: ReadonlyMap<string, PersonId>;
	files: Awaited<ReturnType<typeof readFiles>>;
	/** acts of this tab that had been saved when this was read */
	saves: number;
}

/** The window of one screen. */
export class TimelineWindow implements TimelineSource {
	readonly pins: Live<PinItem[]>;
	private readonly room: RoomId;
	private readonly parts: WindowParts;
	private frame = NEWEST;
	private readonly moves = listeners<[]>();
	private readonly cards: SeenCards;
	private readonly reading: Live<Reading>;
	private readonly inTurn = serialQueue();
	/** changes of the cache told so far */
	private changes = 0;
	private last: Reading | null = null;
	/** the message whose quote was asked for last: the next words may answer it, wherever it stands */
	private answered: MessageRow | null = null;
	private opensAt: OpensAt | null;

	/** @param opensAt where it opens; without it at the newest messages */
	constructor(room: RoomId, parts: WindowParts, opensAt: OpensAt | null = null) {
		const { cache, outbox, me, sending, onError } = parts;
		this.room = room;
		this.parts = parts;
		this.opensAt = opensAt;
		this.cards = new SeenCards(cache, me);
		this.pins = pinnedItems(room, parts);
		const cacheChanged = (changed: () => void) => {
			// Nobody has told of changes while nobody looked.
			this.last = null;
			return cache.watch(room, () => {
				this.changes++;
				changed();
			});
		};
		this.reading = liveValue(
			() => this.read(),
			[cacheChanged, (changed) => outbox.watch(changed), this.moves.add, sending.watch],
			onError
		);
	}

	subscribe(run: (view: TimelineView) => void): () => void {
		let read: Reading | null = null;
		const show = (): void => {
			if (read) run(this.viewOf(read));
		};
		const ends = [
			this.reading.subscribe((reading) => {
				read = reading;
				show();
			}),
			// What is being written is shown in this very frame: nothing is read for it.
			this.parts.unsaved.watch(show)
		];
		return () => ends.forEach((end) => end());
	}

	older(): void {
		this.move(async (frame) => {
			const grown = await withOlder(this.conversation, frame, this.parts.isLinked());
			return boundedAbove(grown, this.heldBy(frame));
		});
	}

	newer(): void {
		this.move(async (frame) => {
			const grown = await withNewer(this.conversation, frame);
			return boundedBelow(grown, this.heldBy(frame));
		});
	}

	toNewest(): void {
		this.move((frame) => atNewest(this.heldBy(frame)));
	}

	toSeq(seq: number): void {
		this.move(() => toBeAround(seq));
	}

	async quote(id: MessageId): Promise<Quote> {
		const { quote, row } = await readQuote(this.conversation, id);
		this.answered = row;
		return quote;
	}

	private get conversation() {
		const { cache, me } = this.parts;
		return { cache, room: this.room, me };
	}

	/** A frame with what was read for it; with nothing, if the last reading was for another one. */
	private heldBy(frame: Frame): FrameRows {
		return { frame, rows: this.last && isSameFrame(this.last, frame) ? this.last.rows : [] };
	}

	/** Moves happen one after the other, each from where the one before ended. */
	private move(to: (frame: Frame) => Promise<Frame> | Frame): void {
		this.inTurn(async () => {
			const before = this.frame;
			const after = await to(before);
			if (isSameFrame(before, after)) return;
			this.frame = after;
			this.moves.tell();
		}).catch(this.parts.onError);
	}

	/** What was read, with what this tab has begun to write since. */
	private viewOf(reading: Reading): TimelineView {
		const { me, sending, unsaved } = this.parts;
		const { state, unsent, quoted, high, around } = reading;
		const known = new Set(unsent.map(({ id }) => id));
		const begun = unsaved
			.since(reading.saves)
			.filter(({ row }) => row.lane === this.room && !known.has(row.id));
		const { answered } = this;
		// What was read is fresher: it may have been changed or taken back since.
		const withAnswered = answered && begun.length > 0 && !quoted.has(answered.id);
		const items = timelineItems({
			...reading,
			outbox: [...unsent, ...begun.map(({ row }) => row)],
			keeping: new Set(begun.filter(({ isSaved }) => !isSaved).map(({ row }) => row.id)),
			quoted: withAnswered ? new Map([...quoted, [answered.id, answered]]) : quoted,
			me,
			sending: new Set(sending.get()),
			cards: this.cards.byPerson
		});
		const head = state?.cursor?.s ?? 0;
		return {
			items,
			hasOlder: reading.hasOlder,
			hasNewer: high !== Infinity,
			read: state?.read ?? 0,
			known: state !== null && state.cursor !== null,
			around: around !== null && around <= head ? around : null,
			readers: readersOf(reading.seen, reading.rows, this.cards.byPerson)
		};
	}

	/** The outbox is read first: what has left it since is in the cache already (rule O5). */
	private async read(): Promise<Reading> {
		const { cache, outbox, files, unsaved } = this.parts;
		const { saves } = unsaved;
		const expected = this.expectedUnsent();
		const unsent = (await outbox.all()).filter((row) => row.lane === this.room);
		const [read, localFiles] = await Promise.all([
			cache.together(() => this.readCache(expected, unsent)),
			readFiles(files, unsent)
		]);
		this.last = { ...read, unsent, files: localFiles, saves };
		return this.last;
	}

	private async readCache(expected: readonly string[], unsent: OutboxRow[]) {
		const { conversation, cards } = this;
		const known = this.lastIfFresh(expected, unsent);
		const held = known && isSameFrame(known, this.frame) ? known : await this.readHeld(known);
		const { rows } = held;
		const [landed, quoted, people] = await Promise.all([
			readArrived(conversation, unsent, rows),
			readQuoted(conversation, rows, unsent),
			readMentionable(conversation, unsent)
		]);
		await cards.add(quoted.values());
		return { ...held, landed, quoted, people };
	}

	/** Acts that the outbox had, or must have by now. */
	private expectedUnsent(): string[] {
		const { last } = this;
		if (!last) return [];
		const saved = this.parts.unsaved.since(last.saves).filter(({ isSaved }) => isSaved);
		const ofRoom = [...last.unsent, ...saved.map(({ row }) => row)];
		return ofRoom.filter(({ lane }) => lane === this.room).map(({ id }) => id);
	}

	/**
	 * What was read of the cache last, while it stands. Not when something has left the outbox: that is in the
	 * cache already, though nobody may have told of it yet.
	 */
	private lastIfFresh(expected: readonly string[], unsent: readonly OutboxRow[]): Held | null {
		const { last } = this;
		if (last?.changes !== this.changes) return null;
		const here = new Set(unsent.map(({ id }) => id));
		return expected.every((id) => here.has(id)) ? last : null;
	}

	/** @param known what stands of the cache already */
	private async readHeld(known: Held | null): Promise<Held> {
		const { conversation, changes, cards } = this;
		const read = await this.readFrame(known);
		const { low, rows, state, seen } = read;
		const others = seen.map(({ id }) => id);
		const [hasOlder] = await Promise.all([
			low > 1 && liesBelow(conversation, low, state),
			cards.add(rows, others)
		]);
		return { ...read, hasOlder, changes };
	}

	/** The messages in the frame, and where it stands by them. */
	private async readFrame(known: Held | null) {
		const { cache } = this.parts;
		const { room, frame, opensAt } = this;
		const [state, found, seen] = await Promise.all([
			cache.stream(room),
			this.readRows(frame, known),
			cache.seen(room),
			this.cards.refresh()
		]);
		const seq = state && opensAt ? opensAt(state) : null;
		const asked = seq === null ? frame : toBeAround(seq);
		const rows = asked === frame ? found : await this.readRows(asked, known);
		const settled = settle(asked, state, rows);
		this.opensAt = null;
		// From here on the window keeps its lower edge, so that what comes in moves nothing away. It may
		// have been moved elsewhere while this was read.
		const isHere = asked.around !== null || (state?.ready && rows.length > 0);
		if (isHere && this.frame === frame) this.frame = settled;
		const others = seen.filter(({ id }) => id !== this.parts.me);
		return { state, rows: within(settled, rows), seen: others, ...settled };
	}

	private readRows({ low, high, around }: Frame, known: Held | null): Promise<MessageRow[]> {
		const { cache } = this.parts;
		if (low !== null) return readBetween(this.conversation, { low, high, around }, known);
		if (around !== null) return readAround(this.conversation, around);
		return cache.messages(this.room, 0, Infinity, PAGE, 'top');
	}
}
