/** Opens a PostgreSQL database so that what is acknowledged is durable, and brings its tables up to date. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { randomBytes } from 'node:crypto';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg, { type Client, type ClientConfig, type Pool } from 'pg';
import { uuid7 } from '../../../src/lib/protocol/ids.ts';
import { renewNameKeys } from '../sql/name-keys.ts';
import { PostgresDatabase } from './database.ts';
import { DatabaseError } from '../sql/database-error.ts';
import { tidyError } from './storage-error.ts';

/** Where the generated migrations are. */
const MIGRATIONS = fileURLToPath(new URL('../../../drizzle/postgres', import.meta.url));
const MIGRATIONS_TABLE = { migrationsSchema: 'public', migrationsTable: '__drizzle_migrations' };

/** 14 is the oldest that is still looked after as this is written. */
const OLDEST_VERSION = 140_000;

/** Of all servers on one database, one at a time brings its tables up to date. Any number does. */
const MIGRATION_LOCK = 7_266_683;

/** Connections at most: a commit holds one, reads share the others. */
const POOL_MAX = 10;
/** ms: for a connection, a lock, a statement; for a transaction whose server has forgotten it (CRASH-8). */
const CONNECT_TIMEOUT = 5_000;
const LOCK_TIMEOUT = 5_000;
const STATEMENT_TIMEOUT = 30_000;
/** ms after which the driver gives a server up that says nothing at all: later than it would have spoken by itself. */
const QUERY_TIMEOUT = 35_000;
const IDLE_TIMEOUT = 10_000;

/** Types whose values are numbers here: int8 (ids, times, counts) and numeric (sums of them), all below 2^53. */
const NUMBERS = new Set<number>([pg.types.builtins.INT8, pg.types.builtins.NUMERIC]);

/** Who a database is. */
export interface Instance {
	id: string;
	generation: number;
}

/** What every connection has. */
const connection = (url: string): ClientConfig => ({
	connectionString: url,
	connectionTimeoutMillis: CONNECT_TIMEOUT,
	lock_timeout: LOCK_TIMEOUT,
	keepAlive: true,
	idle_in_transaction_session_timeout: IDLE_TIMEOUT,
	application_name: 'roost',
	types: {
		getTypeParser: (type, format) =>
			NUMBERS.has(type) ? Number : (pg.types.getTypeParser(type, format) as never)
	}
});

interface OpenOptions {
	/** postgres://user:password@host:port/database */
	url: string;
	/** called with what befell a connection that nobody was using, and with what befell one in use besides its statement */
	onError?: (error: unknown) => void;
	/** for a command beside a server that may run: tables that are not of this release are refused, and stay as they are */
	isBesideServer?: boolean;
}

/**
 * Opens, checks and migrates.
 * @returns rejects with DatabaseError when the database cannot be used safely
 */
export async function openPostgres(
	options: OpenOptions
): Promise<{ pool: Pool; instance: Instance }> {
	const { url, onError = ignore, isBesideServer = false } = options;
	const pool = new pg.Pool({
		...connection(url),
		max: POOL_MAX,
		// A command, or a test, ends when its work is done.
		allowExitOnIdle: true,
		statement_timeout: STATEMENT_TIMEOUT,
		query_timeout: QUERY_TIMEOUT
	});
	// A connection that is in use also tells the statement that is under way.
	pool.on('connect', (client) => client.on('error', onError));
	pool.on('error', onError);
	try {
		const instance = await prepare(options);
		const db = new PostgresDatabase(pool);
		if (!isBesideServer) await db.write(() => renewNameKeys(db));
		return { pool, instance };
	} catch (cause) {
		await pool.end();
		throw asDatabaseError(cause);
	}
}

/**
 * The same for one long piece of work: on this connection nothing is cut off for the time it takes. The caller ends it.
 * @returns rejects with DatabaseError when the database cannot be used safely
 */
export async function openForLongWork(options: OpenOptions): Promise<Client> {
	try {
		await prepare(options);
		return await connectForLong(options);
	} catch (cause) {
		throw asDatabaseError(cause);
	}
}

/** Who is using the connection is told by the statement. */
const ignore = (): void => undefined;

