/** A finger that draws a message along its line, to answer it. Pure: what is recognised, without any element. */

/** Px that a finger may wander before it is said what it does. */
const SLOP = 10;
/** Px from the edges of the screen that belong to the system: going back begins there. */
const EDGE = 28;
/** Px that a message is drawn before letting go answers it. */
export const TRIGGER = 56;
/** Px beyond which it hardly follows any more. */
const FAR = 72;

interface Point {
	x: number;
	y: number;
}

/** `undecided`: may become either; `drawn`: follows the finger; `other`: scrolls, or is none of ours. */
export interface Swipe {
	readonly is: 'undecided' | 'drawn' | 'other';
	readonly from: Point;
	/** px along the line that the message has moved, never back past its place */
	readonly by: number;
}

/**
 * A finger is put down.
 * @param width of the window in px
 */
export function begun(from: Point, width: number): Swipe {
	const isInside = from.x >= EDGE && from.x <= width - EDGE;
	return { is: isInside ? 'undecided' : 'other', from, by: 0 };
}

/** How far a message follows a finger: one to one, then less and less. */
const followed = (way: number): number =>
	way <= TRIGGER
		? Math.max(0, way)
		: TRIGGER + (FAR - TRIGGER) * (1 - Math.exp((TRIGGER - way) / FAR));

/**
 * The finger has moved.
 * @param sign 1 where lines run from left to right, else -1
 */
export function moved(swipe: Swipe, { x, y }: Point, sign: 1 | -1): Swipe {
	if (swipe.is === 'other') return swipe;
	const along = (x - swipe.from.x) * sign;
	const across = Math.abs(y - swipe.from.y);
	if (swipe.is === 'drawn') return { ...swipe, by: followed(along) };
	if (Math.max(Math.abs(along), across) < SLOP) return swipe;
	// Steeper than one in two is a scroll; the other way is nothing.
	if (along <= 0 || across * 2 > along) return { ...swipe, is: 'other' };
	return { ...swipe, is: 'drawn', by: followed(along) };
}

/** Whether letting go now answers the message. */
export const isFar = ({ is, by }: Swipe): boolean => is === 'drawn' && by >= TRIGGER;
