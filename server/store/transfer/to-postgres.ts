/** What a SQLite file holds, into an empty PostgreSQL database: all of it, or nothing. */
import Database from 'better-sqlite3';
import type { ClientBase } from 'pg';
import { openForLongWork } from '../postgres/open.ts';
import { DatabaseError } from '../sql/database-error.ts';
import { MOVED } from '../sqlite/moved.ts';
import { copyTable } from './copy-table.ts';
import { listTables, type MovedTable } from './tables.ts';

interface FillOptions {
	/** path of a SQLite file of this release that nobody writes to */
	file: string;
	/** postgres://user:password@host:port/database */
	url: string;
	/** id of the file's database, and SHA-256 over where each stream stands (backup/copy-database.ts) */
	expected: { instance: string; digest: string };
	/** called when a table is there, with its rows */
	onTable?: ((name: string, rows: number) => void) | undefined;
	/** called with the open file when everything is there, before it is committed; what it rejects with undoes all of it */
	beforeCommit?: (db: Database.Database) => void | Promise<void>;
	/** called when the commit was refused, after `beforeCommit` */
	undone?: (db: Database.Database) => void;
}

/**
 * @returns number of rows; rejects with DatabaseError when it cannot be done, or with what PostgreSQL says. Then nothing
 * was written, unless the connection was lost during the commit.
 */
export async function fillPostgres(options: FillOptions): Promise<number> {
	const client = await openForLongWork({ url: options.url });
	const db = new Database(options.file, { fileMustExist: true });
	try {
		return await fill(client, db, options);
	} finally {
		db.close();
		await client.end();
	}
}

/** An address that may be shown: of the password nothing is left. */
export function withoutPassword(url: string): string {
	const { protocol, username, host, pathname } = new URL(url);
	return `${protocol}//${username === '' ? '' : `${username}@`}${host}${pathname}`;
}

async function fill(
	client: ClientBase,
	db: Database.Database,
	options: FillOptions
): Promise<number> {
	try {
		await client.query('BEGIN');
		await client.query('SET LOCAL idle_in_transaction_session_timeout = 0');
		const rows = await copyAll(db, client, options);
		await compare(client, options.expected);
		await options.beforeCommit?.(db);
		await commit(client, () => options.undone?.(db));
		return rows;
	} catch (cause) {
		await client.query('ROLLBACK').catch(() => undefined);
		throw cause;
	}
}

async function commit(client: ClientBase, undone: () => void): Promise<void> {
	try {
		await client.query('COMMIT');
	} catch (cause) {
		// When the line was cut nobody knows whether it was committed.
		if (isRefusal(cause)) undone();
		throw cause;
	}
}

/** Whether the server itself said no: a SQLSTATE of five characters. */
const isRefusal = (cause: unknown): boolean =>
	/^[0-9A-Z]{5}$/u.test(String((cause as { code?: unknown }).code));

async function copyAll(
	db: Database.Database,
	client: ClientBase,
	{ onTable, url }: FillOptions
): Promise<number> {
	const tables = listTables(db);
	await refuseFull(client, tables, url);
	let all = 0;
	for (const table of tables) {
		const rows = await copyTable(db, client, table);
		onTable?.(table.name, rows);
		all += rows;
	}
	return all - (await forgetMark(client));
}

/** The mark of a move that was interrupted is of no use there. @returns rows that are gone with it */
async function forgetMark(client: ClientBase): Promise<number> {
	const { rowCount } = await client.query('DELETE FROM setting WHERE key = $1', [MOVED]);
	return rowCount ?? 0;
}

/** A new database has an id and perhaps a setting or two; anything else belongs to somebody. */
async function refuseFull(
	client: ClientBase,
	tables: readonly MovedTable[],
	url: string
): Promise<void> {
	for (const { name } of tables) {
		// Nobody else may write what would be mixed with it.
		await client.query(`LOCK TABLE "${name}" IN ACCESS EXCLUSIVE MODE`);
		if (name === 'instance' || name === 'setting') {
			await client.query(`DELETE FROM "${name}"`);
			continue;
		}
		const { rows } = await client.query(`SELECT 1 FROM "${name}" LIMIT 1`);
		if (rows.length === 0) continue;
		throw new DatabaseError(
			`${withoutPassword(url)} is not empty (table "${name}"). Make a new database for Roost, and name that one.`
		);
	}
}

/** The same streams at the same places with the same past, or nothing. */
async function compare(client: ClientBase, expected: FillOptions['expected']): Promise<void> {
	const { rows } = await client.query<FillOptions['expected']>(
		`SELECT (SELECT id FROM instance) AS instance, encode(sha256(convert_to(coalesce(
			(SELECT string_agg(id || '|' || head || '|' || head_hash || E'\\n', '' ORDER BY id) FROM stream), ''
		), 'UTF8')), 'hex') AS digest`
	);
	const there = rows[0]!;
	if (there.digest === expected.digest && there.instance === expected.instance) return;
	throw new DatabaseError('What arrived is not what was sent; nothing was written. Try again.');
}
