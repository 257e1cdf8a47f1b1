/** Filling a list with what was chosen, and with what is typed once the typing has paused. */
import type { Paged } from './paged.svelte.ts';

/** ms without another key. */
const PAUSE = 250;

/**
 * Inside a component: asks for a list at once, and again after what is read has changed and then stayed for a moment.
 * Meanwhile nothing is shown: what was there is no answer to what is asked now.
 */
export function fill(list: Pick<Paged<never>, 'clear' | 'reload'>, read: () => unknown): void {
	let isFirst = true;
	$effect(() => {
		read();
		if (isFirst) {
			isFirst = false;
			void list.reload();
			return;
		}
		list.clear();
		const timer = setTimeout(() => void list.reload(), PAUSE);
		return () => clearTimeout(timer);
	});
}
