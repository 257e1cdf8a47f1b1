/** The mark that a file's content lives in another database: two with one id would tell devices different things. */
import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { DatabaseError } from '../sql/database-error.ts';

/** Key of the mark in `setting`. */
export const MOVED = 'moved_to';

/** When, in ms since the epoch, and where to, without a password. */
interface Move {
	at: number;
	to: string;
}

/** @param db open, with tables */
export function markMoved(db: Database.Database, move: Move): void {
	db.pragma('synchronous = FULL');
	const value = JSON.stringify(move);
	db.prepare('INSERT OR REPLACE INTO setting (key, value) VALUES (?, ?)').run(MOVED, value);
}

/** @returns whether there was a mark */
export function unmarkMoved(db: Database.Database): boolean {
	return db.prepare('DELETE FROM setting WHERE key = ?').run(MOVED).changes > 0;
}

/** Takes the mark from a file that nobody has open. @returns whether there was one */
export function forgetMove(file: string): boolean {
	if (!existsSync(file)) return false;
	const db = new Database(file, { fileMustExist: true });
	try {
		return unmarkMoved(db);
	} finally {
		db.close();
	}
}

/** @throws DatabaseError when the content lives elsewhere */
export function refuseMoved(db: Database.Database): void {
	const hasSettings = db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'setting'").get();
	if (hasSettings === undefined) return;
	const value = db
		.prepare<[string], string>('SELECT value FROM setting WHERE key = ?')
		.pluck()
		.get(MOVED);
	if (value === undefined) return;
	const { at, to } = JSON.parse(value) as Move;
	throw new DatabaseError(
		`This database was moved to ${to} on ${new Date(at).toISOString().slice(0, 10)}. Start the server with DATABASE_URL set to that address. To go back to this file, without what was written since: npm run db:move -- --undo`
	);
}
