/** Backups of a PostgreSQL: the same archive as of SQLite, so that either database can be made of it (RESTORE-1). */
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { backUp } from '../../server/backup/backup.ts';
import { inspectDatabase } from '../../server/backup/copy-database.ts';
import { restore } from '../../server/backup/restore.ts';
import { readConfig } from '../../server/config.ts';
import { openSqlite } from '../../server/store/sqlite/open.ts';
import { TABLES } from '../../server/store/transfer/tables.ts';
import {
	littleDomain,
	messageIn,
	sqliteDomain,
	type LittleDomain
} from '../support/little-domain.ts';
import { newPostgresDatabase } from '../support/postgres.ts';

const ONCE = { replace: false, signOut: false, now: new Date('2026-01-02T03:04:05Z') };

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'roost-backup-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const archive = () => join(folder, 'backup.tar');
const config = (name: string, url = '') =>
	readConfig({ DATA_DIR: join(folder, name), DATABASE_URL: url });

async function fill({ person, room: makeRoom }: LittleDomain) {
	const [ann, bob] = [await person('ann'), await person('bob')];
	const room = await makeRoom(ann, [bob]);
	for (let n = 0; n < 150; n++) await ann.do({ kind: 'message.post', room, body: `word ${n} 🐦` });
	await bob.do({ kind: 'profile.avatar', image: Buffer.alloc(1_000, 7).toString('base64') });
	return { ann, room };
}

/** All rows of all tables, in one order. */
async function everything({ query }: LittleDomain): Promise<Map<string, string[]>> {
	const all = new Map<string, string[]>();
	for (const { name, columns } of TABLES) {
		const rows = await query(`SELECT ${columns.map((c) => `"${c}"`).join(', ')} FROM "${name}"`);
		all.set(name, rows.map((row) => JSON.stringify(row)).sort());
	}
	return all;
}

/** A file of a message, as the server keeps it. */
function keepFile(name: string, dataDir: string, bytes: string): string {
	const path = join(dataDir, 'files', name.slice(0, 2), name);
	mkdirSync(join(dataDir, 'files', name.slice(0, 2)), { recursive: true });
	writeFileSync(path, bytes);
	return path;
}

test('made while a server writes, and restored into another database: all of one moment is there', async () => {
	const url = await newPostgresDatabase();
	const world = await littleDomain(url);
	const { ann, room } = await fill(world);
	const say = () => ann.do({ kind: 'message.post', room, body: 'meanwhile' });
	await say();
	let isOver = false;
	const talk = (async () => {
		while (!isOver) await say();
	})();
	const { manifest } = await backUp(config('here', url), archive(), '9.9.9');
	isOver = true;
	await talk;
	expect(manifest.database.messages).toBeGreaterThan(150);
	const other = await newPostgresDatabase();
	expect((await restore(config('there', other), archive(), ONCE)).manifest).toEqual(manifest);
	const again = await littleDomain(other);
	expect(await again.query('SELECT count(*) AS n FROM message')).toEqual([
		{ n: manifest.database.messages }
	]);
	const streams = await again.query<{ id: string; head: number; newest: number }>(
		`SELECT id, head, (SELECT coalesce(max(seq), 0) FROM change WHERE stream = stream.id) AS newest
		FROM stream`
	);
	const inRoom = streams.find(({ id }) => id === room)!;
	expect(inRoom.head).toBeGreaterThan(150);
	expect(streams.filter(({ head, newest }) => head !== newest)).toEqual([]);
	// What was said goes as far as the heads do, and no further.
	const last = 'SELECT max(seq) AS head FROM message WHERE room = ?';
	expect(await again.query(last, room)).toEqual([{ head: inRoom.head }]);
	const beyond = 'SELECT m.id FROM message m JOIN stream s ON s.id = m.room WHERE m.rev > s.head';
	expect(await again.query(beyond)).toEqual([]);
});

test('from PostgreSQL to SQLite and back: every row of every table is the same', async () => {
	const url = await newPostgresDatabase();
	const world = await littleDomain(url);
	await fill(world);
	const before = await everything(world);
	await backUp(config('here', url), archive(), '9.9.9');
	const home = config('home');
	await restore(home, archive(), ONCE);
	const summary = inspectDatabase(home.databaseFile);
	expect(summary.messages).toBeGreaterThan(149);
	rmSync(archive());
	await backUp(home, archive(), '9.9.9');
	const back = await newPostgresDatabase();
	await restore(config('back', back), archive(), ONCE);
	expect(await everything(await littleDomain(back))).toEqual(before);
});

/** Backs a server up that has one file, "ab01". */
async function backUpWithFile(): Promise<void> {
	const url = await newPostgresDatabase();
	const world = await littleDomain(url);
	const { ann } = await fill(world);
	const here = config('here', url);
	await world.query(
		`INSERT INTO file (id, person, stored, name, type, kind, size, at)
		VALUES ('0190', ?, 'ab01', 'a.txt', 'text/plain', 'file', 5, 1)`,
		ann.person
	);
	keepFile('ab01', here.dataDir, 'bytes');
	await backUp(here, archive(), '9.9.9');
}

test('files come along, beside those that are there', async () => {
	await backUpWithFile();
	const there = config('there', await newPostgresDatabase());
	const older = keepFile('ab02', there.dataDir, 'older');
	await restore(there, archive(), ONCE);
	expect(readFileSync(join(there.dataDir, 'files', 'ab', 'ab01'), 'utf8')).toBe('bytes');
	expect(existsSync(older)).toBe(true);
	expect(existsSync(join(there.dataDir, 'restoring'))).toBe(false);
});

test('a database that is in use is never overwritten', async () => {
	const file = join(folder, 'roost.sqlite');
	const db = openSqlite({ file });
	const world = await sqliteDomain(db);
	await fill(world);
	db.close();
	await backUp(readConfig({ DATA_DIR: folder }), archive(), '9.9.9');
	const url = await newPostgresDatabase();
	const used = await littleDomain(url);
	const eve = await used.person('eve');
	const room = await used.room(eve);
	const id = await eve.do({ kind: 'message.post', room, body: 'here first' });
	const replacing = { ...ONCE, replace: true };
	await expect(restore(config('there', url), archive(), replacing)).rejects.toThrow('is not empty');
	expect(messageIn(await eve.rows(room), id).body).toBe('here first');
});

test('a restore that is refused adds no file and leaves the index', async () => {
	await backUpWithFile();
	const url = await newPostgresDatabase();
	await (await littleDomain(url)).person('eve');
	const there = config('there', url);
	const older = keepFile('ab02', there.dataDir, 'older');
	const index = join(there.dataDir, 'search.sqlite');
	writeFileSync(index, 'of eve');
	await expect(restore(there, archive(), ONCE)).rejects.toThrow('is not empty');
	expect(readdirSync(join(there.dataDir, 'files', 'ab'))).toEqual([basename(older)]);
	expect(readFileSync(index, 'utf8')).toBe('of eve');
});

test('an index that knows what was said after the backup is gone with it', async () => {
	await backUpWithFile();
	const there = config('there', await newPostgresDatabase());
	mkdirSync(there.dataDir);
	for (const end of ['', '-journal', '-wal', '-shm']) {
		writeFileSync(join(there.dataDir, `search.sqlite${end}`), 'of what was');
	}
	await restore(there, archive(), ONCE);
	expect(readdirSync(there.dataDir)).toEqual(['files']);
});
