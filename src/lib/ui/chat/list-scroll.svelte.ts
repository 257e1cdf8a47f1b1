/**
 * What of a conversation is in the document, and where the reader stands in it: keeps the place,
 * asks for more at the edges, notes what is read, fetches what is missing, goes where somebody wants
 * to go. The DOM is measured by ScrollAnchor, and nothing here knows what a row looks like.
 */
import { tick, untrack } from 'svelte';
import type {
	HoleItem,
	ReadingPlace,
	TimelineSource,
	TimelineView
} from '../../state/client/client-types.ts';
import {
	sliceAfterChange,
	sliceAround,
	sliceAtEnd,
	sliceDown,
	sliceToOpen,
	sliceUp,
	type Slice
} from './scroll-anchor.ts';
import { afterPaint } from '../base/after-paint.ts';
import { GapFetcher, type GapRequest } from './gap-fetcher.ts';
import { ReadWatch } from './read-watch.ts';
import { seqOf, type Row } from './rows.ts';
import { ScrollAnchor } from './scroll-anchor-dom.ts';

/** Px from an edge at which more is rendered or read from the device. */
const NEAR = 900;
/** Px around the screen within which a hole counts as reached. */
const HOLE_MARGIN = 120;
/** Px below the top at which the divider ends when a room is opened. */
const DIVIDER_AT = 104;
/** Part of the view's height at which a row ends that somebody wants to see. */
const MIDDLE = 0.55;

interface ListParts {
	view: () => TimelineView;
	rows: () => Row[];
	source: () => TimelineSource;
	/** how the connection stands: what is missing is asked for anew when it changes */
	link: () => string | null;
	onread: (seq: number) => void;
	onfill: (wish: GapRequest | null) => void;
	/** there is no message where somebody wanted to go */
	onmissing: () => void;
	/** unread messages of the conversation */
	unread: () => number;
	/** where the reader left the conversation before; null: at its end */
	start: ReadingPlace | null;
	/** the reader leaves */
	onleave: (place: ReadingPlace | null) => void;
}

function isHoleAround(row: Row, seq: number): boolean {
	return row.type === 'hole' && row.hole.after < seq && seq < row.hole.before;
}

export class ListScroll {
	readonly #parts: ListParts;
	readonly #filling: GapFetcher;
	readonly #reading: ReadWatch;
	#keeper: ScrollAnchor | null = null;
	#height = () => 0;
	#slice = $state.raw<Slice>({ from: 0, to: 0 });
	#atEnd = $state(true);
	#seen = $state(0);
	#flash = $state<string | null>(null);
	/** the view for which more was asked for last, so that it is asked for once */
	#asked: TimelineView | null = null;
	/** first and last key in the document */
	#ends: [string | undefined, string | undefined] = [undefined, undefined];
	/** whether the newest row is in the document as it stands, before a change is applied */
	#complete = true;
	#opened = false;
	/** the first rows were painted: the others may come */
	#painted = false;
	#stopWaiting = (): void => undefined;
	/** seq that somebody wants to go to, until it is on screen */
	#goal: number | null = null;

