/** `npm run restore`: puts what an archive holds in the place of what a server kept. */
import { existsSync, mkdirSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CommandError } from '../command.ts';
import type { Config } from '../config.ts';
import { syncPath } from '../fsync.ts';
import { indexFileIn, removeIndexFile } from '../search/index-file.ts';
import { claimDatabase, RESTORING } from '../store/sqlite/open.ts';
import type { Manifest } from './archive.ts';
import { countLost, DamagedError } from './copy-database.ts';
import { restoreToPostgres } from './restore-postgres.ts';
import { endSessions, unpack } from './unpack.ts';

/** How it is to be done. */
interface RestoreOptions {
	/** what is there is put aside; without it, nothing is done where something is */
	replace: boolean;
	/** ends all sessions: those that were ended after the backup would be alive again */
	signOut: boolean;
	now: Date;
}

/** What was restored. */
export interface Restored {
	manifest: Manifest;
	/** folder with what was there before; null: nothing was */
	aside: string | null;
	/** what was accepted after the backup and is gone; null: nothing was there, or it cannot be read */
	lost: { changes: number; streams: number } | null;
}

type Where = Pick<Config, 'dataDir' | 'indexDir' | 'databaseFile' | 'postgresUrl' | 's3'>;

/** What belongs to a database file; its lock and its mark of the place stay. */
const WITH_DATABASE = ['', '-wal', '-shm'];

/**
 * Checks all of the archive before anything is touched. Interrupted, it can be begun again: the archive is only read, and
 * what was there stands in a folder of its own.
 * @throws CommandError
 */
export async function restore(
	where: Where,
	archive: string,
	options: RestoreOptions
): Promise<Restored> {
	if (!existsSync(archive)) throw new CommandError(`There is no file ${archive}.`);
	const { postgresUrl } = where;
	if (postgresUrl !== null) {
		try {
			const manifest = await restoreToPostgres({ ...where, postgresUrl }, archive, options);
			return { manifest, aside: null, lost: null };
		} catch (cause) {
			throw explained(cause, where, archive);
		}
	}
	const isThere = existsSync(where.databaseFile);
	if (isThere && !options.replace) {
		throw new CommandError(
			`${where.dataDir} has a database already. To put it aside and restore in its place: npm run restore -- FILE --replace`
		);
	}
	mkdirSync(where.dataDir, { recursive: true });
	// Throws when a server runs on it.
	const lock = claimDatabase(where.databaseFile);
	const work = join(dirname(where.databaseFile), RESTORING);
	let isReplacing = false;
	try {
		await rm(work, { recursive: true, force: true });
		await mkdir(work, { mode: 0o700 });
		const manifest = await unpack(archive, work);
		if (options.signOut) endSessions(join(work, 'roost.sqlite'));
		const lost = isThere ? lostBy(where.databaseFile, join(work, 'roost.sqlite')) : null;
		isReplacing = true;
		const aside = await replace(where, work, options.now, manifest);
		await rm(work, { recursive: true, force: true });
		return { manifest, aside, lost };
	} catch (cause) {
		// With nothing in its place, what is left here keeps a server from making a new database.
		if (!isReplacing || existsSync(where.databaseFile)) {
			await rm(work, { recursive: true, force: true });
		}
		throw explained(cause, where, archive);
	} finally {
		lock.close();
	}
}

/** @returns folder with what was there before; null: nothing was */
async function replace(
	where: Where,
	work: string,
	now: Date,
	manifest: Manifest
): Promise<string | null> {
	const aside = await putAside(where, now, manifest);
	try {
		await putInPlace(where, work);
	} catch (cause) {
		throw new CommandError(
			`The restore stopped half-way: ${(cause as Error).message}. ${
				aside === null ? '' : `What was there is in ${aside}. `
			}When that is mended, begin it again: npm run restore -- FILE`,
			cause
		);
	}
	return aside;
}

/** null: what is there cannot be read any more, which may be why somebody restores. */
function lostBy(now: string, then: string): Restored['lost'] {
	try {
		return countLost(now, then);
	} catch (cause) {
		if (cause instanceof DamagedError) return null;
		throw cause;
	}
}

/** Where an interrupted restore left files without a database, they are put aside, too. */
async function putAside(where: Where, now: Date, manifest: Manifest): Promise<string | null> {
	const stamp = now.toISOString().replace(/\D/gu, '').slice(0, 14);
	const aside = join(where.dataDir, `before-restore-${stamp}`);
	const moves = WITH_DATABASE.map((end) => [
		...[`${where.databaseFile}${end}`, join(aside, `roost.sqlite${end}`)]
	]);
	// In a store of their own they stay where they are.
	if (manifest.files === 'here') moves.push([join(where.dataDir, 'files'), join(aside, 'files')]);
	const there = moves.filter(([from]) => existsSync(from!));
	if (there.length === 0) return null;
	await mkdir(aside, { mode: 0o700 });
	for (const [from, to] of there) await rename(from!, to!);
	await syncPath(aside);
	return aside;
}

/** The database comes last: before that, there is nothing that a server could take for all of it. */
async function putInPlace(where: Where, work: string): Promise<void> {
	// Made anew from the database.
	removeIndexFile(indexFileIn(where.indexDir));
	if (existsSync(join(work, 'files'))) {
		await syncTree(join(work, 'files'));
		await rename(join(work, 'files'), join(where.dataDir, 'files'));
	}
	await rename(join(work, 'roost.sqlite'), where.databaseFile);
	await syncPath(where.dataDir);
}

/** Folders hold two levels: 256 folders of files. */
async function syncTree(path: string): Promise<void> {
	for (const name of await readdir(path)) await syncPath(join(path, name));
	await syncPath(path);
}

function explained(cause: unknown, where: Where, archive: string): unknown {
	if (cause instanceof DamagedError) {
		return new CommandError(
			`${archive} was not restored, and nothing was changed: ${cause.message}. Try an earlier backup.`,
			cause
		);
	}
	if ((cause as NodeJS.ErrnoException).code === 'ENOSPC') {
		return new CommandError(
			`There is no room in ${where.dataDir} for what ${archive} holds; nothing was changed.`,
			cause
		);
	}
	return cause;
}
