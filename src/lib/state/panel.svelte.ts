/** Whether the panel beside the conversation is open where there is room for both. Remembered. */
import { MediaQuery } from 'svelte/reactivity';

const KEY = 'roost-panel';

/** px from which conversation and panel stand side by side; the same number is in RoomScreen's styles */
const wide = new MediaQuery('min-width: 1180px', true);

function remembered(): boolean {
	try {
		return localStorage.getItem(KEY) !== 'closed';
	} catch {
		// A browser that refuses storage forgets the choice; nothing else is lost.
		return true;
	}
}

let wanted = $state(remembered());

export const panel = {
	/** whether there is room for both */
	get beside(): boolean {
		return wide.current;
	},
	get wanted(): boolean {
		return wanted;
	},
	want(open: boolean): void {
		wanted = open;
		try {
			localStorage.setItem(KEY, open ? 'open' : 'closed');
		} catch {
			// See above.
		}
	}
};
