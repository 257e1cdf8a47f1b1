/** The square of a picture that becomes somebody's avatar. All lengths in pixels of the picture. */

export interface Crop {
	/** of the picture */
	width: number;
	height: number;
	/** middle of the square */
	x: number;
	y: number;
	/** 1: the largest square that fits */
	zoom: number;
}

/** Beyond this nothing more can be told from a picture of usual size. */
export const MAX_ZOOM = 8;

/** The largest square, in the middle. */
export function startCrop(width: number, height: number): Crop {
	return { width, height, x: width / 2, y: height / 2, zoom: 1 };
}

/** Length of the square's side. */
export function sideOf({ width, height, zoom }: Crop): number {
	return Math.min(width, height) / zoom;
}

/** Left and upper edge of the square. */
export function cornerOf(crop: Crop): { left: number; top: number } {
	const half = sideOf(crop) / 2;
	return { left: crop.x - half, top: crop.y - half };
}

const between = (value: number, low: number, high: number): number =>
	Math.min(Math.max(value, low), Math.max(low, high));

/** The square inside the picture. */
function inside(crop: Crop): Crop {
	const zoom = between(crop.zoom, 1, MAX_ZOOM);
	const half = sideOf({ ...crop, zoom }) / 2;
	return {
		...crop,
		zoom,
		x: between(crop.x, half, crop.width - half),
		y: between(crop.y, half, crop.height - half)
	};
}

/**
 * The square moved over the picture.
 * @param dx share of the square's side, to the right
 * @param dy share of the square's side, downwards
 */
export function moved(crop: Crop, dx: number, dy: number): Crop {
	const side = sideOf(crop);
	return inside({ ...crop, x: crop.x + dx * side, y: crop.y + dy * side });
}

/** The square with another zoom around the same middle, as far as the picture reaches. */
export function zoomed(crop: Crop, zoom: number): Crop {
	return inside({ ...crop, zoom });
}
