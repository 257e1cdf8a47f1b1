/** Waiting that can be cut short. */
import type { Clock } from '../ports.ts';

/** Resolves after `ms`, or as soon as one of the signals aborts. */
export function pause(clock: Clock, ms: number, signals: readonly AbortSignal[]): Promise<void> {
	return new Promise((resolve) => {
		const done = (): void => {
			cancel();
			for (const signal of signals) signal.removeEventListener('abort', done);
			resolve();
		};
		const cancel = clock.after(ms, done);
		for (const signal of signals) signal.addEventListener('abort', done);
		if (signals.some((signal) => signal.aborted)) done();
	});
}
