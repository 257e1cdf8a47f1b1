/** Saves what is being typed, at most 300 ms later, and at once when the window goes away. */

/** Ms between a key press and the saved draft; the promise is 300 in all, writing included. */
export const DRAFT_WITHIN = 200;

export class DraftKeeper<T> {
	readonly #save: (draft: T) => Promise<void>;
	readonly #failed: (error: unknown) => void;
	#timer: ReturnType<typeof setTimeout> | null = null;
	#draft: T | null = null;
	/** the latest save, until it is over */
	#saving: Promise<void> = Promise.resolve();
	#isSaved = true;

	/** @param failed is told when a draft could not be kept */
	constructor(save: (draft: T) => Promise<void>, failed: (error: unknown) => void) {
		this.#save = save;
		this.#failed = failed;
	}

	/** Nothing waits to be saved. */
	get isIdle(): boolean {
		return this.#timer === null;
	}

	/** The latest draft is kept on the device, as far as is known. */
	get isSaved(): boolean {
		return this.#isSaved;
	}

	/** To be told of every change. The first one starts the clock; later ones do not push it on. */
	change(draft: T): void {
		this.#draft = draft;
		this.#isSaved = false;
		this.#timer ??= setTimeout(() => void this.flush(), DRAFT_WITHIN);
	}

	/** Saves now what is waiting, if anything is. Never rejects: `failed` is told. */
	async flush(): Promise<void> {
		if (this.#timer === null) return;
		try {
			await this.keep();
		} catch (error) {
			this.#failed(error);
		}
	}

	/** Saves now what is waiting; resolves once the latest draft is kept, and rejects when it could not be. */
	keep(): Promise<void> {
		if (this.#timer !== null) {
			clearTimeout(this.#timer);
			this.#timer = null;
			// The device keeps drafts in the order in which it was asked to.
			const draft = this.#draft!;
			this.#saving = this.#save(draft).then(() => {
				if (this.#draft === draft) this.#isSaved = true;
			});
		}
		return this.#saving;
	}

	/** Forgets what is waiting: it was sent. */
	drop(): void {
		if (this.#timer !== null) clearTimeout(this.#timer);
		this.#timer = null;
		this.#draft = null;
		this.#isSaved = true;
		this.#saving = Promise.resolve();
	}
}
