/**
 * Looks after the size of the write-ahead log. SQLite empties it by itself, unless another program reads the database
 * without an end (a backup that hangs, a forgotten shell): then it grows until the disk is full (DISK-4).
 */
import type Database from 'better-sqlite3';
import { statSync } from 'node:fs';
import type { Clock } from '../../domain/ports.ts';
import { BUSY_TIMEOUT } from './open.ts';
import { toStorageError } from './storage-error.ts';

/** Bytes of the log beyond which it is to be emptied: four times the size at which SQLite begins to do so. */
const WAL_MAX = 128 * 1024 * 1024;
/** ms between two looks, and between two calls of `onBlocked`. */
const LOOK_EVERY = 60_000;
const TELL_EVERY = 3_600_000;

interface WalWatchOptions {
	db: Database.Database;
	clock: Clock;
	/** called once an hour, with the bytes of the log, while another program keeps it from being emptied */
	onBlocked: (bytes: number) => void;
	/** called with a StorageError when the log could not be emptied because the disk failed */
	onError: (error: unknown) => void;
	/** bytes; absent: WAL_MAX */
	max?: number;
}

/** Watches until it is stopped. @returns stops it */
export function watchWal(options: WalWatchOptions): () => void {
	const { db, clock, onBlocked, onError, max = WAL_MAX } = options;
	let quietUntil = 0;
	let stop = clock.after(LOOK_EVERY, look);

	function look(): void {
		stop = clock.after(LOOK_EVERY, look);
		try {
			if (walSize(db) > max && !emptyWal(db)) tell();
		} catch (error) {
			onError(toStorageError(error));
		}
	}

	function tell(): void {
		const now = clock.now();
		if (now < quietUntil) return;
		quietUntil = now + TELL_EVERY;
		onBlocked(walSize(db));
	}

	return () => stop();
}

const walSize = (db: Database.Database): number =>
	statSync(`${db.name}-wal`, { throwIfNoEntry: false })?.size ?? 0;

/** Moves all of the log into the database and cuts it off. Waits for nobody. @returns false when somebody reads it */
function emptyWal(db: Database.Database): boolean {
	db.pragma('busy_timeout = 0');
	try {
		return db.pragma('wal_checkpoint(TRUNCATE)', { simple: true }) === 0;
	} finally {
		db.pragma(`busy_timeout = ${BUSY_TIMEOUT}`);
	}
}
