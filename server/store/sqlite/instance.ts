/**
 * Who a database is. Devices compare ids to see whether they still talk to the database whose changes they hold, so a
 * copy that runs somewhere else needs an id of its own (RESTORE-5). A small file beside the database says where it
 * belongs; it cannot be copied unnoticed, because it names itself by what no copy keeps.
 */
import type Database from 'better-sqlite3';
import { hash, randomBytes as cryptoRandomBytes } from 'node:crypto';
import {
	closeSync,
	existsSync,
	fsyncSync,
	openSync,
	readFileSync,
	renameSync,
	statSync,
	writeSync
} from 'node:fs';
import { uuid7 } from '../../../src/lib/protocol/ids.ts';

/** How the id of a database is made. */
export interface InstanceOptions {
	/** ms since the epoch, for the birth of a new database */
	now?: () => number;
	/** ten random bytes, for the id of a new database */
	randomBytes?: () => Uint8Array;
	/** called when the database turned out to be a copy from elsewhere, and got an id of its own */
	onCopy?: () => void;
}

/**
 * Makes sure that a database has an id, and that no other database that runs somewhere else has the same one.
 * @param file path of the database; null for one that is not on a disk
 */
export function identify(
	db: Database.Database,
	file: string | null,
	options: InstanceOptions
): void {
	const known = db.prepare<[], string>('SELECT id FROM instance').pluck().get();
	const marker = file === null ? null : `${file}.host`;
	if (known !== undefined && (marker === null || isMarkedHere(marker, known))) return;
	if (known !== undefined && marker !== null && !existsSync(marker) && !wasMarked(db)) {
		// Of a release that knew no markers: it belongs where it is first found by this one.
		writeMarker(marker, known);
		noteMarked(db);
		return;
	}
	const now = (options.now ?? Date.now)();
	const id = uuid7(now, options.randomBytes ? options.randomBytes() : cryptoRandomBytes(10));
	if (known === undefined) {
		db.prepare('INSERT INTO instance (id, generation, created_at) VALUES (?, 1, ?)').run(id, now);
	} else {
		db.prepare('UPDATE instance SET id = ?').run(id);
		options.onCopy?.();
	}
	if (marker === null) return;
	writeMarker(marker, id);
	noteMarked(db);
}

/** Kept in the database itself: a copy of one that was marked has it, too. */
const MARKED = 'host_marked';

function wasMarked(db: Database.Database): boolean {
	return db.prepare('SELECT 1 FROM setting WHERE key = ?').get(MARKED) !== undefined;
}

function noteMarked(db: Database.Database): void {
	db.prepare("INSERT OR REPLACE INTO setting (key, value) VALUES (?, '1')").run(MARKED);
}

/** Whether the marker was written here, for the database with this id. */
function isMarkedHere(marker: string, id: string): boolean {
	try {
		return readFileSync(marker, 'utf8') === contentOf(marker, id);
	} catch (error) {
		if (isMissing(error)) return false;
		throw error;
	}
}

/** Under its final name only when it is whole; a crash before that makes one more id, which costs nothing but time. */
function writeMarker(marker: string, id: string): void {
	const draft = `${marker}.new`;
	const handle = openSync(draft, 'w');
	try {
		writeSync(handle, contentOf(draft, id));
		fsyncSync(handle);
	} finally {
		closeSync(handle);
	}
	renameSync(draft, marker);
}

/**
 * A file that is copied, restored or unpacked gets another number and another time of birth; one that is renamed keeps
 * both. The machine does not count: a container has another name after every update, over the same disk.
 */
function contentOf(marker: string, id: string): string {
	const { ino, birthtimeNs } = statSync(marker, { bigint: true });
	return `${id} ${hash('sha256', `roost ${ino} ${birthtimeNs}`)}\n`;
}

const isMissing = (error: unknown): boolean =>
	(error as NodeJS.ErrnoException | null)?.code === 'ENOENT';
