/** The real server on a free port, in this process, with a data folder of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import pg from 'pg';
import { readConfig } from '../../server/config.ts';
import { startHost } from '../../server/host.ts';
import { createLog } from '../../server/log.ts';
import { toPositional } from '../../server/store/postgres/placeholders.ts';
import { newPostgresDatabase } from './postgres.ts';
import { IS_ON_POSTGRES } from './test-store.ts';

export interface TestServer {
	/** the origin of its pages, and where to reach it */
	origin: string;
	port: number;
	dataDir: string;
	/** what it has written to its log */
	lines: string[];
	/** faults that would have ended the process */
	broken: unknown[];
	/** Rows of a statement with `?`, read past the server. */
	query<R>(sql: string, ...values: unknown[]): Promise<R[]>;
	/** Closes it and removes its data. */
	stop(): Promise<void>;
}

/** data folder -> its database, for servers that start again on the same folder */
const databases = new Map<string, string>();

/** Where the server keeps everything: the kind of database that this run of the tests is about. */
async function databaseOf(dataDir: string): Promise<{ DATABASE_URL?: string }> {
	if (!IS_ON_POSTGRES) return {};
	const url = databases.get(dataDir) ?? (await newPostgresDatabase());
	databases.set(dataDir, url);
	return { DATABASE_URL: url };
}

const queryFile =
	(file: string): TestServer['query'] =>
	async <R>(sql: string, ...values: unknown[]) => {
		const db = new Database(file, { readonly: true });
		try {
			return db.prepare<unknown[], R>(sql).all(...values);
		} finally {
			db.close();
		}
	};

const queryPostgres =
	(url: string): TestServer['query'] =>
	async <R>(sql: string, ...values: unknown[]) => {
		const client = new pg.Client({ connectionString: url });
		await client.connect();
		try {
			return (await client.query(toPositional(sql).text, values)).rows as R[];
		} finally {
			await client.end();
		}
	};

/** @param env what differs from a server with no limits on 127.0.0.1 */
export async function startServer(env: Record<string, string> = {}): Promise<TestServer> {
	const dataDir = env.DATA_DIR ?? mkdtempSync(join(tmpdir(), 'roost-test-'));
	const lines: string[] = [];
	const broken: unknown[] = [];
	const own = { PORT: '0', DATA_DIR: dataDir, RATE_LIMITS: 'off' };
	const config = readConfig({ ...own, ...(await databaseOf(dataDir)), ...env });
	const host = await startHost({
		config,
		log: createLog(env.LOG_LEVEL ?? 'debug', { write: (line) => void lines.push(line) }),
		pages: async () => ({ serve: (_request, response) => void response.writeHead(404).end() }),
		onBroken: (fault) => void broken.push(fault)
	});
	const { postgresUrl, databaseFile } = config;
	return {
		query: postgresUrl === null ? queryFile(databaseFile) : queryPostgres(postgresUrl),
		origin: config.origins?.[0] ?? `http://127.0.0.1:${host.port}`,
		port: host.port,
		dataDir,
		lines,
		broken,
		async stop() {
			await host.close();
			if (!env.DATA_DIR) rmSync(dataDir, { recursive: true, force: true });
		}
	};
}
