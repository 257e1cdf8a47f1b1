/** Asynchronous work that must not run twice at a time. */

/**
 * Work that runs once at a time, and once more when it was asked for meanwhile.
 * @param onError called with what the work rejects with; the next call runs it again all the same
 * @returns asks for the work to be done
 */
export function singleFlight(
	work: () => Promise<void>,
	onError: (error: unknown) => void
): () => void {
	let running = false;
	let again = false;
	return function run(): void {
		if (running) {
			again = true;
			return;
		}
		running = true;
		again = false;
		work()
			.catch(onError)
			.finally(() => {
				running = false;
				if (again) run();
			});
	};
}

/** Runs pieces of work one after the other, in the order of the calls; one that rejects holds up nothing. */
export function serialQueue(): <T>(work: () => Promise<T>) => Promise<T> {
	let last: Promise<unknown> = Promise.resolve();
	return (work) => {
		const turn = last.then(work);
		last = turn.catch(() => undefined);
		return turn;
	};
}
