/**
 * Covered ranges: which messages of a room a device holds, and as of which change. Pure.
 *
 * One low-water mark would not do: a live message at the top must never hide a hole below it.
 */
import type { Range } from '../ports.ts';

/** A gap of the history that is not on the device: messages with `after < seq < before`. */
export interface Hole {
	after: number;
	before: number;
}

/** The fresher of two "as of" values; null follows the cursor and is freshest. */
function fresher(a: number | null, b: number | null): number | null {
	return a === null || b === null ? null : Math.max(a, b);
}

/** Joins neighbours that are known as of the same change. Takes ascending, disjoint ranges. */
function coalesce(ranges: Range[]): Range[] {
	const joined: Range[] = [];
	for (const range of ranges) {
		const last = joined.at(-1);
		if (last && last.to + 1 === range.from && last.asOf === range.asOf) last.to = range.to;
		else joined.push({ ...range });
	}
	return joined;
}

/** What of `range` lies outside of all `others` (ascending, disjoint). */
function outside(range: Range, others: Range[]): Range[] {
	const parts: Range[] = [];
	let from = range.from;
	for (const other of others) {
		if (other.to < from || other.from > range.to) continue;
		if (other.from > from) parts.push({ from, to: other.from - 1, asOf: range.asOf });
		from = other.to + 1;
	}
	if (from <= range.to) parts.push({ from, to: range.to, asOf: range.asOf });
	return parts;
}

/** Gives the part of `ranges` between `from` and `to` the fresher of what it has and `asOf`; covers nothing new. */
export function refresh(ranges: Range[], from: number, to: number, asOf: number | null): Range[] {
	const parts: Range[] = [];
	for (const range of ranges) {
		const low = Math.max(range.from, from);
		const high = Math.min(range.to, to);
		if (low > high) {
			parts.push(range);
			continue;
		}
		if (range.from < low) parts.push({ ...range, to: low - 1 });
		parts.push({ from: low, to: high, asOf: fresher(range.asOf, asOf) });
		if (high < range.to) parts.push({ ...range, from: high + 1 });
	}
	return coalesce(parts);
}

/** Adds a range; where it meets what is covered already, the fresher knowledge counts. */
export function cover(ranges: Range[], added: Range): Range[] {
	if (added.to < added.from) return ranges;
	const known = refresh(ranges, added.from, added.to, added.asOf);
	const fresh = outside(added, ranges);
	return coalesce([...known, ...fresh].sort((a, b) => a.from - b.from));
}

/** Takes the seqs from `from` to `to` out: they lie in a hole from then on. */
export function uncover(ranges: Range[], from: number, to = from): Range[] {
	return ranges.flatMap((range) => outside(range, [{ from, to, asOf: null }]));
}

/** Makes every range that follows the cursor known only as of `asOf`, as when the cursor jumps ahead. */
export function leaveBehind(ranges: Range[], asOf: number): Range[] {
	return coalesce(ranges.map((range) => ({ ...range, asOf: range.asOf ?? asOf })));
}

/** Whether every seq from `from` to `to` is held. An empty span is. */
export function covers(ranges: Range[], from: number, to: number): boolean {
	let next = from;
	for (const range of ranges) {
		if (next > to) break;
		if (range.from > next) return false;
		if (range.to >= next) next = range.to + 1;
	}
	return next > to;
}

/** Whether a seq is held. */
export function holds(ranges: Range[], seq: number): boolean {
	return covers(ranges, seq, seq);
}

/** The holes from the beginning of the room up to `top` (a seq that may be held). */
export function holes(ranges: Range[], top: number): Hole[] {
	const found: Hole[] = [];
	let after = 0;
	for (const range of ranges) {
		if (range.from > after + 1) found.push({ after, before: range.from });
		after = Math.max(after, range.to);
	}
	if (after < top) found.push({ after, before: top + 1 });
	return found;
}

/**
 * The part of a hole that lies within `within`; null when there is none. Only what was asked for: a message
 * that another one answers may stand alone in a large hole.
 * @param top like that of `holes`
 */
export function holeWithin(ranges: Range[], top: number, within: Hole): Hole | null {
	const found = holes(ranges, top).find(
		(hole) => hole.after < within.before - 1 && hole.before > within.after + 1
	);
	if (!found) return null;
	return {
		after: Math.max(found.after, within.after),
		before: Math.min(found.before, within.before)
	};
}

/** Forgets what lies below a seq. */
export function trim(ranges: Range[], below: number): Range[] {
	return ranges
		.filter((range) => range.to >= below)
		.map((range) => ({ ...range, from: Math.max(range.from, below) }));
}
