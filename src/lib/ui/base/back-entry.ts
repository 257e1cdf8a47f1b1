/**
 * The way back closes what is open on top of the page: dialogs, sheets, menus. While anything is open the
 * browser's history has one entry more, with the same page, and going back leaves that entry instead of the page.
 */

/** What is needed of the browser's history. */
export interface HistoryPort {
	/** whether the entry on screen is the additional one */
	isMarked(): boolean;
	/** adds the entry */
	mark(): void;
	/** goes back by one; `BackEntry.settle` is called once that has happened */
	back(): void;
	/** whether a page is on its way */
	isNavigating(): boolean;
	/** @param replaces whether it takes the place of the page on screen in the history */
	goto(to: URL, replaces: boolean): void;
}

export class BackEntry {
	readonly #history: HistoryPort;
	/** how to close what is open, the topmost last */
	#open: (() => void)[] = [];
	#wasMarked = false;
	/** the entry is being left by the app itself */
	#isLeaving = false;
	/** where to go once it is left */
	#held: { to: URL; replaces: boolean } | null = null;

	constructor(history: HistoryPort) {
		this.#history = history;
	}

	/**
	 * Something was opened.
	 * @param close closes it; called when somebody goes back
	 * @returns to be called when it is closed, however; calling it again does nothing
	 */
	opened(close: () => void): () => void {
		// Two that are open may be closed by the same function.
		const entry = (): void => close();
		this.#open.push(entry);
		this.#adjust();
		return () => {
			if (!this.#open.includes(entry)) return;
			this.#open = this.#open.filter((one) => one !== entry);
			this.#adjust();
		};
	}

	/** To be called when another entry of the history is on screen, and when a page has come. */
	settle(): void {
		const isMarked = this.#history.isMarked();
		const isLeft = this.#wasMarked && !isMarked;
		this.#wasMarked = isMarked;
		if (this.#isLeaving) {
			if (!isLeft) return;
			this.#isLeaving = false;
			const held = this.#held;
			this.#held = null;
			if (held) {
				this.#history.goto(held.to, held.replaces);
				return;
			}
		} else if (isLeft) this.#open.pop()?.();
		this.#adjust();
	}

	/**
	 * To be called before the app goes to another page: from the additional entry it would stay behind in the history,
	 * and a press of "back" would seem to do nothing.
	 * @param replaces whether it takes the place of the page on screen
	 * @returns whether to cancel that; it is done once the entry is left
	 */
	holds(to: URL, replaces: boolean): boolean {
		if (!this.#isLeaving && !this.#history.isMarked()) return false;
		this.#held = { to, replaces };
		if (!this.#isLeaving) this.#leave();
		return true;
	}

	#leave(): void {
		this.#wasMarked = true;
		this.#isLeaving = true;
		this.#history.back();
	}

	#adjust(): void {
		if (this.#isLeaving || this.#history.isNavigating()) return;
		const isMarked = this.#history.isMarked();
		if (this.#open.length > 0 && !isMarked) {
			this.#history.mark();
			this.#wasMarked = this.#history.isMarked();
		} else if (this.#open.length === 0 && isMarked) this.#leave();
	}
}
