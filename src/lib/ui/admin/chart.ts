/** Points of a small chart. */

/** px of the drawing; it is stretched to its place. */
export const WIDTH = 300;
export const HEIGHT = 72;

/** What is drawn of a row of numbers: a line, and the ground below it; both empty of fewer than two numbers. */
interface Drawn {
	line: string;
	area: string;
	/** the greatest number */
	most: number;
}

/** @param slots how many numbers the whole width has room for; fewer end at the right edge */
export function drawnOf(values: readonly number[], slots: number): Drawn {
	const most = Math.max(0, ...values);
	if (values.length < 2) return { line: '', area: '', most };
	const step = WIDTH / (Math.max(slots, values.length) - 1);
	const first = WIDTH - step * (values.length - 1);
	// A line of nothing lies on the ground.
	const scale = most === 0 ? 0 : (HEIGHT - 4) / most;
	const points = values.map((value, at) => {
		const x = (first + at * step).toFixed(1);
		return `${x},${(HEIGHT - 1 - value * scale).toFixed(1)}`;
	});
	const ground = `${WIDTH},${HEIGHT} ${first.toFixed(1)},${HEIGHT}`;
	return { line: points.join(' '), area: `${points.join(' ')} ${ground}`, most };
}
