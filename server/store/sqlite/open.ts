/**
 * Opens the database file so that what is acknowledged is durable (promise 1), brings its tables up
 * to date, and makes sure that no other process writes to it (K3).
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, statfsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import { uuid7 } from '../../../src/lib/protocol/ids.ts';

/** Where the generated migrations are. */
const MIGRATIONS = fileURLToPath(new URL('../../../drizzle/sqlite', import.meta.url));

/** 3.51.3 mended the last known way in which WAL files could be corrupted by a reset race (V7). */
const OLDEST_SQLITE = [3, 51, 3] as const;

/**
 * File systems reached over a network: SQLite's locks and shared memory do not hold there (V6).
 * Numbers from linux/magic.h; other systems report other numbers and are let through.
 */
const NETWORK_FILE_SYSTEMS = new Map([
	[0x6969, 'NFS'],
	[0x517b, 'SMB'],
	[0xff534d42, 'CIFS'],
	[0xfe534d42, 'SMB2'],
	[0x00c36400, 'CephFS'],
	[0x5346414f, 'AFS'],
	[0x73757245, 'Coda']
]);

/**
 * Pages in the log before they are moved into the database: 32 MB. SQLite's own 1,000 is reached
 * every few commits under load, and moving the same hot pages again and again cost a fifth of the
 * processor. What is acknowledged is on the disk either way.
 */
const CHECKPOINT_PAGES = 8_000;

/** The database cannot be used; the message says what to do about it. */
export class DatabaseError extends Error {
	constructor(message: string, cause?: unknown) {
		super(message, { cause });
		this.name = 'DatabaseError';
	}
}

/** What `openSqlite` needs to know. */
export interface OpenOptions {
	/** path of the database file; ':memory:' for one that dies with the process; bytes of a serialised copy */
	file: string | Buffer;
	/** ms since the epoch, for the birth of a new database */
	now?: () => number;
	/** ten random bytes, for the id of a new database */
	chance?: () => Uint8Array;
}

/**
 * Opens, checks, migrates and locks.
 * @returns the handle; its `close()` also gives the file free for another process
 * @throws DatabaseError when the file cannot be used safely
 */
export function openSqlite(options: OpenOptions): Database.Database {
	const { file } = options;
	const onDisk = typeof file === 'string' && file !== ':memory:';
	const lock = onDisk ? claim(resolve(file)) : null;
	let db: Database.Database | null = null;
	try {
		db = new Database(file);
		checkVersion(db);
		makeDurable(db, onDisk);
		bringUpToDate(db);
		makeInstance(db, options);
	} catch (cause) {
		db?.close();
		lock?.close();
		throw cause;
	}
	return lock ? closingBoth(db, lock) : db;
}

/**
 * Takes the file for this process. The claim is an exclusive transaction on a small database beside
 * it: the operating system gives it up by itself when the process dies, in whatever way, so there is
 * no stale lock to clear away.
 */
function claim(file: string): Database.Database {
	mkdirSync(dirname(file), { recursive: true });
	refuseNetworkFileSystem(dirname(file));
	const lock = new Database(`${file}.lock`, { timeout: 0 });
	try {
		lock.pragma('journal_mode = DELETE');
		lock.exec('BEGIN EXCLUSIVE');
	} catch (cause) {
		lock.close();
		throw new DatabaseError(
			`${file} is in use by another running server. Stop that one first, or give this one a DATA_DIR of its own.`,
			cause
		);
	}
	return lock;
}

function refuseNetworkFileSystem(directory: string): void {
	const name = NETWORK_FILE_SYSTEMS.get(statfsSync(directory).type);
	if (name === undefined) return;
	throw new DatabaseError(
		`${directory} is on a network file system (${name}), where a database file can be damaged. Set DATA_DIR to a folder on a local disk.`
	);
}

function checkVersion(db: Database.Database): void {
	const version = String(db.prepare('SELECT sqlite_version()').pluck().get());
	if (isTooOld(version)) {
		throw new DatabaseError(
			`SQLite ${version} is too old: ${OLDEST_SQLITE.join('.')} or newer is needed. Run npm ci to get the version that belongs to this release.`
		);
	}
}

/** Whether a version such as "3.51.2" is older than what this server trusts with its data. */
export function isTooOld(version: string): boolean {
	const parts = version.split('.').map(Number);
	for (const [i, oldest] of OLDEST_SQLITE.entries()) {
		const part = parts[i] ?? 0;
		if (part !== oldest) return part < oldest;
	}
	return false;
}

/**
 * FULL makes every commit reach the disk before it returns. It is a property of the connection, and
 * better-sqlite3 is built to run WAL files at NORMAL, so it is set on every open and read back.
 */
function makeDurable(db: Database.Database, onDisk: boolean): void {
	db.pragma('busy_timeout = 5000');
	db.pragma('journal_mode = WAL');
	db.pragma('synchronous = FULL');
	db.pragma('fullfsync = ON');
	db.pragma('checkpoint_fullfsync = ON');
	db.pragma('foreign_keys = ON');
	db.pragma('temp_store = MEMORY');
	db.pragma('cache_size = -32000');
	db.pragma('mmap_size = 67108864');
	db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
	db.pragma('journal_size_limit = 67108864');
	const mode = db.pragma('journal_mode', { simple: true });
	const synchronous = db.pragma('synchronous', { simple: true });
	if (onDisk && mode !== 'wal') {
		throw new DatabaseError(
			`The database runs in journal mode ${String(mode)} instead of WAL. Check that DATA_DIR is a writable folder on a local disk.`
		);
	}
	if (synchronous !== 2) {
		throw new DatabaseError(
			`The database does not keep synchronous=FULL (it says ${String(synchronous)}), so messages could be lost in a power cut. The server will not start like this.`
		);
	}
}

/** Each run of the migrator is one transaction: interrupted, it leaves nothing half done (R7). */
function bringUpToDate(db: Database.Database): void {
	refuseNewerDatabase(db);
	try {
		migrate(drizzle(db), { migrationsFolder: MIGRATIONS });
	} catch (cause) {
		throw new DatabaseError(
			'The database could not be brought up to date; nothing was changed. See the cause below; free disk space and a writable DATA_DIR are what is usually missing.',
			cause
		);
	}
}

function refuseNewerDatabase(db: Database.Database): void {
	const table = '__drizzle_migrations';
	const known = db.prepare('SELECT 1 FROM sqlite_master WHERE name = ?').get(table);
	if (known === undefined) return;
	const last = Number(db.prepare(`SELECT max(created_at) FROM ${table}`).pluck().get() ?? 0);
	if (last > newestMigration()) {
		throw new DatabaseError(
			'The database was written by a newer version of Roost. Start that version, or restore a backup from before the upgrade.'
		);
	}
}

function newestMigration(): number {
	const journal = JSON.parse(readFileSync(`${MIGRATIONS}/meta/_journal.json`, 'utf8')) as {
		entries: { when: number }[];
	};
	return Math.max(...journal.entries.map((entry) => entry.when));
}

function makeInstance(db: Database.Database, options: OpenOptions): void {
	if (db.prepare('SELECT 1 FROM instance').get() !== undefined) return;
	const now = (options.now ?? Date.now)();
	const chance = (options.chance ?? (() => randomBytes(10)))();
	db.prepare('INSERT INTO instance (id, generation, created_at) VALUES (?, 1, ?)').run(
		uuid7(now, chance),
		now
	);
}

function closingBoth(db: Database.Database, lock: Database.Database): Database.Database {
	const close = db.close.bind(db);
	db.close = () => {
		close();
		lock.close();
		return db;
	};
	return db;
}
