/**
 * What is being said in one room: one after the other, so that what is said later stands later although
 * taking files in takes a while; and known as said before the list shows it, so that its draft does not
 * come back meanwhile.
 */

/** Texts remembered. */
const FEW = 3;

export class Saying {
	#last: Promise<unknown> = Promise.resolve();
	#texts: string[] = [];

	/** Runs it after what was said before; rejects as it does, and the text then counts as not said. */
	say(text: string, run: () => Promise<unknown>): Promise<void> {
		this.#texts = [...this.#texts, text].slice(-FEW);
		const done = this.#last.then(run).then(() => {});
		this.#last = done.catch(() => {
			// Told by whoever waits for `done`.
			this.#texts = this.#texts.filter((one) => one !== text);
		});
		return done;
	}

	/** Whether a text is (the beginning of) what was said last. */
	has(text: string): boolean {
		return this.#texts.some((one) => one.startsWith(text.trim()));
	}
}
