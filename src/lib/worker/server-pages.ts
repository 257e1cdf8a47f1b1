/**
 * Pages that the server answers and the app knows nothing of: the documents of its API and files that
 * were uploaded through it. The app's shell in their place would only say that there is no such page.
 */
import { COMPAT_PAGES, METRICS_PATH, isUnder } from '../protocol/paths.ts';

/** Whether a navigation has to reach the server. */
export function isServerPage(url: URL): boolean {
	return [...COMPAT_PAGES, METRICS_PATH].some((root) => isUnder(root, url.pathname));
}
