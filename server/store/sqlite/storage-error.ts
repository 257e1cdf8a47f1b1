/** SQLite's errors as the domain understands them. */
import { StorageError } from '../../domain/store-port.ts';

/** Disk full passes by itself; anything else that keeps SQLite from writing must end the process (DISK-2). */
const BROKEN = /^SQLITE_(IOERR|READONLY|CORRUPT|NOTADB|CANTOPEN|PERM)/;

/** Turns SQLite's error into what the domain understands; other errors stay what they are. */
export function toStorageError(error: unknown): unknown {
	const code = (error as { code?: unknown } | null)?.code;
	if (typeof code !== 'string') return error;
	if (code === 'SQLITE_FULL') return new StorageError('full', error);
	return BROKEN.test(code) ? new StorageError('broken', error) : error;
}
