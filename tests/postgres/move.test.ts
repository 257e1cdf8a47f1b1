/** SQLite to PostgreSQL: everything arrives, devices go on where they were, and no file is used twice (RESTORE-6). */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SearchAnswer } from '../../src/lib/protocol/search.ts';
import { moveDatabase } from '../../server/move/move-database.ts';
import { openSqlite } from '../../server/store/sqlite/open.ts';
import { TABLES } from '../../server/store/transfer/tables.ts';
import { withoutPassword } from '../../server/store/transfer/to-postgres.ts';
import { eventually } from '../contract/search-world.ts';
import { littleDomain, sqliteDomain, type SqliteDomain } from '../support/little-domain.ts';
import { generalOf, personWith, post, register, type Person } from '../support/person.ts';
import { newPostgresDatabase } from '../support/postgres.ts';
import { startServer } from '../support/server.ts';

const NOW = Date.UTC(2026, 0, 2);

let folder: string;
let file: string;
let url: string;
beforeEach(async () => {
	folder = mkdtempSync(join(tmpdir(), 'roost-move-'));
	file = join(folder, 'roost.sqlite');
	url = await newPostgresDatabase();
});
afterEach(() => rmSync(folder, { recursive: true }));

const move = () => moveDatabase({ file, url, now: NOW });
const reopen = () => openSqlite({ file });

/** A server that has been used: a room of three, what was said, changed, taken back and answered there. */
async function fill(world: SqliteDomain) {
	const [ann, bob, cat] = [
		await world.person('ann'),
		await world.person('bob'),
		await world.person('cat')
	];
	const room = await world.room(ann, [bob, cat], 'a password');
	const said: string[] = [];
	for (let n = 0; n < 60; n++) {
		const draft = {
			kind: 'message.post',
			room,
			body: `word ${n} 你好 🐦 ${'x'.repeat(n * 20)}`
		} as const;
		said.push(await (n % 2 ? ann : bob).do(draft));
	}
	await ann.do({ kind: 'message.edit', room, message: said[1]!, body: 'another word' });
	await bob.do({ kind: 'message.recall', room, message: said[2]! });
	await cat.do({ kind: 'message.react', room, message: said[3]!, emoji: '👍', on: true });
	await cat.do({ kind: 'profile.avatar', image: Buffer.alloc(1_000, 7).toString('base64') });
	await ann.do({ kind: 'member.remove', room, person: cat.person });
	// What only this file can hold: PostgreSQL keeps every character but this one.
	world.db.prepare("UPDATE message SET body = 'a' || char(0) || 'b' WHERE id = ?").run(said[5]);
	return { ann, bob, room, said };
}

/** All rows of all tables of the file, as PostgreSQL may keep them. */
function rowsHere(): Map<string, unknown[]> {
	const db = new Database(file, { readonly: true });
	const all = TABLES.map(({ name, columns }) => {
		const rows = db
			.prepare<[], Record<string, unknown>>(`SELECT ${columns.join(', ')} FROM "${name}"`)
			.all()
			.filter((row) => name !== 'setting' || row['key'] !== 'moved_to');
		return [name, sorted(rows)] as const;
	});
	db.close();
	return new Map(all);
}

/** In one order, whatever the database's. */
const sorted = (rows: unknown[]): string[] =>
	rows.map((row) => JSON.stringify(row).replaceAll('\\u0000', '\uFFFD')).sort();

test('every row of every table arrives, and numbers go on behind them', async () => {
	const world = await sqliteDomain(reopen());
	const { room } = await fill(world);
	world.db.close();
	const { summary, rows, to } = await move();
	expect(summary.messages).toBeGreaterThan(60);
	expect(to).toBe(withoutPassword(url));
	const here = rowsHere();
	expect(rows).toBe([...here.values()].reduce((sum, list) => sum + list.length, 0));
	const there = await littleDomain(url);
	for (const [name, list] of here) {
		const { columns } = TABLES.find((table) => table.name === name)!;
		const moved = await there.query(
			`SELECT ${columns.map((c) => `"${c}"`).join(', ')} FROM "${name}"`
		);
		expect([name, sorted(moved)]).toEqual([name, list]);
	}
	const eve = await there.person('eve');
	await eve.do({ kind: 'room.join', room, password: 'a password' });
	await eve.do({ kind: 'message.post', room, body: 'after the move' });
});

