/** Costly work: only so many at once, and a short line; who finds it full is told to come back (promise 17). */
import { refuse, RefusalError } from '../src/lib/protocol/refusal.ts';

export interface Semaphore {
	/** Runs the work when it is its turn. Rejects with RefusalError("busy") when too many wait. */
	run<T>(work: () => Promise<T>): Promise<T>;
	running(): number;
}

/**
 * @param slots how many run at once
 * @param line how many may wait
 * @param comeBack ms after which somebody who found the line full may come back
 */
export function createSemaphore(slots: number, line: number, comeBack: number): Semaphore {
	let free = slots;
	const waiting: (() => void)[] = [];

	function turn(): Promise<void> {
		if (waiting.length >= line) throw new RefusalError(refuse('busy', { after: comeBack }));
		return new Promise((resolve) => waiting.push(resolve));
	}

	return {
		async run(work) {
			if (free > 0) free--;
			else await turn();
			try {
				return await work();
			} finally {
				const next = waiting.shift();
				if (next) next();
				else free++;
			}
		},
		running: () => slots - free
	};
}
