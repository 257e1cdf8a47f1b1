/** One signal for several reasons to stop. */

/**
 * A signal that aborts as soon as one of these does, with the same reason. `AbortSignal.any` does this, but Safari has
 * it only since 17.4; the oldest browser that is supported is Safari 16.4.
 */
export function anySignal(signals: readonly AbortSignal[]): AbortSignal {
	if ('any' in AbortSignal) return AbortSignal.any([...signals]);
	const joined = new AbortController();
	const stop = (): void => {
		for (const signal of signals) signal.removeEventListener('abort', stop);
		joined.abort(signals.find((signal) => signal.aborted)?.reason);
	};
	for (const signal of signals) signal.addEventListener('abort', stop);
	if (signals.some((signal) => signal.aborted)) stop();
	return joined.signal;
}
