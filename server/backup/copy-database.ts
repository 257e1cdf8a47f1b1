/** A whole copy of a database that may be in use, and the proof that a copy is whole. */
import { hash } from 'node:crypto';
import Database from 'better-sqlite3';
import { chain } from '../store/sql/change-log.ts';
import { newestSeen } from '../store/sqlite/open.ts';

/** What a copy holds. Two databases with the same digest have the same streams, at the same places, with the same past. */
export interface DatabaseSummary {
	/** id of the database (docs/protocol.md, cursor) */
	instance: string;
	/** `when` of the newest migration that it has seen */
	schema: number;
	streams: number;
	messages: number;
	files: number;
	/** when the newest change happened, ms since the epoch; null: nothing has */
	newest: number | null;
	/** SHA-256 over where each stream stands, 64 hex digits */
	digest: string;
}

/** What stands in a copy is not what was accepted; the message says where. */
export class DamagedError extends Error {
	constructor(message: string) {
		super(message);
		this.name = 'DamagedError';
	}
}

/**
 * Copies a database as it is at one moment, while a server may be writing to it: one read transaction, so that writers
 * go on and the copy is whole. What was deleted is not in it (VACUUM leaves free pages out).
 * @param to must not exist
 */
export function copyDatabase(from: string, to: string): void {
	const db = new Database(from, { fileMustExist: true });
	try {
		// The name is bound: it may contain anything.
		db.prepare('VACUUM INTO ?').run(to);
	} finally {
		db.close();
	}
}

/** Names under which the database knows files' bytes: files and their small pictures. */
export function storedNames(file: string): string[] {
	return withCopy(file, (db) =>
		db
			.prepare<[], string>(
				'SELECT stored FROM file UNION SELECT thumb FROM file WHERE thumb IS NOT NULL ORDER BY 1'
			)
			.pluck()
			.all()
	);
}

/**
 * Reads a copy from end to end.
 * @throws DamagedError when a page, a reference or the chain of a stream is not whole
 */
export function inspectDatabase(file: string): DatabaseSummary {
	return withCopy(file, (db) => {
		const pages = db.pragma('integrity_check(1)', { simple: true });
		if (pages !== 'ok') throw new DamagedError(`the database is damaged: ${String(pages)}`);
		checkChains(db);
		return summaryOf(db);
	});
}

/** How many changes of the first database the second one does not have, and in how many streams. */
export function countLost(now: string, then: string): { changes: number; streams: number } {
	const heads = withCopy(then, (db) => new Map(standings(db).map((one) => [one.id, one.head])));
	const ahead = withCopy(now, (db) =>
		standings(db)
			.map(({ id, head }) => head - (heads.get(id) ?? 0))
			.filter((lost) => lost > 0)
	);
	return { changes: ahead.reduce((sum, lost) => sum + lost, 0), streams: ahead.length };
}

interface Standing {
	id: string;
	head: number;
	hash: string;
}

const standings = (db: Database.Database): Standing[] =>
	db.prepare<[], Standing>('SELECT id, head, head_hash AS hash FROM stream ORDER BY id').all();

function withCopy<A>(file: string, read: (db: Database.Database) => A): A {
	let db: Database.Database;
	try {
		db = new Database(file, { fileMustExist: true, readonly: true });
	} catch (cause) {
		throw new DamagedError(`the database cannot be opened: ${String(cause)}`);
	}
	try {
		return read(db);
	} catch (cause) {
		if (cause instanceof Database.SqliteError) {
			throw new DamagedError(`the database cannot be read: ${cause.message}`);
		}
		throw cause;
	} finally {
		db.close();
	}
}

function summaryOf(db: Database.Database): DatabaseSummary {
	const one = (sql: string) => db.prepare<[], number | null>(sql).pluck().get() ?? null;
	const stands = standings(db);
	return {
		instance: db.prepare<[], string>('SELECT id FROM instance').pluck().get() ?? '',
		schema: newestSeen(db) ?? 0,
		streams: stands.length,
		messages: one('SELECT count(*) FROM message') ?? 0,
		files: one('SELECT count(*) FROM file') ?? 0,
		newest: one('SELECT max(last_ts) FROM stream WHERE head > 0'),
		digest: hash('sha256', stands.map(({ id, head, hash: at }) => `${id}|${head}|${at}\n`).join(''))
	};
}

interface ChangeRow {
	stream: string;
	seq: number;
	kind: string;
	entity: string;
	actor: string;
	act: string;
	ts: number;
	hash: string;
}

/** Computes the chain of every stream anew: what is behind the floor was pruned, and is taken as it is. */
function checkChains(db: Database.Database): void {
	const heads = new Map(standings(db).map((one) => [one.id, one]));
	const rows = db.prepare<[], ChangeRow>(
		'SELECT stream, seq, kind, entity, actor, act, ts, hash FROM change ORDER BY stream, seq'
	);
	let last: ChangeRow | null = null;
	for (const row of rows.iterate()) {
		if (last && last.stream === row.stream) checkLink(last, row);
		else if (last) checkHead(last, heads);
		last = row;
	}
	if (last) checkHead(last, heads);
}

function checkLink(last: ChangeRow, row: ChangeRow): void {
	if (row.seq === last.seq + 1 && chain(last.hash, row.seq, row, row.ts) === row.hash) return;
	throw new DamagedError(`the log of ${row.stream} is not whole at ${row.seq}`);
}

function checkHead(last: ChangeRow, heads: ReadonlyMap<string, Standing>): void {
	const head = heads.get(last.stream);
	if (head?.head === last.seq && head.hash === last.hash) return;
	throw new DamagedError(`the log of ${last.stream} ends at ${last.seq}, not at ${head?.head}`);
}
