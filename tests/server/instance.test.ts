import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SqliteDatabase } from '../../server/store/sqlite/database.ts';
import { openSqlite } from '../../server/store/sqlite/open.ts';
import { createStore } from '../../server/store/sqlite/store.ts';
import { sqliteDomain } from '../support/little-domain.ts';

let dir: string;
beforeEach(() => {
	dir = mkdtempSync(join(tmpdir(), 'roost-instance-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const NAME = 'roost.sqlite';

/** Starts and stops a server's database in a folder; answers its id, and whether it was told to be a copy. */
function start(folder: string): { id: string; isCopy: boolean } {
	let isCopy = false;
	const db = openSqlite({ file: join(folder, NAME), onCopy: () => void (isCopy = true) });
	const { id } = createStore(new SqliteDatabase(db)).instance();
	db.close();
	return { id, isCopy };
}

/** A folder of a new database, and its id. */
function newHost(name: string): { folder: string; id: string } {
	const folder = join(dir, name);
	const { id, isCopy } = start(folder);
	expect(isCopy).toBe(false);
	return { folder, id };
}

describe('the id of a database', () => {
	it('stays through restarts in place', () => {
		const { folder, id } = newHost('a');
		for (let n = 0; n < 3; n++) expect(start(folder)).toEqual({ id, isCopy: false });
	});

	it('stays when an older copy is restored in place', () => {
		const { folder, id } = newHost('a');
		const backup = join(dir, 'backup.sqlite');
		cpSync(join(folder, NAME), backup);
		rmSync(join(folder, NAME));
		cpSync(backup, join(folder, NAME));
		expect(start(folder)).toEqual({ id, isCopy: false });
	});

	it('stays when a release that knows markers meets a database of one that knew none', () => {
		const { folder, id } = newHost('a');
		const db = new Database(join(folder, NAME));
		db.exec("DELETE FROM setting WHERE key = 'host_marked'");
		db.close();
		rmSync(join(folder, `${NAME}.host`));
		expect(start(folder)).toEqual({ id, isCopy: false });
		rmSync(join(folder, `${NAME}.host`));
		expect(start(folder).isCopy).toBe(true);
	});

	it('is another one on each host to which a backup is brought (RESTORE-5)', () => {
		const { folder, id } = newHost('a');
		const hosts = ['b', 'c'].map((name) => {
			const db = new Database(join(folder, NAME));
			mkdirSync(join(dir, name));
			db.exec(`VACUUM INTO '${join(dir, name, NAME)}'`);
			db.close();
			return join(dir, name);
		});
		const first = hosts.map(start);
		expect(first.map(({ isCopy }) => isCopy)).toEqual([true, true]);
		expect(new Set([id, ...first.map((host) => host.id)]).size).toBe(3);
		expect(hosts.map(start)).toEqual(first.map((host) => ({ ...host, isCopy: false })));
		expect(start(folder)).toEqual({ id, isCopy: false });
	});

	it('is another one where the whole folder was copied (RESTORE-5)', () => {
		const { folder, id } = newHost('a');
		const copy = join(dir, 'b');
		cpSync(folder, copy, { recursive: true, preserveTimestamps: true });
		expect(readFileSync(join(copy, `${NAME}.host`))).toEqual(
			readFileSync(join(folder, `${NAME}.host`))
		);
		const moved = start(copy);
		expect(moved.isCopy).toBe(true);
		expect(moved.id).not.toBe(id);
		expect(start(copy)).toEqual({ id: moved.id, isCopy: false });
	});

	it('is another one where the backup of one server replaces the database of another (RESTORE-5)', () => {
		const a = newHost('a');
		const b = newHost('b');
		rmSync(join(b.folder, NAME));
		cpSync(join(a.folder, NAME), join(b.folder, NAME));
		const { id } = start(b.folder);
		expect([a.id, b.id]).not.toContain(id);
	});

	it('resets a device that comes to the wrong one of two copies (RESTORE-5)', async () => {
		const folder = join(dir, 'a');
		const file = join(folder, NAME);
		const before = openSqlite({ file });
		const little = await sqliteDomain(before);
		const anna = await little.person('anna');
		const room = await little.room(anna);
		const pull = { streams: [{ id: room, cursor: null }] };
		const [page] = (await little.domain.pull(anna, pull)).pages;
		if (page?.type !== 'skipToNewest') throw new Error('the room is not there');
		before.close();
		cpSync(folder, join(dir, 'b'), { recursive: true });

		const here = openSqlite({ file });
		const elsewhere = openSqlite({ file: join(dir, 'b', NAME) });
		const asked = { streams: [{ id: room, cursor: page.cursor }] };
		const answers = [here, elsewhere].map((db) =>
			createStore(new SqliteDatabase(db)).pull(anna.person, asked)
		);
		expect(await Promise.all(answers)).toMatchObject([
			{ pages: [{ type: 'page', rows: [] }] },
			{ pages: [{ type: 'reset', why: 'instance' }] }
		]);
		here.close();
		elsewhere.close();
	});
});
