/** Opening a PostgreSQL: its tables, and what is refused. */
import pg from 'pg';
import { getTableConfig, SQLiteTable } from 'drizzle-orm/sqlite-core';
import { expect, test } from 'vitest';
import { openPostgres } from '../../server/store/postgres/open.ts';
import { DatabaseError } from '../../server/store/sql/database-error.ts';
import * as admin from '../../server/store/sql/schema/admin.ts';
import * as calls from '../../server/store/sql/schema/calls.ts';
import * as log from '../../server/store/sql/schema/log.ts';
import * as messages from '../../server/store/sql/schema/messages.ts';
import * as people from '../../server/store/sql/schema/people.ts';
import * as rooms from '../../server/store/sql/schema/rooms.ts';
import { nameKey } from '../../src/lib/protocol/name-key.ts';
import { newPostgresDatabase } from '../support/postgres.ts';

const open = (url: string) => openPostgres({ url, onError: () => undefined });

/** Runs statements as somebody else who uses the database. */
async function asSomebodyElse<R>(url: string, sql: string, values: unknown[] = []): Promise<R[]> {
	const client = new pg.Client({ connectionString: url });
	await client.connect();
	const { rows } = await client.query(sql, values);
	await client.end();
	return rows as R[];
}

test('a new database has the tables, columns and indexes of the one description', async () => {
	const url = await newPostgresDatabase();
	const { pool } = await open(url);
	const named = async (sql: string, of: string) =>
		(await pool.query<{ name: string }>(sql, [of])).rows.map(({ name }) => name).sort();
	const tables = [admin, calls, log, messages, people, rooms].flatMap((file) =>
		Object.values(file).filter((value) => value instanceof SQLiteTable)
	);
	for (const table of tables) {
		const { name, columns, indexes } = getTableConfig(table);
		const made = await named(
			'SELECT column_name AS name FROM information_schema.columns WHERE table_name = $1',
			name
		);
		expect({ name, columns: made }).toEqual({ name, columns: columns.map((c) => c.name).sort() });
		const own = `SELECT indexname AS name FROM pg_indexes WHERE tablename = $1 AND indexname !~ '_(pk|pkey)$'`;
		expect(await named(own, name)).toEqual(indexes.map((i) => i.config.name).sort());
	}
	const { rows } = await pool.query(
		`SELECT table_name FROM information_schema.tables
		WHERE table_schema = 'public' AND table_name <> '__drizzle_migrations'`
	);
	expect(rows).toHaveLength(tables.length);
	await pool.end();
});

test('servers that start at once on a new database bring it up to date once', async () => {
	const url = await newPostgresDatabase();
	const opened = await Promise.all([open(url), open(url), open(url)]);
	expect(new Set(opened.map(({ instance }) => instance.id)).size).toBe(1);
	for (const { pool } of opened) await pool.end();
});

test('a database of a newer release is refused, and left as it is', async () => {
	const url = await newPostgresDatabase();
	await (await open(url)).pool.end();
	const future = Date.now() + 1e12;
	await asSomebodyElse(
		url,
		`INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('of the future', $1)`,
		[future]
	);
	await expect(open(url)).rejects.toThrow(/newer version of Roost/);
});

test('a database that does not wait for its disk is refused (promise 1)', async () => {
	const url = await newPostgresDatabase();
	const name = new URL(url).pathname.slice(1);
	await asSomebodyElse(url, `ALTER DATABASE ${name} SET synchronous_commit = off`);
	await expect(open(url)).rejects.toThrow(/synchronous_commit = off/);
});

test('keys of names of an earlier version are written anew', async () => {
	const url = await newPostgresDatabase();
	const before = await open(url);
	for (const [id, name] of [
		['1', 'Bernd'],
		['2', 'Bemd']
	]) {
		await before.pool.query(
			`INSERT INTO person (id, name, name_key, email, email_key, password_hash, created_at)
			VALUES ($1, $2, lower($2), $1, $1, '', 0)`,
			[id, name]
		);
	}
	await before.pool.query(`DELETE FROM setting WHERE key = 'name_keys'`);
	await before.pool.end();
	const { pool } = await open(url);
	const { rows } = await pool.query<{ name_key: string }>(
		'SELECT name_key FROM person ORDER BY id'
	);
	expect(rows.map((row) => row.name_key)).toEqual([nameKey('Bernd'), 'shared-bemd']);
	await pool.end();
});

test('a database that is not there is told in words', async () => {
	const url = (await newPostgresDatabase()).replace(/\w+$/, 'nowhere');
	await expect(open(url)).rejects.toThrow(DatabaseError);
});
