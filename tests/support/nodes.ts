/** Several servers on one PostgreSQL, one Redis and one folder of files, each a process of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { programWith, type Program } from './compat.ts';
import { personWith, type Person } from './person.ts';
import { newPostgresDatabase } from './postgres.ts';
import { startProcess, type ServerProcess } from './process.ts';
import { startProxy, type Proxy } from './proxy.ts';
import { startRedis, type TestRedis } from './redis.ts';

export interface TestNode extends ServerProcess {
	/** between it and Redis, and between it and PostgreSQL */
	toRedis: Proxy;
	toPostgres: Proxy;
	/** Starts it again after its end, as another node: on a port of its own. */
	again(): Promise<TestNode>;
}

export interface TestNodes {
	nodes: TestNode[];
	/** Starts another one. */
	add(): Promise<TestNode>;
	redis: TestRedis;
	/** Rows of a statement with `$1`, read past the nodes. */
	query<R>(sql: string, ...values: unknown[]): Promise<R[]>;
	/** The same person, by another node. */
	at(node: TestNode, person: Person): Person;
	/** The same program, by another node. */
	programAt(node: TestNode, program: Program): Program;
	stop(): Promise<void>;
}

export async function startNodes(
	count: number,
	env: Record<string, string> = {}
): Promise<TestNodes> {
	const redis = await startRedis();
	const database = new URL(await newPostgresDatabase());
	const folder = mkdtempSync(join(tmpdir(), 'roost-nodes-'));
	const running = new Set<TestNode>();
	let made = 0;

	async function startNode(): Promise<TestNode> {
		const toRedis = await startProxy();
		toRedis.leadTo(redis.port);
		const toPostgres = await startProxy();
		toPostgres.leadTo(Number(database.port));
		const url = new URL(database);
		url.port = String(toPostgres.port);
		const indexDir = join(folder, `index-${++made}`);
		const started = await startProcess({
			PORT: '0',
			DATA_DIR: join(folder, 'data'),
			INDEX_DIR: indexDir,
			DATABASE_URL: url.href,
			REDIS_URL: `redis://127.0.0.1:${toRedis.port}`,
			...env
		});
		const node: TestNode = {
			...started,
			toRedis,
			toPostgres,
			async end(signal) {
				running.delete(node);
				const code = await started.end(signal);
				await Promise.all([toRedis.stop(), toPostgres.stop()]);
				return code;
			},
			again: startNode
		};
		running.add(node);
		return node;
	}

	const nodes = await Promise.all(Array.from({ length: count }, startNode));
	return {
		nodes,
		add: startNode,
		redis,
		async query<R>(sql: string, ...values: unknown[]) {
			const client = new pg.Client({ connectionString: database.href });
			await client.connect();
			try {
				return (await client.query(sql, values)).rows as R[];
			} finally {
				await client.end();
			}
		},
		at: (node, { name, id, cookie }) => personWith(node, name, id, cookie),
		programAt: (node, { id, name, token }) => programWith(node, id, name, token),
		async stop() {
			await Promise.all([...running].map((node) => node.end('SIGKILL')));
			await redis.stop();
			rmSync(folder, { recursive: true, force: true });
		}
	};
}
