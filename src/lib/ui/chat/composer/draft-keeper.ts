/** Saves what is being typed, at most 300 ms later, and at once when the window goes away. */

/** Ms between a key press and the saved draft; the promise is 300 in all, writing included. */
export const DRAFT_WITHIN = 200;

export class DraftKeeper<T> {
	readonly #save: (draft: T) => Promise<void>;
	readonly #failed: (error: unknown) => void;
	#timer: ReturnType<typeof setTimeout> | null = null;
	#draft: T | null = null;

	/** @param failed is told when a draft could not be kept */
	constructor(save: (draft: T) => Promise<void>, failed: (error: unknown) => void) {
		this.#save = save;
		this.#failed = failed;
	}

	/** To be told of every change. The first one starts the clock; later ones do not push it on. */
	change(draft: T): void {
		this.#draft = draft;
		this.#timer ??= setTimeout(() => void this.flush(), DRAFT_WITHIN);
	}

	/** Saves now what is waiting, if anything is. */
	async flush(): Promise<void> {
		if (this.#timer === null) return;
		clearTimeout(this.#timer);
		this.#timer = null;
		try {
			await this.#save(this.#draft!);
		} catch (error) {
			this.#failed(error);
		}
	}

	/** Forgets what is waiting: it was sent. */
	drop(): void {
		if (this.#timer !== null) clearTimeout(this.#timer);
		this.#timer = null;
	}
}
