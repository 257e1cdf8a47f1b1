/** Virtual time: a thousand lost connections are played within a second. */

interface Timer {
	at: number;
	order: number;
	run: () => void;
	cancelled: boolean;
}

/** Lets all promises that can go on go on. */
export function microtasks(): Promise<void> {
	return new Promise((resolve) => setImmediate(resolve));
}

export class VirtualTime {
	private timers: Timer[] = [];
	private order = 0;
	/** ms since the beginning of the world */
	ms = 0;

	/** Calls `run` after `ms`; the answer cancels it. */
	after(ms: number, run: () => void): () => void {
		const timer = { at: this.ms + Math.max(0, ms), order: this.order++, run, cancelled: false };
		let i = this.timers.length;
		while (i > 0 && this.timers[i - 1]!.at > timer.at) i--;
		this.timers.splice(i, 0, timer);
		return () => {
			timer.cancelled = true;
		};
	}

	/** Runs everything that is due within `ms` from now, in order. */
	async advance(ms: number): Promise<void> {
		const end = this.ms + ms;
		await microtasks();
		while (this.timers.length > 0 && this.timers[0]!.at <= end) {
			const timer = this.timers.shift()!;
			if (timer.cancelled) continue;
			this.ms = Math.max(this.ms, timer.at);
			timer.run();
			// As in a real event loop, promises go on before the next timer does.
			await microtasks();
		}
		this.ms = end;
	}
}
