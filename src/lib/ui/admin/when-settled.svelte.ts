/** Asking the server for what is typed, once the typing has paused. */

/** ms without another key. */
const PAUSE = 250;

/** Inside a component: runs at once, and again after what is read has changed and then stayed for a moment. */
export function whenSettled(read: () => unknown, run: () => void): void {
	let isFirst = true;
	$effect(() => {
		read();
		if (isFirst) {
			isFirst = false;
			run();
			return;
		}
		const timer = setTimeout(run, PAUSE);
		return () => clearTimeout(timer);
	});
}
