/** What a PostgreSQL database holds at one moment, into a new SQLite file. */
import type Database from 'better-sqlite3';
import type { ClientBase } from 'pg';
import { openForLongWork } from '../postgres/open.ts';
import { openSqlite } from '../sqlite/open.ts';
import { TABLES, type MovedTable } from './tables.ts';

/** Rows that are fetched at once: of the largest, pictures of people, some megabytes. */
const ROWS = 100;

type Row = Record<string, unknown>;

/**
 * Copies while servers may be writing: one read transaction, so that they go on and the copy is whole.
 * @param url postgres://user:password@host:port/database
 * @param to path of the file; must not exist
 * @returns rejects with DatabaseError when the database is not of this release or cannot be reached
 */
export async function copyPostgres(url: string, to: string): Promise<void> {
	const client = await openForLongWork({ url, isBesideServer: true });
	try {
		await copyAll(client, to);
	} finally {
		await client.end();
	}
}

async function copyAll(client: ClientBase, to: string): Promise<void> {
	const db = openSqlite({ file: to });
	try {
		await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
		await client.query('SET LOCAL idle_in_transaction_session_timeout = 0');
		// Unfinished it is thrown away: nothing has to survive a power cut before it is closed.
		db.pragma('synchronous = OFF');
		for (const table of TABLES) await copyBack(client, db, table);
		db.pragma('synchronous = FULL');
	} finally {
		db.close();
	}
}

async function copyBack(
	client: ClientBase,
	db: Database.Database,
	{ name, columns }: MovedTable
): Promise<void> {
	const quoted = columns.map((column) => `"${column}"`).join(', ');
	const insert = db.prepare(
		`INSERT INTO "${name}" (${quoted}) VALUES (${columns.map(() => '?').join(', ')})`
	);
	await client.query(`DECLARE part NO SCROLL CURSOR FOR SELECT ${quoted} FROM "${name}"`);
	// A new file has an id of its own, and perhaps a setting or two.
	db.exec(`BEGIN; DELETE FROM "${name}"`);
	let found: Row[];
	do {
		({ rows: found } = await client.query<Row>(`FETCH ${ROWS} FROM part`));
		for (const row of found) insert.run(columns.map((column) => row[column]));
	} while (found.length === ROWS);
	db.exec('COMMIT');
	await client.query('CLOSE part');
}
