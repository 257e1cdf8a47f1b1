/** The one place that opens a database by configuration, whatever kind it is, and closes it. */
import type { Config } from './config.ts';
import { sqliteSize } from './disk-sizes.ts';
import type { Clock } from './domain/ports.ts';
import { StorageError, type Store } from './domain/store-port.ts';
import type { Log } from './log.ts';
import type { NodeReads } from './nodes/ports.ts';
import { createMessageIndex, type RunningIndex } from './search/message-index.ts';
import { PostgresDatabase } from './store/postgres/database.ts';
import { readDurability as readPostgresDurability } from './store/postgres/durability.ts';
import { createNodeReads } from './store/postgres/node-reads.ts';
import { openPostgres } from './store/postgres/open.ts';
import { createPostgresStore } from './store/postgres/store.ts';
import { tidyError } from './store/postgres/storage-error.ts';
import type { SqlDatabase } from './store/sql/database.ts';
import { createSearchSource } from './store/sql/search-source.ts';
import type { RoomCaches } from './store/sql/room-caches.ts';
import { SqliteDatabase } from './store/sqlite/database.ts';
import { readDurability as readSqliteDurability } from './store/sqlite/durability.ts';
import { openBesideServer, openSqlite } from './store/sqlite/open.ts';
import { createStore } from './store/sqlite/store.ts';
import { watchWal } from './store/sqlite/wal-watch.ts';

export interface Storage {
	/** for parts of the store besides the store itself */
	database: SqlDatabase;
	store: Store & { rooms: RoomCaches };
	/** What the domain tells of what went wrong. */
	onError: (error: unknown) => void;
	/** What is read of what others have committed; null: nobody else does. */
	nodeReads: NodeReads | null;
	/** Opens the index of its messages; to be closed before the storage is. */
	openIndex(): RunningIndex;
	/** What it keeps its promises with, read back from it; rejects with what keeps it from its work. */
	ready(): Promise<object>;
	/** Bytes that the database takes, with all that belongs to it. */
	size(): Promise<number>;
	/** Resolves when everything is on disk and the database is free. */
	close(): Promise<void>;
}

interface StorageOptions {
	config: Pick<Config, 'databaseFile' | 'postgresUrl' | 'indexDir'>;
	log: Log;
	clock: Clock;
	/** called when a write may or may not be on disk: the process has to end at once (DISK-2) */
	onBroken: (error: unknown) => void;
}

/** Rejects with DatabaseError when the database cannot be used. */
export async function openStorage(options: StorageOptions): Promise<Storage> {
	const { postgresUrl } = options.config;
	return postgresUrl === null
		? openSqliteStorage(options)
		: openPostgresStorage(options, postgresUrl);
}

/**
 * Opens the database for a command, beside a server that may be running: nothing of it is brought up to date.
 * @returns rejects with DatabaseError when the database cannot be used
 */
export async function openBeside({
	databaseFile,
	postgresUrl
}: Pick<Config, 'databaseFile' | 'postgresUrl'>): Promise<
	Pick<Storage, 'database' | 'store' | 'close'>
> {
	if (postgresUrl === null) {
		const db = openBesideServer(databaseFile);
		const database = new SqliteDatabase(db);
		return { database, store: createStore(database), close: async () => void db.close() };
	}
	const { pool, instance } = await openPostgres({ url: postgresUrl, isBesideServer: true });
	const database = new PostgresDatabase(pool);
	// A connection that breaks when all is done is no failure of the command.
	return { database, store: createPostgresStore(database, instance), close: () => pool.end() };
}

function errorHandler({ log, onBroken }: StorageOptions): Storage['onError'] {
	return (error) => {
		log.error({ err: error }, 'storage failed');
		if (error instanceof StorageError && error.reason === 'broken') onBroken(error);
	};
}

function openSqliteStorage(options: StorageOptions): Storage {
	const { config, log, clock } = options;
	const onError = errorHandler(options);
	const db = openSqlite({
		file: config.databaseFile,
		onCopy: () => log.warn('the database came from elsewhere: devices fetch everything anew')
	});
	const stopWalWatch = watchWal({
		db,
		clock,
		onBlocked: (bytes) =>
			log.warn(
				{ bytes },
				'the database log grows while another program reads it: end that program'
			),
		onError
	});
	// One for all: whoever's write breaks, the process ends.
	const database = new SqliteDatabase(db, onError);
	return {
		database,
		store: createStore(database),
		onError,
		nodeReads: null,
		openIndex: () => createMessageIndex({ main: db, indexDir: config.indexDir, clock, log }),
		ready: async () => readSqliteDurability(db),
		size: () => sqliteSize(config.databaseFile),
		async close() {
			stopWalWatch();
			db.close();
		}
	};
}

async function openPostgresStorage(options: StorageOptions, url: string): Promise<Storage> {
	const { config, log, clock } = options;
	const opened = await openPostgres({
		url,
		onError: (error) => log.warn({ err: tidyError(error) }, 'a database connection was lost')
	});
	const onError = errorHandler(options);
	const database = new PostgresDatabase(opened.pool, onError);
	const size = database.pluck<[], number>('SELECT pg_database_size(current_database())');
	const store = createPostgresStore(database, opened.instance);
	return {
		database,
		store,
		onError,
		nodeReads: createNodeReads(database, store.rooms, opened.instance),
		openIndex: () =>
			createMessageIndex({
				main: createSearchSource(database),
				indexDir: config.indexDir,
				clock,
				log
			}),
		ready: () => readPostgresDurability(opened.pool),
		size: async () => (await database.ask(() => size.get()))!,
		close: () => opened.pool.end()
	};
}
