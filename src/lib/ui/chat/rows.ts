/** Turns a conversation into the rows of the screen: day separators, groups, the unread divider. */
import type { HoleItem, MessageItem, TimelineItem } from '../../state/client/client-types.ts';
import { dayNumber } from '../base/times.ts';

/** Messages of one author that follow within this time (ms) share one avatar and name. */
export const GROUP_WITHIN = 5 * 60_000;

export type Row =
	| { type: 'day'; key: string; at: number }
	| { type: 'unread'; key: string }
	| { type: 'hole'; key: string; hole: HoleItem }
	| {
			type: 'message';
			key: string;
			item: MessageItem;
			/** shows the author's name and avatar, as first and last of its group */
			first: boolean;
			last: boolean;
	  };

/**
 * The day (ms) that the row at the top of the window belongs to, when the line that says so is further up.
 * @returns null where that line is at the top itself, or there is none
 */
export function dayAbove(rows: readonly Row[], top: number): number | null {
	if (rows[top]?.type === 'day') return null;
	const day = rows.slice(0, top).findLast((row) => row.type === 'day');
	return day?.type === 'day' ? day.at : null;
}

/** The place of a row's message on the server; undefined where there is none (yet). */
export function seqOf(row: Row): number | undefined {
	return row.type === 'message' ? (row.item.seq ?? undefined) : undefined;
}

function together(a: MessageItem, b: MessageItem): boolean {
	return (
		a.author === b.author &&
		!a.system &&
		!b.system &&
		dayNumber(a.at) === dayNumber(b.at) &&
		Math.abs(b.at - a.at) <= GROUP_WITHIN
	);
}

/**
 * @param items from old to new
 * @param unreadAfter seq after which the divider stands, or null for none
 */
export function toRows(items: readonly TimelineItem[], unreadAfter: number | null): Row[] {
	const rows: Row[] = [];
	let day: number | null = null;
	let before: Extract<Row, { type: 'message' }> | null = null;
	let divided = unreadAfter === null;
	for (const item of items) {
		if (item.type === 'hole') {
			rows.push({ type: 'hole', key: item.key, hole: item });
			before = null;
			continue;
		}
		if (dayNumber(item.at) !== day) {
			day = dayNumber(item.at);
			rows.push({ type: 'day', key: `day-${day}-${item.key}`, at: item.at });
			before = null;
		}
		if (!divided && !item.mine && item.seq !== null && item.seq > unreadAfter!) {
			divided = true;
			rows.push({ type: 'unread', key: 'unread' });
			before = null;
		}
		const follows: boolean = before !== null && together(before.item, item);
		if (before && follows) before.last = false;
		before = { type: 'message', key: item.key, item, first: !follows, last: true };
		rows.push(before);
	}
	return rows;
}

/** Whether two values of plain data say the same. */
function isSame(a: unknown, b: unknown): boolean {
	if (Object.is(a, b)) return true;
	if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
	const names = Object.keys(a);
	return (
		names.length === Object.keys(b).length &&
		Array.isArray(a) === Array.isArray(b) &&
		names.every(
			(name) => Object.hasOwn(b, name) && isSame(Reflect.get(a, name), Reflect.get(b, name))
		)
	);
}

/**
 * Makes what is to be told the rows of one list after every change. It answers them, those that say the same as before
 * being the same objects: what shows them is then left alone. Comparing a row costs a hundredth of drawing it anew.
 */
export function steadyRows(): (now: readonly Row[]) => Row[] {
	let before = new Map<string, Row>();
	return (now) => {
		const rows = now.map((row) => {
			const old = before.get(row.key);
			return old && isSame(old, row) ? old : row;
		});
		before = new Map(rows.map((row) => [row.key, row]));
		return rows;
	};
}
