/**
 * Fetches the code of the pages that the first view leads to. A window that is open before the service worker keeps
 * everything, or in a browser that lets none run, then leads there when the network is gone, too.
 */

/** One address of every page that has code of its own, what is opened most often first. */
const PAGES = [
	...['/rooms/x', '/rooms', '/friends', '/browse', '/search', '/settings', '/outbox'],
	...['/rooms/new', '/rooms/x/about', '/settings/account', '/settings/device'],
	'/settings/sync',
	'/settings/data'
] as const;

/**
 * One page after the other, so that what the person does goes first.
 * @param preload fetches the code of the page at this path; rejects when the network does not let it in
 * @returns what fetches the pages that are still missing; it never rejects, as opening such a page says what is wrong
 */
export function createPageCode(
	preload: (path: string) => Promise<void>,
	pages: readonly string[] = PAGES
): () => Promise<void> {
	const missing = new Set(pages);
	let running: Promise<void> | null = null;

	async function fetchMissing(): Promise<void> {
		for (const path of [...missing]) {
			const isHere = await preload(path).then(
				() => true,
				() => false
			);
			if (isHere) missing.delete(path);
		}
	}

	return () => (running ??= fetchMissing().finally(() => (running = null)));
}
