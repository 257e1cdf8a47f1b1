/** Where something that pops up stands beside what opened it. Pure; all in px of the window. */

interface Size {
	width: number;
	height: number;
}

/** Px between the two, and to the edges of the window. */
const AWAY = 6;
const EDGE = 8;

/** Below where there is room, else above; never outside of the window. */
export function anchoredPosition(
	anchor: { left: number; right: number; top: number; bottom: number },
	size: Size,
	window: Size
): { left: number; top: number } {
	const under = Math.max(EDGE, anchor.bottom + AWAY);
	const over = anchor.top - AWAY - size.height;
	const fitsUnder = under + size.height <= window.height - EDGE;
	const top = fitsUnder
		? under
		: Math.max(EDGE, Math.min(over, window.height - EDGE - size.height));
	// In the right half of the window it grows to the left.
	const fromRight = (anchor.left + anchor.right) / 2 > window.width / 2;
	const wanted = fromRight ? anchor.right - size.width : anchor.left;
	const left = Math.max(EDGE, Math.min(wanted, window.width - EDGE - size.width));
	return { left, top };
}
