/** Results of a search in the order in which they are shown. */
import type { MessageRow } from '../../protocol/change.ts';
import type { RoomId } from '../../protocol/ids.ts';

/** A result; `first` when it is the first one of its conversation. */
export interface Hit {
	row: MessageRow;
	first: boolean;
	/** results of the same conversation that are not shown, on the last one that is */
	hidden: number;
}

/** Each message once, in its newest form, the latest first. */
export function mergeRows(...lists: readonly (readonly MessageRow[])[]): MessageRow[] {
	const newest = new Map<string, MessageRow>();
	for (const row of lists.flat()) {
		const known = newest.get(row.id);
		if (!known || row.rev > known.rev) newest.set(row.id, row);
	}
	return [...newest.values()]
		.filter((row) => !row.deleted)
		.sort((a, b) => b.at - a.at || b.number - a.number);
}

/**
 * By conversation: the one with the latest result first, each with its latest results.
 * @param most results shown of one conversation
 */
export function groupByRoom(rows: readonly MessageRow[], most: number): Hit[] {
	const rooms = new Map<RoomId, MessageRow[]>();
	for (const row of rows) {
		const others = rooms.get(row.room);
		if (others) others.push(row);
		else rooms.set(row.room, [row]);
	}
	return [...rooms.values()].flatMap((found) =>
		found.slice(0, most).map((row, i, shown) => ({
			row,
			first: i === 0,
			hidden: i === shown.length - 1 ? found.length - shown.length : 0
		}))
	);
}

/** The new rows, but those that did not change as the very objects that are shown, so that nothing is drawn anew. */
export function keepUnchanged(
	shown: readonly MessageRow[],
	rows: readonly MessageRow[]
): MessageRow[] {
	const known = new Map(shown.map((row) => [row.id, row]));
	return rows.map((row) => {
		const before = known.get(row.id);
		return before?.rev === row.rev ? before : row;
	});
}
