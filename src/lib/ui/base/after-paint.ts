/** Work that can wait until what was just made is on screen. */

/** Calls back once the next frame was painted; the answer calls it off. In a window that nobody sees it waits. */
export function afterPaint(run: () => void): () => void {
	let timer: ReturnType<typeof setTimeout> | undefined;
	// What a frame asks for is run before it is painted, a timer after it.
	const frame = requestAnimationFrame(() => (timer = setTimeout(run)));
	return () => {
		cancelAnimationFrame(frame);
		clearTimeout(timer);
	};
}
