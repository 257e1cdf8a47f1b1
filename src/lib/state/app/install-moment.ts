/** When to offer, unasked, that the app be installed: once, and to somebody who has come back to it. Pure. */

export interface InstallFacts {
	/** how it can be installed from here; null: it cannot be, or it is */
	way: 'prompt' | 'by-hand' | null;
	/** starts of the app in this browser with somebody signed in, this one included */
	starts: number;
	/** it was offered at an earlier start, or turned down */
	offered: boolean;
	/** the person is in a conversation: there is something to come back for */
	settled: boolean;
}

/** Starts after which somebody has shown to come back. */
const COMES_BACK = 2;

/** Whether now is the moment. */
export function isGoodMoment({ way, starts, offered, settled }: InstallFacts): boolean {
	return way !== null && !offered && settled && starts >= COMES_BACK;
}
