/**
 * Which conversations are looked at, over all windows of this browser: a window that has the focus holds a
 * lock in the name of what it shows, which the browser lets go when the window dies.
 */
const nameOf = (room: string): string => `roost-eyes-${room}`;

/** Says that this window looks at a room; the answer ends it. */
export function holdEyes(room: string): () => void {
	if (!('locks' in navigator)) return () => undefined;
	const over = new AbortController();
	const { signal } = over;
	navigator.locks
		.request(
			nameOf(room),
			{ mode: 'shared', signal },
			() => new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
		)
		.catch((error: unknown) => {
			// Over before it was held.
			if (!(error instanceof DOMException)) throw error;
		});
	return () => over.abort();
}

/** Whether any window looks at a room. */
export async function isLookedAt(room: string): Promise<boolean> {
	if (!('locks' in navigator)) return false;
	const { held } = await navigator.locks.query();
	return held?.some(({ name }) => name === nameOf(room)) ?? false;
}
