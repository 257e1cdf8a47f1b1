/**
 * Saves a file where the browser keeps downloads. The page fetches it: a download by the browser itself passes the worker by, so
 * that nothing would be kept for later, and nothing of what is kept would be used without a network.
 */
import { m } from '$lib/i18n/messages';
import { faultText } from '$lib/i18n/refusals.ts';
import { guardReload } from '$lib/state/app/reload-guard.ts';
import { fetchFile, type FetchedFile } from '$lib/state/client/fetch-file.ts';
import { saveBytes } from '$lib/ui/base/save-bytes.ts';

/** address -> gives up what is being fetched from there */
const underWay = new Map<string, AbortController>();

/** What a person is told of a file that could not be had. */
function problemOf({ fault }: Extract<FetchedFile, { fault: object }>): string {
	if (fault.kind === 'unreachable') return m.file_not_here();
	const isGone = fault.kind === 'refused' && fault.refusal.code === 'not_found';
	return isGone ? m.file_gone() : faultText(fault);
}

/**
 * To be called with a press on a link to a file that has its name as `download`. The link is busy meanwhile; a second press
 * begins anew, should the line have fallen silent.
 * @param say tells the person why there is nothing to save
 */
export async function saveFile(
	event: MouseEvent & { currentTarget: HTMLAnchorElement },
	say: (problem: string) => void
): Promise<void> {
	// In a new tab or window, or as the browser likes: the person wants that.
	if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
	event.preventDefault();
	const link = event.currentTarget;
	const { href, download } = link;
	underWay.get(href)?.abort();
	const own = new AbortController();
	underWay.set(href, own);
	link.setAttribute('aria-busy', 'true');
	const release = guardReload();
	try {
		const fetched = await fetchFile(href, own.signal);
		if ('bytes' in fetched) saveBytes(fetched.bytes, download);
		else say(problemOf(fetched));
	} catch (error) {
		if (!own.signal.aborted) throw error;
	} finally {
		release();
		if (underWay.get(href) === own) {
			underWay.delete(href);
			link.removeAttribute('aria-busy');
		}
	}
}