test('a device that comes back with its cursor gets what is new, and nothing else', async () => {
	const world = await sqliteDomain(reopen());
	const { ann, bob, room } = await fill(world);
	const [page] = (await world.domain.pull(ann, { streams: [{ id: room, cursor: null }] })).pages;
	if (page?.type !== 'skipToNewest') throw new Error(page?.type);
	world.db.close();
	await move();
	const there = await littleDomain(url);
	const asked = { streams: [{ id: room, cursor: page.cursor }] };
	expect((await there.domain.pull(ann, asked)).pages).toMatchObject([{ type: 'page', rows: [] }]);
	const id = '018f0000-0000-7000-8000-000000000001';
	const [result] = await there.domain.acts(bob, [
		{ id, at: 1, kind: 'message.post', room, body: 'after the move' }
	]);
	expect(result?.status).toBe('accepted');
	const [next] = (await there.domain.pull(ann, asked)).pages;
	expect(next).toMatchObject({ type: 'page', rows: [{ kind: 'message', id }] });
});

test('the file is refused by servers afterwards, says where its content is, and can be taken back', async () => {
	reopen().close();
	await move();
	expect(reopen).toThrow(`This database was moved to ${withoutPassword(url)} on 2026-01-02`);
	const env = { ...process.env, DATA_DIR: folder };
	const undo = () =>
		promisify(execFile)(process.execPath, ['server/move/move-command.ts', '--undo'], { env });
	expect((await undo()).stdout).toContain('may use the SQLite file again');
	reopen().close();
	await expect(undo()).rejects.toThrow('there is nothing to undo');
});

test('a move that was interrupted before the other side was committed is done again', async () => {
	const world = await sqliteDomain(reopen());
	await fill(world);
	world.db
		.prepare("INSERT INTO setting (key, value) VALUES ('moved_to', ?)")
		.run(JSON.stringify({ at: NOW, to: 'postgres://elsewhere/roost' }));
	world.db.close();
	expect((await move()).summary.messages).toBeGreaterThan(60);
	const there = await littleDomain(url);
	expect(await there.query("SELECT 1 FROM setting WHERE key = 'moved_to'")).toEqual([]);
});

test('nothing is changed when a server runs, the other side is in use, or the file is damaged', async () => {
	const world = await sqliteDomain(reopen());
	const { room } = await fill(world);
	await expect(move()).rejects.toThrow('in use by another running server');
	world.db.close();
	const used = await littleDomain(url);
	await used.person('somebody');
	await expect(move()).rejects.toThrow('is not empty');
	url = await newPostgresDatabase();
	const db = new Database(file);
	db.prepare("UPDATE change SET hash = 'x' WHERE stream = ? AND seq = 5").run(room);
	db.close();
	await expect(move()).rejects.toThrow(`the log of ${room} is not whole`);
	// Usable as before.
	reopen().close();
});

test('a row that the other side refuses leaves it as it was, and the file in use', async () => {
	const world = await sqliteDomain(reopen());
	await fill(world);
	// SQLite keeps any value in any column.
	world.db.exec("UPDATE message SET at = 'no number' WHERE rowid = 7");
	world.db.close();
	await expect(move()).rejects.toThrow('invalid input syntax');
	reopen().close();
	const there = await littleDomain(url);
	expect(await there.query('SELECT 1 FROM message')).toEqual([]);
});

test('the whole server goes on: sessions hold, all that was said is found, and more is said', async () => {
	const begin = (database: string) =>
		startServer({ DATA_DIR: folder, DATABASE_URL: database, ORIGIN: 'http://chat.example.org' });
	const before = await begin(`sqlite:${file}`);
	const ann = await register(before, 'ann');
	const link = await ann.link();
	const room = await generalOf(link);
	await link.request('acts', { acts: [post(room, 'a heron on the pier')] });
	const search = async (who: Person): Promise<SearchAnswer> => {
		const { body } = await who.sync('search', { query: 'heron', limit: 10 });
		expect((body as SearchAnswer).complete).toBe(true);
		return body as SearchAnswer;
	};
	// The index is made, in the folder that both servers have.
	await eventually(async () => expect((await search(ann)).rows).toHaveLength(1));
	link.close();
	await before.stop();
	await move();
	const after = await begin(url);
	const again = personWith(after, ann.name, ann.id, ann.cookie);
	const line = await again.link();
	await line.request('acts', { acts: [post(room, 'two herons')] });
	await eventually(async () => expect((await search(again)).rows).toHaveLength(2));
	line.close();
	await after.stop();
});

test('an address is shown without its password', () => {
	expect(withoutPassword('postgres://me:secret@db.example.org:5433/roost?sslmode=require')).toBe(
		'postgres://me@db.example.org:5433/roost'
	);
	expect(withoutPassword('postgresql://127.0.0.1/roost')).toBe('postgresql://127.0.0.1/roost');
});
