/**
 * Keeps the message under the reader's eye where it is while rows come and go around it, or keeps
 * to the end when the reader is there. It measures what is really rendered and guesses nothing;
 * the browser's own scroll anchoring is off, because not all browsers have it.
 */

/** Px from the end within which the reader counts as being at the end. */
const AT_END = 48;

/** Where a row is: its key, and its top and bottom relative to the top of the view, in px. */
export interface Place {
	key: string;
	top: number;
	bottom: number;
}

/**
 * What is to be kept: the end, or the lower edge of one row at one distance (px) from the top of the
 * view. The lower edge, because a row grows and shrinks at its head: the first of a group loses its
 * name when older messages of the same author come in above it.
 */
export type Hold = { at: 'end' } | { at: 'row'; key: string; bottom: number };

/** Whether a view of this height, scrolled to here, shows the end. */
export function isAtEnd(scrollTop: number, viewHeight: number, contentHeight: number): boolean {
	return contentHeight - viewHeight - scrollTop <= AT_END;
}

/**
 * Chooses what to keep: the end if the reader is there, else the first row that is visible.
 * @param places rows from top to bottom
 */
export function choose(places: Iterable<Place>, atEnd: boolean): Hold {
	if (atEnd) return { at: 'end' };
	for (const place of places) {
		if (place.bottom > 0) return { at: 'row', key: place.key, bottom: place.bottom };
	}
	return { at: 'end' };
}

/** How far to scroll, in px, so that the held row is back where it was; 0 when it is gone. */
export function correction(hold: Extract<Hold, { at: 'row' }>, now: Place | null): number {
	return now ? now.bottom - hold.bottom : 0;
}

/**
 * Rows rendered at once at most, how many more come at a time at either edge (few, so that a frame is not lost for
 * them), and how many that came in below the last one are let in.
 */
export const WINDOW = { max: 240, step: 20, letIn: 60 } as const;

/** Rows rendered for a moment at most, when others came in among them. */
const MOST = WINDOW.max + WINDOW.letIn;

/** Part of the rows that is in the document: from `from` (inclusive) to `to` (exclusive). */
export interface Slice {
	from: number;
	to: number;
}

/** Px of a row as most are; where they are lower, more are asked for before the first paint. */
const USUAL_ROW = 40;
/** Rows above the one that the reader is led to. */
const ABOVE = 6;

/**
 * The rows of the first paint; the others follow it.
 * @param at the row that stands near the upper edge, or -1: the reader is at the end
 * @param height px that they are to fill
 */
export function sliceToOpen(at: number, count: number, height: number): Slice {
	const enough = Math.min(WINDOW.max - ABOVE, Math.ceil(height / USUAL_ROW));
	if (at < 0) return { from: Math.max(0, count - enough), to: count };
	return { from: Math.max(0, at - ABOVE), to: Math.min(count, at + enough) };
}

/** The newest rows. */
export function sliceAtEnd(count: number): Slice {
	return { from: Math.max(0, count - WINDOW.max / 2), to: count };
}

/** The rows around one that somebody wants to see. */
export function sliceAround(at: number, count: number): Slice {
	const from = Math.max(0, Math.min(at - WINDOW.max / 2, count - WINDOW.max));
	return { from, to: Math.min(count, from + WINDOW.max) };
}

/** More rows above, fewer below if they become too many. */
export function sliceUp(slice: Slice, count: number): Slice {
	const from = Math.max(0, slice.from - WINDOW.step);
	return {
		from,
		to: Math.min(count, Math.max(slice.to - WINDOW.step, from + WINDOW.max), slice.to)
	};
}

/** More rows below, fewer above if they become too many. */
export function sliceDown(slice: Slice, count: number): Slice {
	const to = Math.min(count, slice.to + WINDOW.step);
	return { from: Math.max(slice.from, to - WINDOW.max), to };
}

/**
 * The same part of the rows after they changed: follows the first and last key it showed.
 * @param first index of the formerly first row among the new rows, or -1
 * @param last index of the formerly last row among the new rows, or -1
 * @param following whether the end is kept in view
 */
export function sliceAfterChange(
	first: number,
	last: number,
	count: number,
	following: boolean
): Slice {
	if (following || (first < 0 && last < 0)) return sliceAtEnd(count);
	// A hole that closed was the first row shown: what stands in its place is above the eye.
	if (first < 0) return { from: Math.max(0, last + 1 - MOST), to: last + 1 };
	if (last < 0) return { from: first, to: Math.min(count, first + MOST) };
	// Some rows that came below the last one are let in, so that the pill has somewhere to lead. Rows
	// that came in between push the lowest out: a hole fills at the eye, which is near the first.
	return { from: first, to: Math.min(count, last + 1 + WINDOW.letIn, first + MOST) };
}
