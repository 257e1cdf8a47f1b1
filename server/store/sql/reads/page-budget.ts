/**
 * Answers are bounded by bytes as well as by rows: 900 messages of 4,000 characters would be one answer of more
 * than 7 MB, made in one go while nobody else is answered (promise 17, LOAD-7).
 */
import type { Row } from '../../../../src/lib/protocol/change.ts';

/** Bytes of rows in one answer; the row that goes beyond is the last, so that every answer has one at least. */
export const PAGE_BYTES = 256 * 1024;

/** What is left of an answer's room. */
export interface Budget {
	rows: number;
	bytes: number;
}

/** Bytes of a field's name and of a number, roughly. */
const FIELD_BYTES = 16;

/** Bytes of a row as it is sent, within a tenth: written out for each row, long texts would be copied once more. */
function bytesOf(row: Row): number {
	let bytes = 0;
	for (const value of Object.values(row) as unknown[]) {
		const text = typeof value === 'object' ? JSON.stringify(value) : value;
		bytes += FIELD_BYTES + (typeof text === 'string' ? Buffer.byteLength(text) : 0);
	}
	return bytes;
}

/** Reads rows until they fill the budget, and one more, which tells that there are more. */
export function readRows<R, T extends Row>(
	records: Iterable<R>,
	toRow: (record: R) => T,
	budget: Budget
): T[] {
	const rows: T[] = [];
	let bytes = 0;
	for (const record of records) {
		const row = toRow(record);
		rows.push(row);
		if (rows.length > budget.rows || bytes >= budget.bytes) break;
		bytes += bytesOf(row);
	}
	return rows;
}

/** Rows that fit, in their order; `isCut` when not all did. */
interface Fitting<T extends Row = Row> {
	rows: T[];
	bytes: number;
	isCut: boolean;
}

/** The first rows that fill the budget; one at least, if there is any. */
export function fitRows<T extends Row>(rows: T[], budget: Budget): Fitting<T> {
	let bytes = 0;
	let count = 0;
	while (count < rows.length && count < budget.rows && bytes < budget.bytes) {
		bytes += bytesOf(rows[count]!);
		count += 1;
	}
	const isCut = count < rows.length;
	return { rows: isCut ? rows.slice(0, count) : rows, bytes, isCut };
}

/** Rows of several tables as one page: ascending rev, as many as the budget allows. */
export function fitByRev(rows: Row[], budget: Budget): Fitting {
	return fitRows(
		rows.sort((a, b) => a.rev - b.rev),
		budget
	);
}

/** Rows to ask the database for: one more than may be answered tells that there are more. */
export const oneMore = ({ rows }: Budget): number => rows + 1;
