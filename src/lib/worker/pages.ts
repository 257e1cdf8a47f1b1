/**
 * Which builds the open pages run. A page answers `{ type: 'which-build' }` on the port that comes
 * with it (see src/lib/state/update.svelte.ts).
 */

/** Ms that a page has to answer; a frozen one does not, and its build is then unknown. */
const PATIENCE = 2000;

/** A page as the worker sees it. */
interface PageClient {
	postMessage(message: unknown, transfer: Transferable[]): void;
}

function ask(page: PageClient): Promise<string | null> {
	return new Promise((resolve) => {
		const { port1, port2 } = new MessageChannel();
		const timer = setTimeout(() => resolve(null), PATIENCE);
		port1.onmessage = (event: MessageEvent<unknown>) => {
			clearTimeout(timer);
			resolve(typeof event.data === 'string' ? event.data : null);
		};
		page.postMessage({ type: 'which-build' }, [port2]);
	});
}

/** The builds of these pages, or null when any of them did not say: then nothing may be dropped. */
export async function buildsInUse(pages: readonly PageClient[]): Promise<Set<string> | null> {
	const builds = await Promise.all(pages.map(ask));
	const known = builds.filter((build) => build !== null);
	return known.length === builds.length ? new Set(known) : null;
}
