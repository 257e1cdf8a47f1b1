/** `npm run db:move`: everything that a SQLite file holds, into an empty PostgreSQL database. */
import { existsSync } from 'node:fs';
import { DamagedError, inspectDatabase, type DatabaseSummary } from '../backup/copy-database.ts';
import { CommandError } from '../command.ts';
import { markMoved, unmarkMoved } from '../store/sqlite/moved.ts';
import { claimDatabase, newestMigration } from '../store/sqlite/open.ts';
import { fillPostgres, withoutPassword } from '../store/transfer/to-postgres.ts';

interface MoveOptions {
	/** path of the SQLite file; no server may run on it */
	file: string;
	/** postgres://user:password@host:port/database */
	url: string;
	/** ms since the epoch */
	now: number;
	/** called when a table is there, with its rows */
	onTable?: (name: string, rows: number) => void;
}

/** What was moved. */
export interface Moved {
	summary: DatabaseSummary;
	/** rows of all tables */
	rows: number;
	/** where to, without the password */
	to: string;
}

/**
 * Moves ids, streams, seqs and hashes as they are, so that cursors of devices stay good and nobody fetches anything anew
 * (RESTORE-6). All of it or nothing: one transaction there. Afterwards the file refuses to be used by a server, because
 * two databases with one id would tell devices different things.
 * @returns rejects with CommandError or DatabaseError when it cannot be done; then nothing was changed
 */
export async function moveDatabase({ file, url, now, onTable }: MoveOptions): Promise<Moved> {
	if (!existsSync(file)) {
		throw new CommandError(
			`There is no database at ${file}. Set DATA_DIR to the folder of your server.`
		);
	}
	// Throws when a server runs on it.
	const lock = claimDatabase(file);
	const to = withoutPassword(url);
	try {
		const summary = inspect(file);
		const rows = await fillPostgres({
			...{ file, url, expected: summary, onTable },
			// Interrupted between this and the commit, neither side serves anybody, and the move can be begun again.
			beforeCommit: (db) => markMoved(db, { at: now, to }),
			undone: unmarkMoved
		});
		return { summary, rows, to };
	} finally {
		lock.close();
	}
}

function inspect(file: string): DatabaseSummary {
	let summary: DatabaseSummary;
	try {
		summary = inspectDatabase(file);
	} catch (cause) {
		if (!(cause instanceof DamagedError)) throw cause;
		throw new CommandError(
			`${file} was not moved: ${cause.message}. Restore a backup first.`,
			cause
		);
	}
	if (summary.schema === newestMigration()) return summary;
	throw new CommandError(
		'The database is not of this release of Roost. Start the server of this release once, stop it, then try again.'
	);
}
