/** Tells the worker what is played, so that it is there without a network from then on. */

/** @param path of a file, as a player has it; of one that lies on this device already nothing is told */
export function tellPlayed(path: string): void {
	if (!path.startsWith('/api/files/')) return;
	navigator.serviceWorker?.controller?.postMessage({ type: 'played', path });
}
