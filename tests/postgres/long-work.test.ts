/** What takes long by its nature is not cut off like a statement of a server. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openPostgres } from '../../server/store/postgres/open.ts';
import { openSqlite } from '../../server/store/sqlite/open.ts';
import { copyPostgres } from '../../server/store/transfer/to-sqlite.ts';
import { moveDatabase } from '../../server/move/move-database.ts';
import { holdTable } from '../support/held-rows.ts';
import { littleDomain, sqliteDomain } from '../support/little-domain.ts';
import { newPostgresDatabase } from '../support/postgres.ts';

/** ms: longer than the server, or the driver, lets any statement of a request go on */
const LONG = 60_000;

let folder: string;
let url: string;
beforeEach(async () => {
	folder = mkdtempSync(join(tmpdir(), 'roost-long-'));
	url = await newPostgresDatabase();
	await (await openPostgres({ url })).pool.end();
});
afterEach(() => {
	vi.useRealTimers();
	rmSync(folder, { recursive: true });
});

/** Does something of which one statement takes long. @param table that it comes to a stand at */
async function slowly<A>(table: string, work: () => Promise<A>): Promise<A> {
	const held = await holdTable(url, table);
	vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
	const done = work();
	await held.isWantedBy(1);
	vi.advanceTimersByTime(LONG);
	vi.useRealTimers();
	await held.release();
	return done;
}

test('bringing the tables up to date', async () => {
	const { pool } = await slowly('__drizzle_migrations', () => openPostgres({ url }));
	await pool.end();
});

test('a move to PostgreSQL', async () => {
	const file = join(folder, 'roost.sqlite');
	const db = openSqlite({ file });
	const ann = await (await sqliteDomain(db)).person('ann');
	db.close();
	await slowly('message', () => moveDatabase({ file, url, now: 1 }));
	const there = await littleDomain(url);
	expect(await there.query('SELECT id FROM person')).toEqual([{ id: ann.person }]);
});

test('a copy of PostgreSQL, as a backup makes it', async () => {
	const to = join(folder, 'copy.sqlite');
	await slowly('message', () => copyPostgres(url, to));
	expect(existsSync(to)).toBe(true);
});
