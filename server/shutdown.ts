/** The order in which the parts of the server close, and what happens when one fails to. */
import type { Log } from './log.ts';

/** A process manager usually kills after 10 s; this leaves it the last word. */
const HARD_LIMIT_MS = 8_000;

/**
 * Closes on SIGTERM and SIGINT: `close` is called once and then the process ends. A second signal,
 * or a close that takes longer than the limit, ends it at once; what was acknowledged is on disk
 * either way (promise 1).
 */
export function closeOnSignal(close: () => Promise<void>, log: Log): void {
	let closing = false;
	const end = (signal: NodeJS.Signals) => {
		if (closing) process.exit(1);
		closing = true;
		log.info({ signal }, 'closing');
		const limit = setTimeout(() => {
			log.warn('closing took too long; ending now');
			process.exit(1);
		}, HARD_LIMIT_MS);
		limit.unref();
		close().then(
			() => process.exit(0),
			(error: unknown) => {
				log.error({ err: error }, 'closing failed');
				process.exit(1);
			}
		);
	};
	process.on('SIGTERM', end);
	process.on('SIGINT', end);
}

/** Runs steps one after the other; a step that fails is logged and does not keep the next from running. */
export async function closeInOrder(
	steps: readonly (readonly [name: string, close: () => unknown])[],
	log: Log
): Promise<void> {
	for (const [name, close] of steps) {
		try {
			await close();
		} catch (error) {
			log.error({ err: error, step: name }, 'a part of the server failed to close');
		}
	}
}
