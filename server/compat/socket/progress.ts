/** How far the telling of messages has come, by their numbers. */

export interface Progress {
	/**
	 * Up to here messages were told, or given up because reading failed. A socket that comes back reads up to here:
	 * what was given up lies below it, and what is above will be told.
	 */
	readonly told: number;
	/** Up to here messages were sent: sockets that were not cut have been given everything of their rooms. */
	readonly sent: number;
	/** All messages up to this one were sent. */
	reached(number: number): void;
	/** Those up to this one could not be sent, and the sockets concerned were cut. */
	givenUp(number: number): void;
}

/** @param newest number of the newest message at the start: nobody is told of those before */
export function createProgress(newest: number): Progress {
	let told = newest;
	let sent = newest;
	return {
		get told() {
			return told;
		},
		get sent() {
			return sent;
		},
		reached(number) {
			told = Math.max(told, number);
			sent = Math.max(sent, number);
		},
		givenUp(number) {
			told = Math.max(told, number);
		}
	};
}
