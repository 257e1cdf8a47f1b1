/**
 * Saves a file where the browser keeps downloads. The page fetches it: a download by the browser itself passes the worker by, so
 * that nothing would be kept for later, and nothing of what is kept would be used without a network.
 */
import { m } from '$lib/i18n/messages';
import { toasts } from '$lib/state/app/toasts.svelte.ts';

/** ms after which the browser has surely taken the bytes over. */
const TAKEN_AFTER = 60_000;

/** Addresses that are being fetched: a second press is no second file. */
const underWay = new Set<string>();

/** Has the browser save bytes under a name. */
function hand(bytes: Blob, name: string): void {
	const url = URL.createObjectURL(bytes);
	const link = Object.assign(document.createElement('a'), { href: url, download: name });
	link.click();
	setTimeout(() => URL.revokeObjectURL(url), TAKEN_AFTER);
}

async function fetchAndHand(href: string, name: string): Promise<void> {
	try {
		const answer = await fetch(href);
		if (answer.ok) return hand(await answer.blob(), name);
		toasts.show(answer.status === 404 ? m.file_gone() : m.file_not_here(), 'bad');
	} catch (error) {
		// Neither on the device nor to be had: a network that is away, or broke off.
		if (!(error instanceof TypeError)) throw error;
		toasts.show(m.file_not_here(), 'bad');
	}
}

/** To be called with a press on a link to a file that has its name as `download`. */
export async function saveFile(
	event: MouseEvent & { currentTarget: HTMLAnchorElement }
): Promise<void> {
	// In a new tab or window, or as the browser likes: the person wants that.
	if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
	event.preventDefault();
	const { href, download } = event.currentTarget;
	if (underWay.has(href)) return;
	underWay.add(href);
	await fetchAndHand(href, download).finally(() => underWay.delete(href));
}
