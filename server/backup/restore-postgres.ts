/** `npm run restore` where DATABASE_URL names PostgreSQL: what an archive holds, into an empty database. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandError } from '../command.ts';
import type { Config } from '../config.ts';
import { syncPath } from '../fsync.ts';
import { indexFileIn, removeIndexFile } from '../search/index-file.ts';
import { newestMigration, RESTORING } from '../store/sqlite/open.ts';
import { fillPostgres } from '../store/transfer/to-postgres.ts';
import type { Manifest } from './archive.ts';
import { endSessions, unpack } from './unpack.ts';

/**
 * Checks all of the archive before anything is touched. What is in the database is never put aside: one that is not empty
 * is refused.
 * @returns rejects with CommandError, DatabaseError or DamagedError
 */
export async function restoreToPostgres(
	{
		dataDir,
		indexDir,
		postgresUrl
	}: Pick<Config, 'dataDir' | 'indexDir'> & { postgresUrl: string },
	archive: string,
	{ signOut }: { signOut: boolean }
): Promise<Manifest> {
	const work = join(dataDir, RESTORING);
	try {
		await rm(work, { recursive: true, force: true });
		await mkdir(work, { recursive: true, mode: 0o700 });
		const manifest = await unpack(archive, work);
		if (manifest.database.schema < newestMigration()) {
			throw new CommandError(
				'The backup is of an earlier release of Roost. Restore it without DATABASE_URL, start the server once, stop it, then: npm run db:move'
			);
		}
		const file = join(work, 'roost.sqlite');
		if (signOut) endSessions(file);
		await fillPostgres({
			...{ file, url: postgresUrl, expected: manifest.database },
			// Once nothing is refused any more, and before anybody could ask for a message whose file is not there yet.
			async beforeCommit() {
				await addFiles(join(work, 'files'), join(dataDir, 'files'));
				// Of the same database, further on: it is made anew.
				removeIndexFile(indexFileIn(indexDir));
			}
		});
		return manifest;
	} finally {
		await rm(work, { recursive: true, force: true });
	}
}

/** Names are random and never used twice: the same name is the same file. */
async function addFiles(from: string, to: string): Promise<void> {
	if (!existsSync(from)) return;
	for (const folder of await readdir(from)) {
		await mkdir(join(to, folder), { recursive: true });
		for (const name of await readdir(join(from, folder))) {
			await syncPath(join(from, folder, name));
			await rename(join(from, folder, name), join(to, folder, name));
		}
		await syncPath(join(to, folder));
	}
	await syncPath(to);
}
