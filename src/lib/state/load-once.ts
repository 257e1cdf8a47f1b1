/** Code and data that are fetched when first needed. */

/** @returns what loads it at the first call; when that failed, whoever asked is told, and the next call tries again */
export function loadOnce<T>(load: () => Promise<T>): () => Promise<T> {
	let loading: Promise<T> | null = null;
	return () =>
		(loading ??= load().catch((error: unknown) => {
			loading = null;
			throw error;
		}));
}
