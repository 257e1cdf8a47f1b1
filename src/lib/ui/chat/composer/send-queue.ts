/**
 * What is being said in one room: what is said later stands later, although taking files in takes a while;
 * and it is known as said before the list shows it, so that its draft does not come back meanwhile.
 */

/** Texts remembered. */
const FEW = 3;

export class SendQueue {
	/** files that are being taken in, and what is said after them; null: nothing is held up */
	#held: Promise<unknown> | null = null;
	#texts: string[] = [];

	/**
	 * Runs it at once, or after the files that were said before; rejects as it does, and the text then counts
	 * as not said.
	 * @param takesFilesIn whether what is said later has to wait for it; words alone are queued as they come
	 */
	say(text: string, run: () => Promise<unknown>, takesFilesIn = false): Promise<void> {
		this.#texts = [...this.#texts, text].slice(-FEW);
		const turn = this.#held ? this.#held.then(run) : run();
		const done = turn.then(() => {});
		const settled = done.catch(() => {
			// Told by whoever waits for `done`.
			this.#texts = this.#texts.filter((one) => one !== text);
		});
		if (takesFilesIn || this.#held) this.#hold(settled);
		return done;
	}

	/** Whether a text is (the beginning of) what was said last. */
	has(text: string): boolean {
		return this.#texts.some((one) => one.startsWith(text.trim()));
	}

	#hold(work: Promise<unknown>): void {
		this.#held = work;
		void work.then(() => {
			if (this.#held === work) this.#held = null;
		});
	}
}