function asDatabaseError(cause: unknown): DatabaseError {
	if (cause instanceof DatabaseError) return cause;
	return new DatabaseError(
		'The PostgreSQL database could not be opened. Check DATABASE_URL, and that the server runs and lets this user in. See the cause below.',
		tidyError(cause)
	);
}

/** Neither the driver's timer, which runs for each statement, nor the database's own, which its administrator may have set. */
async function connectForLong({ url, onError = ignore }: OpenOptions): Promise<Client> {
	const client = new pg.Client(connection(url));
	client.on('error', onError);
	await client.connect();
	await client.query('SET statement_timeout = 0');
	return client;
}

async function prepare(options: OpenOptions): Promise<Instance> {
	const client = await connectForLong(options);
	try {
		await check(client);
		await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
		if (options.isBesideServer) await requireCurrent(client);
		else await bringUpToDate(client);
		return await identify(client);
	} finally {
		// With its connection, the lock is given back.
		await client.end();
	}
}

async function settingOf(client: Client, name: string): Promise<string> {
	const { rows } = await client.query<{ value: string }>('SELECT current_setting($1) AS value', [
		name
	]);
	return rows[0]!.value;
}

/** A server that does not wait for its disk would lose what was acknowledged (promise 1). */
async function check(client: Client): Promise<void> {
	if (Number(await settingOf(client, 'server_version_num')) < OLDEST_VERSION) {
		throw new DatabaseError('This PostgreSQL is too old: version 14 or newer is needed.');
	}
	for (const name of ['fsync', 'full_page_writes', 'synchronous_commit']) {
		const value = await settingOf(client, name);
		if (value === 'off') {
			throw new DatabaseError(
				`PostgreSQL runs with ${name} = off, so messages could be lost in a power cut. Set it to "on" in postgresql.conf.`
			);
		}
	}
	const encoding = await settingOf(client, 'server_encoding');
	if (encoding !== 'UTF8') {
		throw new DatabaseError(
			`The database keeps texts as ${encoding}. Make it anew with: CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0`
		);
	}
}

async function requireCurrent(client: Client): Promise<void> {
	if ((await newestSeen(client)) === newestMigration()) return;
	throw new DatabaseError(
		'The database is not of this release of Roost. Start the server of this release once, then try again.'
	);
}

/** The migrator's run is one transaction: interrupted, it leaves nothing half done (RESTORE-7). */
async function bringUpToDate(client: Client): Promise<void> {
	const seen = await newestSeen(client);
	if (seen !== null && seen > newestMigration()) {
		throw new DatabaseError(
			'The database was written by a newer version of Roost. Start that version, or restore a backup from before the upgrade.'
		);
	}
	await migrate(drizzle(client), { migrationsFolder: MIGRATIONS, ...MIGRATIONS_TABLE });
}

/** `when` of the newest migration that the database has seen; null: it is new. */
async function newestSeen(client: Client): Promise<number | null> {
	const { migrationsSchema, migrationsTable } = MIGRATIONS_TABLE;
	const table = `${migrationsSchema}.${migrationsTable}`;
	const known = await client.query<{ name: string | null }>('SELECT to_regclass($1) AS name', [
		table
	]);
	if (known.rows[0]?.name === null) return null;
	const newest = await client.query<{ at: number | null }>(
		`SELECT max(created_at) AS at FROM ${table}`
	);
	return newest.rows[0]?.at ?? null;
}

/** `when` of the newest migration that this release knows, ms since the epoch. */
function newestMigration(): number {
	const journal = JSON.parse(readFileSync(`${MIGRATIONS}/meta/_journal.json`, 'utf8')) as {
		entries: { when: number }[];
	};
	return Math.max(...journal.entries.map((entry) => entry.when));
}

/** Who the database is; a new one gets an id. */
async function identify(client: Client): Promise<Instance> {
	const now = Date.now();
	await client.query(
		`INSERT INTO instance (id, generation, created_at)
		SELECT $1, 1, $2 WHERE NOT EXISTS (SELECT 1 FROM instance)`,
		[uuid7(now, randomBytes(10)), now]
	);
	const { rows } = await client.query<Instance>('SELECT id, generation FROM instance');
	return rows[0]!;
}
