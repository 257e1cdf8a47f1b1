/** An import on a data folder: opens what it writes to, and closes it. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createHasher } from '../auth/hasher.ts';
import { realClock } from '../clock.ts';
import { CommandError } from '../command.ts';
import type { Config } from '../config.ts';
import { FIRST_ROOM } from '../domain/constants.ts';
import { openByteStore } from '../files/file-service.ts';
import { createJournal } from '../files/journal.ts';
import { createImages } from '../images/images.ts';
import type { Log } from '../log.ts';
import { openBeside, openStorage, type Storage } from '../storage.ts';
import { createFileTable } from '../store/sql/file-table.ts';
import { createRoomCaches } from '../store/sql/room-caches.ts';
import { createImportStore } from '../store/sql/import-store.ts';
import { FileKeeper } from './import-files.ts';
import { importAll, noSuchOwner } from './importer.ts';
import type { Count, ImportReport } from './report.ts';
import { isKind, KINDS } from './kinds.ts';

interface RunOptions {
	config: Config;
	log: Log;
	/** one of KINDS */
	kind: string;
	/** path */
	file: string;
	/** counts only */
	isDry: boolean;
	/** user name or e-mail of who owns what nobody with an account owns */
	owner: string | null;
	onRoom?: (name: string, messages: Count) => void;
	/** ms */
	now?: () => number;
}

/** Rejects with CommandError or DatabaseError when it cannot be done, or not to its end. */
export async function runImport(options: RunOptions): Promise<ImportReport> {
	const { kind, file, now = Date.now } = options;
	if (!isKind(kind))
		throw new CommandError(`--from has to be one of: ${Object.keys(KINDS).join(', ')}`);
	if (!existsSync(file)) throw new CommandError(`There is no file ${file}.`);
	const source = await KINDS[kind](file, now());
	try {
		const storage = await open(options);
		try {
			return await importInto(storage, source, { ...options, now });
		} finally {
			await storage.close();
		}
	} finally {
		await source.close();
	}
}

type Opened = Pick<Storage, 'database' | 'store' | 'close'>;

/** A dry run needs no server to be stopped. */
function open({ config, log, isDry }: RunOptions): Promise<Opened> {
	if (isDry && (config.postgresUrl !== null || existsSync(config.databaseFile)))
		return openBeside(config);
	const onBroken = (error: unknown): never => {
		throw error;
	};
	return openStorage({ config, log, clock: realClock, onBroken });
}

type Source = Awaited<ReturnType<(typeof KINDS)['roost']>>;

async function importInto(
	{ database, store: serverStore }: Opened,
	source: Source,
	{ config, log, isDry, owner: ownerName, now, onRoom }: RunOptions & { now: () => number }
): Promise<ImportReport> {
	// Before the writer of the import: two that remember where streams stand would not know of each other.
	const firstRoom = isDry ? null : await serverStore.ensureRoom(FIRST_ROOM, '', now());
	const instance = serverStore.instance();
	const rooms = createRoomCaches(database);
	const store = createImportStore({ db: database, instance, rooms, firstRoom });
	const owner = ownerName === null ? null : await store.accountCalled(ownerName);
	if (ownerName !== null && owner === null) throw noSuchOwner(ownerName);
	const bytes = await openByteStore(config, log);
	const dir = join(config.dataDir, 'importing');
	try {
		const storage = {
			bytes,
			table: createFileTable(database, rooms),
			images: createImages(),
			journal: createJournal(join(config.dataDir, 'moving'), config.redisUrl !== null),
			clock: realClock
		};
		const files = new FileKeeper({ storage, store, source, dir, isDry });
		const secret = await createHasher().hash(randomBytes(24).toString('base64'));
		return await importAll({
			...{ store, files, source, isDry, owner, secret, now },
			...(onRoom ? { onRoom } : {})
		});
	} finally {
		bytes.close();
		await rm(dir, { recursive: true, force: true });
	}
}
