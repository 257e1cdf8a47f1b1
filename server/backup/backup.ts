/** `npm run backup`: everything that a server keeps, in one archive, while it runs. */
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CommandError } from '../command.ts';
import type { Config } from '../config.ts';
import { syncPath } from '../fsync.ts';
import { copyPostgres } from '../store/transfer/to-sqlite.ts';
import { readArchive, writeArchive, type Manifest, type Source } from './archive.ts';
import { copyDatabase, DamagedError, inspectDatabase, storedNames } from './copy-database.ts';

/** What was backed up. */
interface BackedUp {
	manifest: Manifest;
	/** files that were removed while the backup was made, and are not in it */
	left: number;
}

type Where = Pick<Config, 'dataDir' | 'databaseFile' | 'postgresUrl' | 's3'>;

/** What a copy of a database may have beside it. */
const COPY_ENDS = ['', '-wal', '-shm', '.lock', '.host'];

/**
 * Writes an archive and reads it again from end to end. The name appears only when all of it is right.
 * @param to path of the archive; must not exist
 * @throws CommandError
 */
export async function backUp(where: Where, to: string, version: string): Promise<BackedUp> {
	const { postgresUrl } = where;
	if (postgresUrl === null && !existsSync(where.databaseFile)) {
		throw new CommandError(
			`There is no database at ${where.databaseFile}. Set DATA_DIR to the folder of your server.`
		);
	}
	if (existsSync(to)) {
		throw new CommandError(`${to} exists already. Choose another name: no backup is overwritten.`);
	}
	// Beside the archive, where there has to be room anyway.
	const copy = `${to}.database`;
	const draft = `${to}.part`;
	const tidy = () =>
		Promise.all(
			[...COPY_ENDS.map((end) => copy + end), draft].map((path) => rm(path, { force: true }))
		);
	try {
		await tidy();
		if (postgresUrl === null) copyDatabase(where.databaseFile, copy);
		else await copyPostgres(postgresUrl, copy);
		const database = inspectDatabase(copy);
		const names = where.s3 ? [] : storedNames(copy);
		const at = Date.now();
		const manifest = await writeArchive(draft, sourcesOf(where.dataDir, copy, names), {
			...{ version, at, files: where.s3 ? 's3' : 'here', database }
		});
		await readArchive(draft, null);
		await rename(draft, to);
		await syncPath(dirname(to));
		return { manifest, left: names.length + 1 - manifest.entries.length };
	} catch (cause) {
		throw explained(cause, to);
	} finally {
		await tidy();
	}
}

function* sourcesOf(dataDir: string, copy: string, names: readonly string[]): Iterable<Source> {
	yield { name: 'roost.sqlite', path: copy };
	for (const name of names) {
		const inside = `files/${name.slice(0, 2)}/${name}`;
		yield { name: inside, path: join(dataDir, inside) };
	}
}

function explained(cause: unknown, to: string): unknown {
	if (cause instanceof DamagedError) {
		return new CommandError(
			`No backup was made: ${cause.message}. Keep your earlier backups, and see docs/operations.md, Troubleshooting.`,
			cause
		);
	}
	const { code } = cause as NodeJS.ErrnoException;
	if (code === 'ENOSPC' || code === 'SQLITE_FULL') {
		return new CommandError(
			`There is no room for ${to}: a backup needs the size of the database twice and that of the files once.`,
			cause
		);
	}
	if (code === 'ENOENT' || code === 'EACCES' || code === 'SQLITE_CANTOPEN') {
		return new CommandError(`${to} cannot be written: the folder must be there, and yours.`, cause);
	}
	return cause;
}
