/** The migrations make the tables that the schema files describe, and keep what was stored before. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import { getTableConfig, SQLiteTable } from 'drizzle-orm/sqlite-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createAdminReads } from '../../server/store/sql/admin-reads.ts';
import { SqliteDatabase } from '../../server/store/sqlite/database.ts';
import { openSqlite } from '../../server/store/sqlite/open.ts';
import { createStore } from '../../server/store/sqlite/store.ts';
import * as admin from '../../server/store/sql/schema/admin.ts';
import * as calls from '../../server/store/sql/schema/calls.ts';
import * as log from '../../server/store/sql/schema/log.ts';
import * as messages from '../../server/store/sql/schema/messages.ts';
import * as people from '../../server/store/sql/schema/people.ts';
import * as rooms from '../../server/store/sql/schema/rooms.ts';
import { nameKey } from '../../src/lib/protocol/name-key.ts';

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'roost-migrations-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const OLD_ROWS = `
		INSERT INTO span (room, person, rev, role, from_seq, visible_from, feed_rev, read)
		VALUES ('r', 'p', 1, 'owner', 1, 1, 2, 7);
		INSERT INTO op (id, person, device, digest, result, at) VALUES ('a', 'p', 'd', 'x', '{}', 5);
		INSERT INTO change (stream, seq, kind, entity, actor, op, ts, hash)
		VALUES ('r', 1, 'member', 'p', 'p', 'a', 5, 'h');`;

/** A database as the first `count` migrations left it. @param rows SQL of what is in it */
function databaseAfter(count: number, rows = OLD_ROWS): string {
	const migrations = join(folder, 'migrations');
	cpSync('drizzle/sqlite', migrations, { recursive: true });
	const file = join(migrations, 'meta/_journal.json');
	const journal = JSON.parse(readFileSync(file, 'utf8')) as { entries: unknown[] };
	writeFileSync(file, JSON.stringify({ ...journal, entries: journal.entries.slice(0, count) }));
	const path = join(folder, 'roost.sqlite');
	const db = new Database(path);
	migrate(drizzle(db), { migrationsFolder: migrations });
	db.exec(rows);
	db.close();
	return path;
}

test('renaming tables keeps memberships, results of acts and changes', () => {
	const db = openSqlite({ file: databaseAfter(10) });
	expect(db.prepare('SELECT room, person, read FROM membership').all()).toEqual([
		{ room: 'r', person: 'p', read: 7 }
	]);
	expect(db.prepare('SELECT id, at FROM act_result').all()).toEqual([{ id: 'a', at: 5 }]);
	expect(db.prepare('SELECT stream, act FROM change').all()).toEqual([{ stream: 'r', act: 'a' }]);
	db.close();
});

test('an upgrade keeps the database as it was before; the two latest are kept (RESTORE-7)', () => {
	const path = databaseAfter(10);
	const copies = () => readdirSync(folder).filter((name) => name.includes('before-upgrade'));
	for (const older of [1, 2, 3]) writeFileSync(`${path}.before-upgrade-${older}`, '');
	writeFileSync(`${path}.before-upgrade-1.part`, 'a copy that was broken off');
	openSqlite({ file: path }).close();
	const [latest, one] = copies()
		.filter((name) => !name.endsWith('.part'))
		.sort((a, b) => b.length - a.length);
	expect(one).toBe('roost.sqlite.before-upgrade-3');
	const copy = new Database(join(folder, latest!), { readonly: true });
	expect(copy.prepare('SELECT room, read FROM span').all()).toEqual([{ room: 'r', read: 7 }]);
	copy.close();
	const kept = copies();
	openSqlite({ file: path }).close();
	expect(copies()).toEqual(kept);
});

test('a new database has the tables, columns and indexes of the schema', () => {
	const db = openSqlite({ file: ':memory:' });
	const names = (sql: string, of: string) =>
		db.prepare<[string], string>(sql).pluck().all(of).sort();
	const tables = [admin, calls, log, messages, people, rooms].flatMap((file) =>
		Object.values(file).filter((value) => value instanceof SQLiteTable)
	);
	expect(tables.length).toBeGreaterThan(15);
	for (const table of tables) {
		const { name, columns, indexes } = getTableConfig(table);
		const made = names('SELECT name FROM pragma_table_info(?)', name);
		expect({ name, columns: made }).toEqual({ name, columns: columns.map((c) => c.name).sort() });
		const index = `SELECT name FROM pragma_index_list(?) WHERE origin = 'c'`;
		expect(names(index, name)).toEqual(indexes.map((i) => i.config.name).sort());
	}
	db.close();
});

test('keys of names of an earlier version are written anew, and the older name keeps a shared one', async () => {
	const path = join(folder, 'keys.sqlite');
	const before = openSqlite({ file: path });
	const person = before.prepare(
		`INSERT INTO person (id, name, name_key, email, email_key, password_hash, created_at)
		VALUES (?, ?, ?, ?, ?, '', 0)`
	);
	for (const [id, name, key] of [
		['1', 'Marie', 'marie'],
		['2', 'Bernd', 'bernd'],
		['3', 'Bemd', 'bemd']
	]) {
		person.run(id, name, key, id, id);
	}
	before
		.prepare(
			`INSERT INTO room (id, rev, name, name_key, owner, created_at) VALUES ('r', 1, 'Room', 'room', '1', 0)`
		)
		.run();
	before.exec(`DELETE FROM setting WHERE key = 'name_keys'`);
	before.close();
	const db = openSqlite({ file: path });
	const keys = db.prepare('SELECT name_key FROM person ORDER BY id').pluck().all();
	expect(keys).toEqual([nameKey('Marie'), nameKey('Bernd'), 'shared-bemd']);
	expect(db.prepare('SELECT name_key FROM room').pluck().all()).toEqual([nameKey('Room')]);
	// Each of them is still found, and signs in, by the name that is theirs.
	const store = createStore(new SqliteDatabase(db));
	for (const [name, id] of [
		['bernd', '2'],
		['Bemd', '3']
	] as const) {
		expect((await store.credentials({ name }))?.person).toBe(id);
		expect((await store.find(name))?.id).toBe(id);
	}
	expect(await store.find('marle')).toBe(null);
	db.close();
});

test('a room that an older version deleted, and emptied, is not offered for restoring', async () => {
	const now = Date.now();
	const path = databaseAfter(
		16,
		`INSERT INTO room (id, rev, name, owner, created_at, deleted_at)
		VALUES ('gone', 1, 'Gone', 'p', 1, ${now}), ('here', 1, 'Here', 'p', 1, NULL);`
	);
	const db = openSqlite({ file: path });
	const reads = createAdminReads(new SqliteDatabase(db));
	const ask = { query: '', after: '' };
	expect((await reads.rooms(ask, true, now)).rooms).toEqual([]);
	expect((await reads.rooms(ask, false, now)).rooms.map(({ id }) => id)).toEqual(['here']);
	db.close();
});
