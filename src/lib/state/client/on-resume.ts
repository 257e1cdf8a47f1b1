/** When to look at the connection again. */

/** Calls back when the person or the network returns; the answer ends it. */
export function onResume(wake: () => void): () => void {
	const ended = new AbortController();
	const { signal } = ended;
	addEventListener('online', wake, { signal });
	addEventListener('offline', wake, { signal });
	addEventListener('focus', wake, { signal });
	addEventListener('pageshow', (event) => event.persisted && wake(), { signal });
	document.addEventListener(
		'visibilitychange',
		() => document.visibilityState === 'visible' && wake(),
		{
			signal
		}
	);
	return () => ended.abort();
}
