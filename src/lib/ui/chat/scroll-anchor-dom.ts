/**
 * The DOM side of scroll-anchor.ts: measures the rows of one scrolling list, remembers what the
 * reader looks at, and puts it back after the rows changed. Rows are the children of `content`
 * with a `data-key`; only those with `data-message` are held on to, because day lines and
 * holes come and go.
 */
import { choose, correction, isAtEnd, type Hold, type Place } from './scroll-anchor.ts';

/** Index of the first row that ends below a height (px); found by halving, as a long list is measured on every scroll. */
function firstBelow(rows: HTMLCollection, height: number): number {
	let low = 0;
	let high = rows.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if (rows[middle]!.getBoundingClientRect().bottom <= height) low = middle + 1;
		else high = middle;
	}
	return low;
}

export class ScrollAnchor {
	readonly #scroller: HTMLElement;
	readonly #content: HTMLElement;
	#hold: Hold = { at: 'end' };
	/** scrollTop as we left it; another value means that the reader has scrolled */
	#top = 0;
	/** px from the top of the document to the list, at the last look */
	#listTop: number | null = null;

	constructor(scroller: HTMLElement, content: HTMLElement) {
		this.#scroller = scroller;
		this.#content = content;
	}

	/** What is kept where it is. */
	get hold(): Hold {
		return this.#hold;
	}

	get atEnd(): boolean {
		return this.#hold.at === 'end';
	}

	/** Whether the reader has scrolled since the last look. */
	get moved(): boolean {
		return this.#scroller.scrollTop !== this.#top;
	}

	/** Px from the upper and the lower edge of what is rendered. */
	edges(): { above: number; below: number } {
		const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
		return { above: scrollTop, below: scrollHeight - clientHeight - scrollTop };
	}

	/** Looks at what the reader sees. `last`: whether the newest row is rendered. */
	remember(last: boolean): void {
		const by = this.#listMoved();
		// Written without need it would end a fling.
		if (by !== 0) this.#scroller.scrollTop += by;
		const { scrollTop, clientHeight, scrollHeight } = this.#scroller;
		this.#top = scrollTop;
		this.#hold = choose(this.#places(), last && isAtEnd(scrollTop, clientHeight, scrollHeight));
	}

	/** From now on the end, or this row at this distance (px) from the top, is kept. */
	holdTo(hold: Hold): void {
		this.#listMoved();
		this.#hold = hold;
	}

	/** Puts what is held back into its place. */
	restore(): void {
		const by = this.#listMoved();
		if (this.#hold.at === 'row') this.#hold = { ...this.#hold, bottom: this.#hold.bottom - by };
		if (this.#hold.at === 'end') {
			this.#scroller.scrollTop = this.#scroller.scrollHeight;
		} else {
			const by = correction(this.#hold, this.#placeOf(this.#hold.key));
			if (by !== 0) this.#scroller.scrollTop += by;
		}
		this.#top = this.#scroller.scrollTop;
	}

	/**
	 * After something changed its size. Where the reader has scrolled meanwhile, that counts; where
	 * the browser has pushed the list up because it became shorter, what is held counts.
	 */
	settle(last: boolean): void {
		const { below } = this.edges();
		if (this.moved && below > 1) this.remember(last);
		else this.restore();
	}

	/** Seq of the last message whose lower edge is on screen; 0 when there is none. */
	lastSeen(): number {
		const bottom = this.#scroller.getBoundingClientRect().bottom + 1;
		const rows = this.#content.children;
		for (let index = firstBelow(rows, bottom) - 1; index >= 0; index--) {
			const seq = Number((rows[index] as HTMLElement).dataset['seq'] ?? 0);
			if (seq > 0) return seq;
		}
		return 0;
	}

	/** Key of the hole on screen or within `margin` px of it, and the side from which it was reached. */
	holeInView(margin: number): { key: string; end: 'top' | 'bottom' } | null {
		const view = this.#scroller.getBoundingClientRect();
		for (const row of this.#content.querySelectorAll<HTMLElement>(':scope > [data-hole]')) {
			const place = row.getBoundingClientRect();
			if (place.bottom < view.top - margin || place.top > view.bottom + margin) continue;
			const middle = (place.top + place.bottom) / 2;
			const end = middle <= (view.top + view.bottom) / 2 ? 'top' : 'bottom';
			return { key: row.dataset['key'] ?? '', end };
		}
		return null;
	}

	/** Seqs of answered messages that are not on the device, of the messages in view. */
	absentInView(): number[] {
		const view = this.#scroller.getBoundingClientRect();
		const quotes = this.#content.querySelectorAll<HTMLElement>('[data-quote="absent"]');
		return [...quotes].flatMap((quote) => {
			const { top, bottom } = quote.getBoundingClientRect();
			const seq = Number(quote.dataset['quoteSeq'] ?? 0);
			return seq > 0 && bottom >= view.top && top <= view.bottom ? [seq] : [];
		});
	}

	/**
	 * How far the list itself has moved since the last look, because a bar above it came or went: what somebody reads
	 * is to stay where it is on the screen.
	 * @returns px downwards
	 */
	#listMoved(): number {
		// The window may be scrolled, by a keyboard on the screen: that moves the list with all around it.
		const top = this.#scroller.getBoundingClientRect().top + window.scrollY;
		const by = this.#listTop === null ? 0 : top - this.#listTop;
		this.#listTop = top;
		return by;
	}

	*#places(): Generator<Place> {
		const view = this.#scroller.getBoundingClientRect().top;
		const rows = this.#content.children;
		for (let index = firstBelow(rows, view); index < rows.length; index++) {
			const row = rows[index] as HTMLElement;
			if (row.dataset['message'] === undefined) continue;
			const { top, bottom } = row.getBoundingClientRect();
			yield { key: row.dataset['key'] ?? '', top: top - view, bottom: bottom - view };
		}
	}

	#placeOf(key: string): Place | null {
		const row = this.#content.querySelector(`:scope > [data-key="${CSS.escape(key)}"]`);
		if (!row) return null;
		const view = this.#scroller.getBoundingClientRect().top;
		const { top, bottom } = row.getBoundingClientRect();
		return { key, top: top - view, bottom: bottom - view };
	}
}