	/** The rows that are in the document. */
	readonly shown = $derived.by(() => this.#parts.rows().slice(this.#slice.from, this.#slice.to));
	/** Messages of others below what was on screen. */
	readonly below = $derived.by(() => {
		const { items, hasNewer } = this.#parts.view();
		const count = items.filter(
			(item) => item.type === 'message' && !item.mine && item.seq !== null && item.seq > this.#seen
		).length;
		// Of what lies beyond these rows only the unread ones are counted.
		return hasNewer ? Math.max(count, this.#parts.unread()) : count;
	});
	/** Whether the conversation's first message is in the document. */
	readonly atStart = $derived.by(
		() =>
			this.#slice.from === 0 &&
			!this.#parts.view().hasOlder &&
			this.#parts.rows()[0]?.type !== 'hole'
	);

	/** To be made while a component is: it follows the rows for as long as that lives. */
	constructor(parts: ListParts) {
		this.#parts = parts;
		this.#filling = new GapFetcher(parts.onfill, () => this.look());
		this.#reading = new ReadWatch(
			() => document.visibilityState === 'visible' && document.hasFocus(),
			parts.onread
		);
		$effect.pre(() => {
			void this.shown;
			// The document is about to change: what the reader has scrolled to until now counts.
			untrack(() => this.#keeper?.moved && this.#keeper.remember(this.#complete));
		});
		$effect.pre(() => {
			const rows = parts.rows();
			untrack(() => this.#follow(rows));
		});
		$effect(() => {
			void parts.link();
			untrack(() => this.#filling.retry());
		});
	}

	get atEnd(): boolean {
		return this.#atEnd;
	}

	/** Where the reader is; null: at the end, or nowhere yet. */
	get place(): ReadingPlace | null {
		const hold = this.#keeper?.hold;
		const row = hold?.at === 'row' ? this.#rows.find((one) => one.key === hold.key) : undefined;
		const seq = row && seqOf(row);
		return seq === undefined || hold?.at !== 'row' ? null : { seq, bottom: hold.bottom };
	}

	/** The time of the message at the upper edge of the screen (ms); null: the reader is at the end. */
	get placeAt(): number | null {
		const seq = this.place?.seq;
		const row = this.#rows.find((one) => seqOf(one) === seq);
		return row?.type === 'message' && seq !== undefined ? row.item.at : null;
	}

	/** Key of the message that somebody has just jumped to. */
	get flash(): string | null {
		return this.#flash;
	}

	/** Begins to measure; to be called in an effect. The answer ends it. */
	attach(scroller: HTMLElement, content: HTMLElement): () => void {
		this.#height = () => scroller.clientHeight;
		this.#keeper = new ScrollAnchor(scroller, content);
		const sizes = new ResizeObserver(() => {
			this.#keeper?.settle(this.#complete);
			this.look();
		});
		sizes.observe(scroller);
		sizes.observe(content);
		return () => {
			this.#parts.onleave(this.place);
			sizes.disconnect();
			this.#stopWaiting();
			this.#reading.stop();
			this.#filling.stop();
		};
	}

	/** To be called in an effect after these rows came into the document. */
	rendered(shown: readonly Row[]): void {
		this.#ends = [shown[0]?.key, shown.at(-1)?.key];
		this.#complete = this.#slice.to >= this.#rows.length && !this.#view.hasNewer;
		if (!this.#opened && this.#rows.length > 0) this.#open();
		this.#keeper?.restore();
		if (this.#goal !== null) this.#approach(this.#goal);
		this.look();
	}

	readonly onscroll = (): void => {
		if (!this.#keeper?.moved) return;
		this.#goal = null;
		this.#keeper.remember(this.#complete);
		this.look();
	};

	/** Takes note of what is on screen: the end, what is read, holes, and whether more is needed. */
	readonly look = (): void => {
		const keeper = this.#keeper;
		if (!keeper) return;
		this.#atEnd = keeper.atEnd;
		const last = keeper.lastSeen();
		if (last > this.#seen) this.#seen = last;
		this.#reading.see(last);
		this.#askForMissing(keeper);
		this.#askForMore(keeper);
	};

	/** Back to the newest message, following from now on. */
	async toEnd(): Promise<void> {
		this.#goal = null;
		this.#keeper?.holdTo({ at: 'end' });
		this.#parts.source().toNewest();
		this.#slice = sliceAtEnd(this.#rows.length);
		await tick();
		this.#keeper?.restore();
		this.look();
	}

	/** Goes to the message with this seq: on screen, on the device, or (with a link) still to be fetched. */
	jump(seq: number): void {
		this.#goal = seq;
		if (this.#rows.some((row) => seqOf(row) === seq)) this.#approach(seq);
		else this.#parts.source().toSeq(seq);
		this.look();
	}

	get #rows(): Row[] {
		return untrack(this.#parts.rows);
	}

	get #view(): TimelineView {
		return untrack(this.#parts.view);
	}

	#follow(rows: Row[]): void {
		if (!this.#opened) {
			this.#slice = sliceToOpen(this.#opensAt(rows), rows.length, window.innerHeight);
			return;
		}
		const find = (key: string | undefined): number =>
			key === undefined ? -1 : rows.findIndex((row) => row.key === key);
		const following = (this.#keeper?.atEnd ?? true) && !this.#view.hasNewer;
		const [first, last] = this.#ends;
		this.#slice = sliceAfterChange(find(first), find(last), rows.length, following);
	}

	/** Goes back to where the reader was, once that is on this device; the end (null) included. */
	resume(place: ReadingPlace | null): void {
		if (place === null) void this.toEnd();
		else if (!this.#resume(place)) this.jump(place.seq);
	}

	/** @returns whether the message is among the rows */
	#resume({ seq, bottom }: ReadingPlace): boolean {
		const at = this.#rows.findIndex((row) => seqOf(row) === seq);
		if (at >= 0) this.#show(at, bottom);
		return at >= 0;
	}

	/** Index of the row that the reader is led to; -1: the end. */
	#opensAt(rows: readonly Row[]): number {
		const seq = this.#parts.start?.seq;
		const left = seq === undefined ? -1 : rows.findIndex((row) => seqOf(row) === seq);
		return left >= 0 ? left : rows.findIndex((row) => row.type === 'unread');
	}

	#open(): void {
		this.#opened = true;
		this.#stopWaiting = afterPaint(() => {
			this.#painted = true;
			this.look();
		});
		const { start } = this.#parts;
		if (start && this.#resume(start)) return;
		// What stood there is not on this device any more.
		if (start) this.#parts.source().toNewest();
		const unread = this.#rows.findIndex((row) => row.type === 'unread');
		if (unread >= 0) this.#show(unread, DIVIDER_AT);
	}

	#approach(seq: number): void {
		const at = this.#rows.findIndex((row) => seqOf(row) === seq || isHoleAround(row, seq));
		const row = this.#rows[at];
		if (row) {
			if (row.type === 'message') this.#arrive(row.key);
			this.#show(at);
		} else if (this.#view.around === seq) {
			// The window stands where the message would be, and it is not there.
			const next = this.#rows.findIndex((one) => (seqOf(one) ?? 0) > seq);
			this.#goal = null;
			this.#show(next < 0 ? this.#rows.length - 1 : next);
			this.#parts.onmissing();
		}
	}

	#arrive(key: string): void {
		this.#goal = null;
		this.#flash = null;
		void tick().then(() => (this.#flash = key));
	}

	/** Brings a row to the middle of the view, or to where it was. @param bottom px from the top to its lower edge */
	#show(at: number, bottom = this.#height() * MIDDLE): void {
		const key = this.#rows[at]?.key;
		const keeper = this.#keeper;
		if (key === undefined || !keeper) return;
		keeper.holdTo({ at: 'row', key, bottom });
		if (at < this.#slice.from || at >= this.#slice.to) {
			this.#slice = sliceAround(at, this.#rows.length);
		}
		void tick().then(() => {
			keeper.restore();
			keeper.remember(this.#complete);
			this.look();
		});
	}

	#askForMissing(keeper: ScrollAnchor): void {
		const shown = untrack(() => this.shown);
		// Most conversations miss nothing: then the document is not searched at every step of a scroll.
		const isHeld = !shown.some(
			(row) => row.type === 'hole' || (row.type === 'message' && row.item.reply?.state === 'absent')
		);
		if (isHeld) return this.#filling.see(this.#goal, null, []);
		const found = keeper.holeInView(HOLE_MARGIN);
		const hole = found && this.#holeOf(found.key);
		const reached = hole && found ? { hole, end: found.end } : null;
		this.#filling.see(this.#goal, reached, keeper.absentInView());
	}

	#holeOf(key: string): HoleItem | null {
		const row = this.#rows.find((one) => one.key === key);
		return row?.type === 'hole' ? row.hole : null;
	}

	#askForMore(keeper: ScrollAnchor): void {
		const { above, below } = keeper.edges();
		// The others follow the first paint, unless the first ones are too low to fill it.
		if (!this.#painted && (above > 0 || below > 0)) return;
		const count = this.#rows.length;
		if (above < NEAR) {
			if (this.#slice.from > 0) this.#slice = sliceUp(this.#slice, count);
			else if (this.#view.hasOlder) this.#request((source) => source.older());
		} else if (below < NEAR && !keeper.atEnd) {
			if (this.#slice.to < count) this.#slice = sliceDown(this.#slice, count);
			else if (this.#view.hasNewer) this.#request((source) => source.newer());
		}
	}

	#request(ask: (source: TimelineSource) => void): void {
		if (this.#asked === this.#view) return;
		this.#asked = this.#view;
		ask(this.#parts.source());
	}
}
