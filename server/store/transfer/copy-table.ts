/** Rows of one table, from SQLite to PostgreSQL, a piece at a time. */
import type Database from 'better-sqlite3';
import type { ClientBase } from 'pg';
import type { MovedTable } from './tables.ts';

/** Rows, and characters of them as JSON, in one statement: some megabytes of memory on either side. */
const ROWS_MAX = 1_000;
const CHARACTERS_MAX = 4_000_000;

type Row = Record<string, unknown>;

/**
 * Rejects with what the database says when a row is refused; the caller's transaction then comes to nothing.
 * @returns number of rows
 */
export async function copyTable(
	db: Database.Database,
	client: ClientBase,
	table: MovedTable
): Promise<number> {
	const quoted = table.columns.map((column) => `"${column}"`).join(', ');
	const into = `INSERT INTO "${table.name}" (${quoted})
		SELECT ${quoted} FROM json_populate_recordset(NULL::"${table.name}", $1)`;
	let rows = 0;
	let piece: string[] = [];
	let size = 0;
	const send = async () => {
		if (piece.length > 0) await client.query(into, [`[${piece.join(',')}]`]);
		piece = [];
		size = 0;
	};
	const all = db.prepare<[], Row>(`SELECT ${quoted} FROM "${table.name}"`);
	for (const row of all.iterate()) {
		const json = toJson(row, table.blobs);
		piece.push(json);
		size += json.length;
		rows++;
		if (piece.length >= ROWS_MAX || size >= CHARACTERS_MAX) await send();
	}
	await send();
	if (table.counter !== null) await goOnCounting(client, table.name, table.counter);
	return rows;
}

/** As the store itself writes to PostgreSQL: it keeps every character but U+0000 (postgres/database.ts). */
function toJson(row: Row, blobs: ReadonlySet<string>): string {
	return JSON.stringify(row, (key, value: unknown) => {
		if (typeof value === 'string') return value.replaceAll('\0', '\uFFFD');
		return blobs.has(key) && value !== null ? hex(row[key] as Buffer) : value;
	});
}

const hex = (bytes: Buffer): string => `\\x${bytes.toString('hex')}`;

async function goOnCounting(client: ClientBase, name: string, counter: string): Promise<void> {
	await client.query(
		`SELECT setval(pg_get_serial_sequence('"${name}"', '${counter}'),
			coalesce(max("${counter}"), 0) + 1, false) FROM "${name}"`
	);
}
