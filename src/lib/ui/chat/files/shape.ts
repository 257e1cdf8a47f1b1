/** How much room files take before any of them has come, so that nothing jumps. Pure. */

/** px */
export interface Box {
	width: number;
	height: number;
}

/** Px of a picture that stands alone: at most, and at least on each side. */
const MOST: Box = { width: 340, height: 360 };
const LEAST = 96;
/** Where the size is not known. */
const UNKNOWN: Box = { width: 240, height: 180 };

/** The box of a picture that stands alone, in its own proportions as far as they fit. */
export function boxOf({
	width,
	height
}: {
	width?: number | undefined;
	height?: number | undefined;
}): Box {
	if (!width || !height) return UNKNOWN;
	const scale = Math.min(1, MOST.width / width, MOST.height / height);
	return {
		width: Math.max(LEAST, Math.round(width * scale)),
		height: Math.max(LEAST, Math.round(height * scale))
	};
}

/** Sixths of a line that each of several pictures takes: lines of two first, then lines of three. */
export function spansOf(count: number): (2 | 3)[] {
	const pairs = ((3 - (count % 3)) % 3) * 2;
	return Array.from({ length: count }, (_, i) => (i < pairs ? 3 : 2));
}

/** Characters of a name's end that always stay: its ending and what tells it from its neighbours. */
const TAIL = 10;

/** A name in two parts, of which only the first may be cut when there is little room. */
export function partsOf(name: string): { head: string; tail: string } {
	const all = [...name];
	if (all.length <= TAIL * 2) return { head: name, tail: '' };
	return { head: all.slice(0, -TAIL).join(''), tail: all.slice(-TAIL).join('') };
}
