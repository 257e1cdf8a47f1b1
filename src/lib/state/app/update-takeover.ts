/** Tells a new version that takes over from the very first worker of a browser. */

/** What is read of the browser's `navigator.serviceWorker`. */
export interface Workers {
	readonly controller: Pick<ServiceWorker, 'state'> | null;
	addEventListener(type: 'controllerchange', heard: () => void): void;
}

/**
 * Calls back when another version has taken this page over. The first worker takes over a page that is whole
 * already: nothing to reload. Firefox lets it control a page that is loaded while it still installs, and says
 * "controllerchange" when it is done, while the worker still reads "installed".
 * @param isOffered whether a new version waits for the person's word
 */
export function followTakeovers(
	workers: Workers,
	isOffered: () => boolean,
	changed: () => void
): void {
	let before = workers.controller;
	workers.addEventListener('controllerchange', () => {
		const now = workers.controller;
		const isNews = before !== now && before !== null && !isInstalling(before);
		before = now;
		if (isNews || isOffered()) changed();
	});
}

const isInstalling = ({ state }: Pick<ServiceWorker, 'state'>): boolean =>
	state === 'installing' || state === 'installed';
