/** How much room files take before any of them has come, so that nothing jumps. Pure. */

/** px */
interface Box {
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

/** Px of a film: always as wide, because its controls need the room, and as high as it is shaped. */
const FILM: Box = { width: 320, height: 180 };
const FILM_HIGH = { least: 120, most: 360 };

/** The box of a film: its maker's device says how it is shaped; what is far from that has bars beside it. */
export function filmBoxOf({
	width,
	height
}: {
	width?: number | undefined;
	height?: number | undefined;
}): Box {
	if (!width || !height) return FILM;
	const high = Math.round((FILM.width * height) / width);
	return { ...FILM, height: Math.min(FILM_HIGH.most, Math.max(FILM_HIGH.least, high)) };
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
	if (all.length <= TAIL) return { head: name, tail: '' };
	return { head: all.slice(0, -TAIL).join(''), tail: all.slice(-TAIL).join('') };
}
