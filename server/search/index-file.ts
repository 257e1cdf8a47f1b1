/**
 * The file in which the index lives. It holds nothing that the main database has not: whatever is wrong with it, it is
 * thrown away and made anew.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { MessageSource } from './message-source.ts';

/** Of the tables below and of what is kept in them: raised with every change of either, also of how terms are cut. */
const FORMAT_VERSION = 1;
/** How terms are cut depends on what Unicode says of a character. */
const FORMAT = `${FORMAT_VERSION} unicode ${process.versions.unicode}`;

/**
 * `entry` has the text of each message that can be found, folded: it is compared with what is searched for, and says
 * which terms have to go when a message is changed or recalled. An index that keeps no text could only mark them as
 * gone and would hold on to them until its next merge. `term` has the terms only (no places, no sizes).
 */
const TABLES = `
	CREATE TABLE state (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
	CREATE TABLE entry (
		number INTEGER PRIMARY KEY,
		room INTEGER NOT NULL,
		author INTEGER NOT NULL,
		seq INTEGER NOT NULL,
		rev INTEGER NOT NULL,
		at INTEGER NOT NULL,
		has_file INTEGER NOT NULL,
		direct INTEGER NOT NULL,
		text TEXT NOT NULL
	);
	CREATE VIRTUAL TABLE term USING fts5
		(terms, content='', columnsize=0, detail=none, prefix='1', tokenize='ascii');
	INSERT INTO term (term, rank) VALUES ('secure-delete', 1);
`;

/** Path of the index of a server that keeps its things in a folder. */
export const indexFileIn = (dataDir: string): string => join(dataDir, 'search.sqlite');

/** Removes an index and what SQLite has beside it; one that is not there is none the less removed. */
export function removeIndexFile(path: string): void {
	for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(path + suffix, { force: true });
}

/** Of which database the index is. */
type Identity = Pick<MessageSource, 'instance' | 'hasPast'>;

/** An open index. */
interface IndexFile {
	db: Database.Database;
	/** why it had to be begun anew; null: it was there */
	begunAnew: string | null;
}

/** Opens the index, or begins it anew. @param path of the file; ':memory:' for one that dies with the process */
export function openIndexFile(path: string, identity: Identity): IndexFile {
	const db = path === ':memory:' || !existsSync(path) ? null : openExisting(path);
	const problem = db ? problemOf(db, identity) : 'it was not there, or no database';
	if (db && problem === null) return { db, begunAnew: null };
	db?.close();
	return { db: createIndexFile(path, identity), begunAnew: problem };
}

function openExisting(path: string): Database.Database | null {
	try {
		const db = new Database(path, { fileMustExist: true });
		prepareConnection(db);
		return db;
	} catch (error) {
		if (error instanceof Database.SqliteError) return null;
		throw error;
	}
}

/** Begins the index anew, whatever is there. */
export function createIndexFile(
	path: string,
	identity: Pick<Identity, 'instance'>
): Database.Database {
	if (path !== ':memory:') removeIndexFile(path);
	const db = new Database(path);
	prepareConnection(db);
	db.transaction(() => {
		db.exec(TABLES);
		const set = db.prepare('INSERT INTO state (key, value) VALUES (?, ?)');
		set.run('format', FORMAT);
		set.run('instance', identity.instance());
		set.run('past', '');
	})();
	return db;
}

/**
 * A journal that is cut off after each commit and pages that are overwritten with zeros: what was recalled is nowhere in
 * the files. Only one thread uses it, so nobody waits for its locks.
 */
function prepareConnection(db: Database.Database): void {
	db.pragma('journal_mode = TRUNCATE');
	db.pragma('synchronous = NORMAL');
	db.pragma('secure_delete = ON');
	db.pragma('temp_store = MEMORY');
	db.pragma('cache_size = -16000');
	db.pragma('mmap_size = 268435456');
}

const DAMAGED = 'it was damaged';

/** Why an index cannot be used; null when it can. */
function problemOf(db: Database.Database, identity: Identity): string | null {
	try {
		const get = db.prepare<[string], unknown>('SELECT value FROM state WHERE key = ?').pluck();
		if (get.get('format') !== FORMAT) return 'it has another format';
		if (get.get('instance') !== identity.instance()) return 'it is of another database';
		if (!identity.hasPast(String(get.get('past')))) return 'the database was put back';
		db.prepare('SELECT * FROM entry JOIN term ON term.rowid = entry.number LIMIT 0').all();
		const found = db.pragma('quick_check(1)', { simple: true });
		return found === 'ok' ? null : DAMAGED;
	} catch (error) {
		if (error instanceof Database.SqliteError) return DAMAGED;
		throw error;
	}
}

/** Whether an error says that the file cannot be relied on, rather than that the disk is full or fails. */
export function isDamage(error: unknown): boolean {
	return (
		error instanceof Database.SqliteError && /^SQLITE_(CORRUPT|NOTADB|CONSTRAINT)/.test(error.code)
	);
}

/** Whether an error says that the disk is full, which may pass. */
export const isFull = (error: unknown): boolean =>
	error instanceof Database.SqliteError && error.code === 'SQLITE_FULL';
