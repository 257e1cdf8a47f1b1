/**
 * What a reload of this window would lose: an edit that was begun, files that are not kept yet or cannot be. Drafts
 * and the files that go with them are kept, and are not in here.
 */

const held = new Set<symbol>();

/** To be called while there is something of that kind; the answer ends it. */
export function guardReload(): () => void {
	const mine = Symbol('unsaved');
	held.add(mine);
	return () => void held.delete(mine);
}

/** Whether nobody may reload this window unasked. */
export const isReloadGuarded = (): boolean => held.size > 0;
