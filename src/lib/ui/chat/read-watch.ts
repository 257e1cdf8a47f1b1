/**
 * Decides when a message counts as read: it was on screen for half a second, in a window that is
 * visible and has the focus. Nothing else marks anything read.
 */

/** Ms on screen. */
export const READ_AFTER = 500;

export class ReadWatch {
	readonly #attentive: () => boolean;
	readonly #read: (seq: number) => void;
	/** seq of the last message that is on screen */
	#seen = 0;
	/** seq of the last message that was reported as read */
	#told = 0;
	#timer: ReturnType<typeof setTimeout> | null = null;

	/**
	 * @param attentive whether the window is visible and has the focus
	 * @param read called with the seq up to which everything was seen; it only grows
	 */
	constructor(attentive: () => boolean, read: (seq: number) => void) {
		this.#attentive = attentive;
		this.#read = read;
	}

	/** To be told the last seq on screen after every scroll and change, and when the focus returns. */
	see(seq: number): void {
		this.#seen = seq;
		if (seq <= this.#told || this.#timer !== null || !this.#attentive()) return;
		this.#timer = setTimeout(() => this.#ripe(seq), READ_AFTER);
	}

	#ripe(since: number): void {
		this.#timer = null;
		// What has come or been scrolled to meanwhile has not been on screen long enough.
		const seq = Math.min(since, this.#seen);
		if (this.#attentive() && seq > this.#told) {
			this.#told = seq;
			this.#read(seq);
		}
		this.see(this.#seen);
	}

	stop(): void {
		if (this.#timer !== null) clearTimeout(this.#timer);
		this.#timer = null;
	}
}
