/** What a reload of this window would lose: files that were picked, an edit that was begun. Drafts are kept, and are not in here. */

const held = new Set<symbol>();

/** To be called while there is something of that kind; the answer ends it. */
export function holdWindow(): () => void {
	const mine = Symbol('unsaved');
	held.add(mine);
	return () => void held.delete(mine);
}

/** Whether nobody may reload this window unasked. */
export const isWindowHeld = (): boolean => held.size > 0;
