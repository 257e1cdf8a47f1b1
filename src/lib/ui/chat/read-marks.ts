/** Who has read how far, as the rows of the screen show it. Pure. */
import type { Card } from '../../protocol/change.ts';
import type { Reader } from '../../state/client/client-types.ts';
import type { Row } from './rows.ts';

/** Seq up to which everybody else has read; 0 while that is not known of all of them. */
export function seenByAll(readers: readonly Reader[], others: number): number {
	if (others < 1 || readers.length < others) return 0;
	return Math.min(...readers.map(({ upto }) => upto));
}

/**
 * Key of the row of the last message that somebody has seen -> who. Those who have read beyond the
 * rows, or not as far, are at none of them.
 * @param hasNewer whether messages lie below the rows
 */
export function readersByRow(
	rows: readonly Row[],
	readers: readonly Reader[],
	hasNewer: boolean
): Map<string, Card[]> {
	const marks = new Map<string, Card[]>();
	for (const { card, upto } of readers) {
		const at = rows.findLastIndex(
			(row) => row.type === 'message' && row.item.seq !== null && row.item.seq <= upto
		);
		const row = rows[at];
		// Who has said it has seen it: nothing to be told.
		if (row?.type !== 'message' || row.item.author === card.id) continue;
		const isNewest = !rows
			.slice(at + 1)
			.some((other) => other.type === 'hole' || (other.type === 'message' && other.item.seq));
		if (isNewest && hasNewer && row.item.seq !== upto) continue;
		marks.set(row.key, [...(marks.get(row.key) ?? []), card]);
	}
	return marks;
}
