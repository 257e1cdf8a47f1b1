/**
 * Opens the database file so that what is acknowledged is durable (promise 1), brings its tables up
 * to date, and makes sure that no other process writes to it (CRASH-3).
 */
import { existsSync, mkdirSync, readFileSync, statfsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import { DatabaseError } from '../sql/database-error.ts';
import { renewNameKeys } from '../sql/name-keys.ts';
import { identify, type InstanceOptions } from './instance.ts';
import { finish, SqliteDatabase } from './database.ts';
import { refuseMoved } from './moved.ts';
import { keepUpgradeCopy } from './upgrade-copy.ts';

/** Folder beside the database in which a restore unpacks what it will put in place. */
export const RESTORING = 'restoring';

/** Where the generated migrations are. */
const MIGRATIONS = fileURLToPath(new URL('../../../drizzle/sqlite', import.meta.url));

/** 3.51.3 mended the last known way in which WAL files could be corrupted by a reset race (DISK-7). */
const OLDEST_SQLITE = [3, 51, 3] as const;

/**
 * File systems reached over a network: SQLite's locks and shared memory do not hold there (DISK-6).
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

/** ms that a statement waits for another program that reads or writes the file. */
export const BUSY_TIMEOUT = 5_000;

/** What `openSqlite` needs to know. */
interface OpenOptions extends InstanceOptions {
	/** path of the database file; ':memory:' for one that dies with the process; bytes of a serialised copy */
	file: string | Buffer;
}

/**
 * Opens, checks, migrates and locks.
 * @returns the handle; its `close()` also gives the file free for another process
 * @throws DatabaseError when the file cannot be used safely
 */
export function openSqlite(options: OpenOptions): Database.Database {
	const { file } = options;
	const path = typeof file === 'string' && file !== ':memory:' ? resolve(file) : null;
	const lock = path === null ? null : claimDatabase(path);
	let db: Database.Database | null = null;
	try {
		if (path !== null) refuseHalfRestored(path);
		db = new Database(file);
		checkVersion(db);
		refuseMoved(db);
		makeDurable(db, path !== null);
		bringUpToDate(db, path);
		identify(db, path, options);
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
 * @returns what gives the file free when it is closed
 * @throws DatabaseError when another process has it
 */
export function claimDatabase(file: string): Database.Database {
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

/**
 * Opens the database for a command that writes a row or two, whether a server runs on it or not.
 * @throws DatabaseError when there is none, or its tables are not those of this release
 */
export function openBesideServer(file: string): Database.Database {
	if (!existsSync(file)) {
		throw new DatabaseError(
			`There is no database at ${file}. Set DATA_DIR to the folder of your server.`
		);
	}
	const db = new Database(file, { fileMustExist: true, timeout: BUSY_TIMEOUT });
	db.pragma('synchronous = FULL');
	db.pragma('foreign_keys = ON');
	try {
		refuseMoved(db);
	} catch (cause) {
		db.close();
		throw cause;
	}
	if (newestSeen(db) === newestMigration()) return db;
	db.close();
	throw new DatabaseError(
		'The database is not of this release of Roost. Start the server of this release once, then try again.'
	);
}

/** A new database in the place of one that is being restored would be taken for it. */
function refuseHalfRestored(file: string): void {
	if (existsSync(file) || !existsSync(join(dirname(file), RESTORING))) return;
	throw new DatabaseError(
		`A restore of ${file} was interrupted. Begin it again: npm run restore -- FILE`
	);
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
	db.pragma(`busy_timeout = ${BUSY_TIMEOUT}`);
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

/** Each run of the migrator is one transaction: interrupted, it leaves nothing half done (RESTORE-7). */
function bringUpToDate(db: Database.Database, path: string | null): void {
	const seen = newestSeen(db);
	if (seen !== null && seen > newestMigration()) {
		throw new DatabaseError(
			'The database was written by a newer version of Roost. Start that version, or restore a backup from before the upgrade.'
		);
	}
	try {
		if (path !== null && seen !== null && seen < newestMigration()) keepUpgradeCopy(db, path, seen);
		migrate(drizzle(db), { migrationsFolder: MIGRATIONS });
		db.transaction(() => finish(renewNameKeys(new SqliteDatabase(db)))).immediate();
	} catch (cause) {
		throw new DatabaseError(
			'The database could not be brought up to date; nothing was changed. See the cause below; free disk space (the database is copied first) and a writable DATA_DIR are what is usually missing.',
			cause
		);
	}
}

/** `when` of the newest migration that a database has seen; null: it is new. */
export function newestSeen(db: Database.Database): number | null {
	const table = '__drizzle_migrations';
	const known = db.prepare('SELECT 1 FROM sqlite_master WHERE name = ?').get(table);
	if (known === undefined) return null;
	return db.prepare<[], number>(`SELECT max(created_at) FROM ${table}`).pluck().get() ?? null;
}

/** `when` of the newest migration that this release knows, ms since the epoch. */
export function newestMigration(): number {
	const journal = JSON.parse(readFileSync(`${MIGRATIONS}/meta/_journal.json`, 'utf8')) as {
		entries: { when: number }[];
	};
	return Math.max(...journal.entries.map((entry) => entry.when));
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
