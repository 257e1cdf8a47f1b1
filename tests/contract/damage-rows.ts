/** Which damage can be told from what the server might have said. */
import { isSoundRow, isSoundState, type RowTable } from '../../src/lib/db/checked-rows.ts';
import type { StreamState } from '../../src/lib/sync/ports.ts';
import { ME } from './rows.ts';

const KEYS: Record<string, string[]> = {
	streams: ['id'],
	messages: ['id'],
	members: ['room', 'id'],
	cards: ['id'],
	directory: ['id'],
	seen: ['room', 'id'],
	own: ['kind', 'id']
};

/** Whether a row was damaged so that it is still the same row, and is no sound one any more. */
export function checkable(
	table: string,
	before: Record<string, unknown>,
	after: Record<string, unknown>
): boolean {
	if (KEYS[table]!.some((key) => before[key] !== after[key])) return false;
	if (table === 'streams') return !isSoundState(after as unknown as StreamState, ME);
	return !isSoundRow(table as RowTable, after);
}
