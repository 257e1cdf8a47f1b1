/** A PostgreSQL of a test's own: from the packages of the system, in a folder of its own, on a free port. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import {
	chownSync,
	existsSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { freePort } from './free-port.ts';

/** Where Debian puts the programs, a folder a version. */
const DEBIAN = '/usr/lib/postgresql';

/** Folder of the programs of the newest version; null: it is not installed. */
function binaries(): string | null {
	if (!existsSync(DEBIAN)) return null;
	const versions = readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a));
	const found = versions.map((version) => join(DEBIAN, version, 'bin'));
	return found.find((folder) => existsSync(join(folder, 'postgres'))) ?? null;
}

/** Why tests on PostgreSQL are skipped; null: they are not. In CI it has to be there. */
export const WHY_NO_POSTGRES: string | null =
	binaries() || process.env.CI
		? null
		: `no PostgreSQL in ${DEBIAN}: install Debian's package "postgresql"`;

/** Linux's folder in memory: tests need the server to wait for a disk, but not a disk that is waited for. */
const MEMORY = '/dev/shm';

interface TestPostgres {
	/** address of the database that every server has */
	url: string;
	stop(): Promise<void>;
}

/** Characters kept of what the server says. */
const TOLD_MAX = 10_000;

/** PostgreSQL refuses to run as root: Debian's package has made a user for it. */
function unprivileged(): { uid: number; gid: number } | undefined {
	if (process.getuid?.() !== 0) return undefined;
	const idOf = (flag: string) =>
		Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
	return { uid: idOf('-u'), gid: idOf('-g') };
}

/** Before the number of the process whose tests a folder is for. */
const PREFIX = 'roost-postgres-';

/** Whether a process is there that has this text in its command; any, where none is given. */
function isRunning(pid: number, command = ''): boolean {
	const path = `/proc/${pid}/cmdline`;
	return existsSync(path) && readFileSync(path, 'utf8').includes(command);
}

/**
 * A run of the tests that was killed leaves its server, and a folder of some hundred MB, which lies in memory: the
 * next run removes it.
 */
function removeLeftOver(parent: string): void {
	for (const name of readdirSync(parent)) {
		const [, owner] = new RegExp(`^${PREFIX}(\\d+)-`).exec(name) ?? [];
		if (owner === undefined || isRunning(Number(owner))) continue;
		const folder = join(parent, name);
		const note = join(folder, 'data', 'postmaster.pid');
		const server = existsSync(note) ? Number.parseInt(readFileSync(note, 'utf8'), 10) : 0;
		if (server > 0 && isRunning(server, folder)) process.kill(server, 'SIGKILL');
		rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
	}
}

async function startPostgres(): Promise<TestPostgres> {
	const bin = binaries();
	if (!bin) throw new Error(`there is no PostgreSQL in ${DEBIAN}`);
	const user = unprivileged();
	const parent = existsSync(MEMORY) ? MEMORY : tmpdir();
	removeLeftOver(parent);
	const folder = mkdtempSync(join(parent, `${PREFIX}${process.pid}-`));
	if (user) chownSync(folder, user.uid, user.gid);
	const data = join(folder, 'data');
	const options = { ...user, stdio: 'ignore' as const, cwd: folder, env: { LC_ALL: 'C.UTF-8' } };
	execFileSync(
		join(bin, 'initdb'),
		['-D', data, '-U', 'roost', '-A', 'trust', '-E', 'UTF8', '--no-sync'],
		options
	);
	const port = await freePort();
	writeFileSync(
		join(data, 'postgresql.auto.conf'),
		[
			`port = ${port}`,
			"listen_addresses = '127.0.0.1'",
			"unix_socket_directories = ''",
			'shared_buffers = 32MB',
			'max_connections = 200'
		].join('\n')
	);
	const url = `postgres://roost@127.0.0.1:${port}/postgres`;
	const server = spawn(join(bin, 'postgres'), ['-D', data], {
		...options,
		stdio: ['ignore', 'ignore', 'pipe']
	});
	const ended = once(server, 'exit');
	const end = () => server.kill('SIGINT');
	process.once('exit', end);
	await untilReady(server);

	return {
		url,
		async stop() {
			process.removeListener('exit', end);
			end();
			await ended;
			rmSync(folder, { recursive: true });
		}
	};
}

async function makeDatabase(server: string, name: string): Promise<string> {
	const client = new pg.Client({ connectionString: server });
	await client.connect();
	await client.query(`CREATE DATABASE ${name}`);
	await client.end();
	return server.replace(/postgres$/, name);
}

/** Resolves when the server says that it lets people in. */
function untilReady(server: ChildProcess): Promise<void> {
	let told = '';
	return new Promise((resolve, reject) => {
		server.stderr!.on('data', (part: Buffer) => {
			told = (told + String(part)).slice(-TOLD_MAX);
			if (told.includes('ready to accept connections')) resolve();
		});
		server.once('exit', () => reject(new Error(`PostgreSQL ended: ${told}`)));
	});
}

/** Where the server of this run of the tests listens. */
const SERVER = 'ROOST_TEST_POSTGRES';

/** Address of a new database on the server of this run. */
export async function newPostgresDatabase(): Promise<string> {
	const url = process.env[SERVER];
	if (url === undefined) throw new Error('no PostgreSQL was started for this run of the tests');
	return makeDatabase(url, `test_${randomBytes(8).toString('hex')}`);
}

/** Vitest calls it before the tests of a project, and what it answers after them. */
export async function setup(): Promise<() => Promise<void>> {
	// Another project of the same run has one already.
	if (process.env[SERVER] !== undefined) return async () => undefined;
	const server = await startPostgres();
	process.env[SERVER] = server.url;
	return () => server.stop();
}
