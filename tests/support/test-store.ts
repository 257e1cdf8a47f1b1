/** A store without people, on the kind of database that this run of the tests is about. */
import type Database from 'better-sqlite3';
import type { Store } from '../../server/domain/store-port.ts';
import { PostgresDatabase } from '../../server/store/postgres/database.ts';
import { openPostgres } from '../../server/store/postgres/open.ts';
import { createPostgresStore } from '../../server/store/postgres/store.ts';
import type { SqlDatabase } from '../../server/store/sql/database.ts';
import type { RoomCaches } from '../../server/store/sql/room-caches.ts';
import { SqliteDatabase } from '../../server/store/sqlite/database.ts';
import { openSqlite } from '../../server/store/sqlite/open.ts';
import { createStore } from '../../server/store/sqlite/store.ts';
import { newPostgresDatabase } from './postgres.ts';

/** Set in the project of vitest.config.ts whose tests run on PostgreSQL; absent: SQLite. */
export const IS_ON_POSTGRES = process.env.ROOST_TEST_STORE === 'postgres';

export interface TestStore {
	store: Store;
	database: SqlDatabase;
	rooms: RoomCaches;
	/** Rows of a statement with `?`, for what no part of the store answers. */
	query<R>(sql: string, ...values: unknown[]): Promise<R[]>;
	/** The store as a server has it that starts anew on the same database. */
	reopened(): Promise<TestStore>;
}

interface SqliteTestStore extends TestStore {
	store: ReturnType<typeof createStore>;
}

const queryOn =
	(db: SqlDatabase): TestStore['query'] =>
	(sql, ...values) =>
		db.ask(() => db.prepare<unknown[], never>(sql).all(...values));

/** On an open SQLite. */
export function sqliteStore(db: Database.Database): SqliteTestStore {
	const database = new SqliteDatabase(db);
	const store = createStore(database);
	return {
		store,
		database,
		rooms: store.rooms,
		query: queryOn(database),
		reopened: async () => sqliteStore(db)
	};
}

async function postgresStore(url: string): Promise<TestStore> {
	const opened = await openPostgres({ url, onError: ignoreEnd });
	const database = new PostgresDatabase(opened.pool);
	const store = createPostgresStore(database, opened.instance);
	return {
		store,
		database,
		rooms: store.rooms,
		query: queryOn(database),
		reopened: () => postgresStore(url)
	};
}

/** Connections that nobody uses are cut when the test's server stops. */
const ignoreEnd = (): void => undefined;

/** @param url of a new PostgreSQL database; absent: one is made */
export const newTestStore = async (url?: string): Promise<TestStore> =>
	IS_ON_POSTGRES
		? postgresStore(url ?? (await newPostgresDatabase()))
		: sqliteStore(openSqlite({ file: ':memory:' }));
