/** What restoring into any database begins with. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { CommandError } from '../command.ts';
import { newestMigration } from '../store/sqlite/open.ts';
import { readArchive, type Manifest } from './archive.ts';
import { DamagedError, inspectDatabase } from './copy-database.ts';

/**
 * Unpacks an archive and checks all of it.
 * @param work an empty folder
 * @returns rejects with DamagedError, or with CommandError when it is of a newer release
 */
export async function unpack(archive: string, work: string): Promise<Manifest> {
	const manifest = await readArchive(archive, work);
	if (manifest.database.schema > newestMigration()) {
		throw new CommandError(
			`The backup is of Roost ${manifest.version}, which is newer than this one. Restore it with that version.`
		);
	}
	const found = inspectDatabase(join(work, 'roost.sqlite'));
	if (found.digest !== manifest.database.digest) {
		throw new DamagedError('the database in the archive is not the one that was backed up');
	}
	return manifest;
}

/** Ends all sessions of an unpacked database: those that were ended after the backup would be alive again. */
export function endSessions(file: string): void {
	const db = new Database(file);
	try {
		db.pragma('journal_mode = DELETE');
		db.exec('DELETE FROM session');
	} finally {
		db.close();
	}
}
