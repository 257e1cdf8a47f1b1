/** Waiting, for what follows a person's typing and what changes on the device. */

/** Waits; rejects with the signal's reason when it is ended before. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve, reject) => {
		const stop = (): void => {
			clearTimeout(timer);
			reject(signal.reason as Error);
		};
		const timer = setTimeout(() => {
			signal.removeEventListener('abort', stop);
			resolve();
		}, ms);
		signal.addEventListener('abort', stop, { once: true });
	});
}

/** Does something a while after it was last planned, and a longer while after it was first planned at the latest. */
export class Repeated {
	readonly #after: number;
	readonly #within: number;
	readonly #run: () => void;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#latest = 0;

	/** @param after ms after the last plan @param within ms after the first */
	constructor(after: number, within: number, run: () => void) {
		this.#after = after;
		this.#within = within;
		this.#run = run;
	}

	plan(): void {
		const now = performance.now();
		if (this.#timer === undefined) this.#latest = now + this.#within;
		clearTimeout(this.#timer);
		this.#timer = setTimeout(
			() => {
				this.#timer = undefined;
				this.#run();
			},
			Math.max(0, Math.min(this.#after, this.#latest - now))
		);
	}

	stop(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
	}
}
