/** Lets no transaction outlive the page that began it. */
import { leavePage, returnToPage } from './transactions.ts';

/**
 * To be called once per page, before anything is read; the answer ends it. For WebKit only: the other engines
 * end a page that holds others up, and let the last writes of one that is left (a draft) through.
 */
export function endTransactionsOnLeave(): () => void {
	if (!navigator.vendor.startsWith('Apple')) return () => undefined;
	const life = new AbortController();
	const { signal } = life;
	addEventListener('pagehide', (event) => event.persisted && leavePage(), { signal });
	addEventListener('pageshow', (event) => event.persisted && returnToPage(), { signal });
	return () => life.abort();
}
