/** What a PostgreSQL database holds at one moment, into a new SQLite file. */
import type Database from 'better-sqlite3';
import pg, { type Client } from 'pg';
import { NUMBERS, newestMigration, newestSeen } from '../postgres/open.ts';
import { DatabaseError } from '../sql/database-error.ts';
import { openSqlite } from '../sqlite/open.ts';
import { TABLES, type MovedTable } from './tables.ts';

/** Rows that are fetched at once: of the largest, pictures of people, some megabytes. */
const ROWS = 100;

type Row = Record<string, unknown>;

/**
 * Copies while servers may be writing: one read transaction, so that they go on and the copy is whole.
 * @param to path of the file; must not exist
 * @returns rejects with DatabaseError when the database is not of this release or cannot be reached
 */
export async function copyPostgres(url: string, to: string): Promise<void> {
	const client = new pg.Client({
		connectionString: url,
		application_name: 'roost backup',
		connectionTimeoutMillis: 10_000,
		types: {
			getTypeParser: (type, format) =>
				NUMBERS.has(type) ? Number : (pg.types.getTypeParser(type, format) as never)
		}
	});
	try {
		await client.connect();
	} catch (cause) {
		throw new DatabaseError(
			'The PostgreSQL database cannot be reached. Check DATABASE_URL, and that its server runs and lets this user in.',
			cause
		);
	}
	const db = openSqlite({ file: to });
	try {
		await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
		await refuseOther(client);
		// Unfinished it is thrown away: nothing has to survive a power cut before it is closed.
		db.pragma('synchronous = OFF');
		for (const table of TABLES) await copyBack(client, db, table);
		db.pragma('synchronous = FULL');
	} finally {
		db.close();
		await client.end();
	}
}

async function refuseOther(client: Client): Promise<void> {
	if ((await newestSeen(client)) === newestMigration()) return;
	throw new DatabaseError(
		'The database is not of this release of Roost. Start the server of this release once, then try again.'
	);
}

async function copyBack(client: Client, db: Database.Database, table: MovedTable): Promise<void> {
	const { name, columns } = table;
	const quoted = columns.map((column) => `"${column}"`).join(', ');
	const insert = db.prepare(
		`INSERT INTO "${name}" (${quoted}) VALUES (${columns.map(() => '?').join(', ')})`
	);
	await client.query(`DECLARE part NO SCROLL CURSOR FOR SELECT ${quoted} FROM "${name}"`);
	// A new file has an id of its own, and perhaps a setting or two.
	db.exec(`BEGIN; DELETE FROM "${name}"`);
	for (;;) {
		const { rows } = await client.query<Row>(`FETCH ${ROWS} FROM part`);
		for (const row of rows) insert.run(columns.map((column) => row[column]));
		if (rows.length < ROWS) break;
	}
	db.exec('COMMIT');
	await client.query('CLOSE part');
}
