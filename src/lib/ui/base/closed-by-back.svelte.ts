/** The way back closes what is open on top: the part of `BackEntry` that knows SvelteKit's history. */
import { untrack } from 'svelte';
import { beforeNavigate, goto, pushState } from '$app/navigation';
import { navigating, page } from '$app/state';
import { BackEntry } from './back-entry.ts';

/**
 * Whether the page was reloaded with something open on it: the entry has outlived what it stood for. SvelteKit keeps
 * the states of entries here, and empties that of the first page once its code has been loaded.
 */
const isLeftOver = ((): boolean => {
	const kept = (history.state as { 'sveltekit:states'?: App.PageState } | null)?.[
		'sveltekit:states'
	];
	return kept?.isOverlay === true;
})();

const entry = new BackEntry({
	isMarked: () => page.state.isOverlay === true,
	mark() {
		try {
			pushState('', { ...page.state, isOverlay: true });
		} catch (error) {
			// Safari allows only so many entries in a while; what was opened closes by its other means.
			reportError(error);
		}
	},
	back: () => history.back(),
	isNavigating: () => navigating.to !== null,
	goto: (to, replaces) => void goto(to, { replaceState: replaces })
});

/** href of what is taking the place of the page on screen; SvelteKit tells nobody that it is to replace it */
let replacing: string | null = null;

/**
 * Goes to a page that takes the place of the one on screen in the history, also from something open on top of it.
 * @param path from the root, without a query
 */
export async function replacePage(path: string): Promise<void> {
	const href = location.origin + path;
	replacing = href;
	try {
		await goto(href, { replaceState: true });
	} finally {
		if (replacing === href) replacing = null;
	}
}

/** An attachment of a dialog that is open as long as it is there: the way back closes it. */
export function closedByBack(dialog: HTMLDialogElement): () => void {
	const closed = untrack(() => entry.opened(() => dialog.close()));
	dialog.addEventListener('close', closed);
	return () => {
		dialog.removeEventListener('close', closed);
		untrack(closed);
	};
}

/**
 * Something else that the way back closes.
 * @returns to be called when it is closed
 */
export function openedAbove(close: () => void): () => void {
	const closed = untrack(() => entry.opened(close));
	return () => untrack(closed);
}

/** Follows the history. To be called once, by the component around all pages. */
export function followBack(): void {
	beforeNavigate(({ type, to, willUnload, cancel }) => {
		if (type === 'popstate' || willUnload || !to) return;
		if (entry.holds(to.url, to.url.href === replacing)) cancel();
	});
	$effect(() => {
		if (isLeftOver) history.back();
	});
	$effect(() => {
		void page.state;
		void navigating.to;
		untrack(() => entry.settle());
	});
}
