/** Waiting for the engine to have written something. */
import type { Cache } from '../../db/cache.ts';
import type { StreamId } from '../../protocol/ids.ts';

/** ms without anything new after which the network is taken for gone. */
const PATIENCE = 20_000;

/**
 * Resolves at the next change of a stream (null: of any); rejects with a DOMException "TimeoutError" when none comes, or
 * with the signal's reason.
 * @param patience ms
 */
export function nextChange(
	cache: Pick<Cache, 'watch'>,
	stream: StreamId | null,
	signal: AbortSignal,
	patience = PATIENCE
): Promise<void> {
	return new Promise((resolve, reject) => {
		const settle = (run: () => void): void => {
			clearTimeout(timer);
			end();
			signal.removeEventListener('abort', stop);
			run();
		};
		const stop = (): void => settle(() => reject(signal.reason as Error));
		const timer = setTimeout(
			() => settle(() => reject(new DOMException('nothing came', 'TimeoutError'))),
			patience
		);
		const end = cache.watch(stream, () => settle(resolve));
		signal.addEventListener('abort', stop);
	});
}
