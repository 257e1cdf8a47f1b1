/** Moving with the arrow keys through several grids that stand one above the other. Pure. */

/** Emoji in one line. */
export const COLUMNS = 8;

/**
 * Where a key leads, as an index into all cells counted through.
 * @param sizes cells of each section, from top to bottom; a section begins on a line of its own
 * @returns null when it leads out at the top, or the key is none that moves
 */
export function moveInGrid(sizes: readonly number[], at: number, key: string): number | null {
	const count = sizes.reduce((sum, size) => sum + size, 0);
	switch (key) {
		case 'ArrowRight':
			return Math.min(at + 1, count - 1);
		case 'ArrowLeft':
			return Math.max(at - 1, 0);
		case 'Home':
			return 0;
		case 'End':
			return count - 1;
		case 'ArrowDown':
			return line(sizes, at, 1) ?? at;
		case 'ArrowUp':
			return line(sizes, at, -1);
		default:
			return null;
	}
}

/** The cell one line further down (1) or up (-1) in the same column, or the last of that line. */
function line(sizes: readonly number[], at: number, by: 1 | -1): number | null {
	let first = 0;
	const lines: { first: number; length: number }[] = [];
	for (const size of sizes) {
		for (let from = 0; from < size; from += COLUMNS) {
			lines.push({ first: first + from, length: Math.min(COLUMNS, size - from) });
		}
		first += size;
	}
	const here = lines.findIndex((one) => at < one.first + one.length);
	const next = lines[here + by];
	if (!next) return null;
	const column = at - lines[here]!.first;
	return next.first + Math.min(column, next.length - 1);
}
