import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { StorageError } from '../../server/domain/store-port.ts';
import { BUSY_TIMEOUT, openSqlite } from '../../server/store/sqlite/open.ts';
import { watchWal } from '../../server/store/sqlite/wal-watch.ts';

const MINUTE = 60_000;
/** more than a new database writes */
const MAX = 1_000_000;

let dir: string;
let db: Database.Database;
let now: number;
let due: (() => void)[];
/** bytes of the log, each time that it could not be emptied */
let told: number[];
let errors: unknown[];
let stop: () => void;

beforeEach(() => {
	dir = mkdtempSync(join(tmpdir(), 'roost-wal-'));
	db = openSqlite({ file: join(dir, 'roost.sqlite') });
	now = 1_000_000;
	due = [];
	told = [];
	errors = [];
	stop = watchWal({
		db,
		max: MAX,
		clock: {
			now: () => now,
			after(_ms, run) {
				due.push(run);
				return () => void (due = due.filter((one) => one !== run));
			}
		},
		onBlocked: (bytes) => void told.push(bytes),
		onError: (error) => void errors.push(error)
	});
});
afterEach(() => {
	stop();
	if (db.open) db.close();
	rmSync(dir, { recursive: true, force: true });
});

/** Lets a minute pass, at whose end the log is looked at. */
function minute(): void {
	now += MINUTE;
	for (const run of due.splice(0)) run();
}

const size = () => statSync(`${db.name}-wal`).size;

/** Writes until the log is longer than it may be. */
function grow(): void {
	const put = db.prepare(
		"INSERT INTO setting (key, value) VALUES ('x', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
	);
	const from = size();
	for (let n = 0; size() < from + 2 * MAX; n++) put.run(`${n}`.repeat(100_000));
}

it('a log that is too long is emptied', () => {
	grow();
	minute();
	expect(size()).toBe(0);
	expect(told).toEqual([]);
});

it('a log that somebody keeps from being emptied is told of, once an hour, with its size (DISK-4)', () => {
	const reader = new Database(db.name);
	reader.exec('BEGIN');
	reader.prepare('SELECT * FROM setting').all();
	grow();
	for (let n = 0; n < 60; n++) minute();
	expect(told).toEqual([size()]);
	expect(db.pragma('busy_timeout', { simple: true })).toBe(BUSY_TIMEOUT);
	grow();
	minute();
	expect(told).toEqual([expect.any(Number), size()]);

	reader.close();
	minute();
	expect(size()).toBe(0);
	expect(told).toHaveLength(2);
	expect(errors).toEqual([]);
});

it('a short log is left alone', () => {
	const reader = new Database(db.name);
	reader.exec('BEGIN');
	reader.prepare('SELECT * FROM setting').all();
	minute();
	expect(told).toEqual([]);
	reader.close();
});

it('a disk that fails meanwhile ends the server like any other failed write (DISK-2)', () => {
	grow();
	const pragma = db.pragma.bind(db);
	db.pragma = () => {
		throw Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR_FSYNC' });
	};
	minute();
	db.pragma = pragma;
	expect(errors).toEqual([expect.any(StorageError)]);
	expect(errors).toMatchObject([{ reason: 'broken' }]);
});
