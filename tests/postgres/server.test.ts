/** The whole server on PostgreSQL, by DATABASE_URL alone. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '../../server/log.ts';
import { PostgresDatabase } from '../../server/store/postgres/database.ts';
import { openPostgres } from '../../server/store/postgres/open.ts';
import { program } from '../support/compat.ts';
import { ask, generalOf, post, register, type Person } from '../support/person.ts';
import { newPostgresDatabase } from '../support/postgres.ts';
import { startServer, type TestServer } from '../support/server.ts';

const fileAt = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

let server: TestServer;
let url: string;
let anna: Person;
beforeAll(async () => {
	url = await newPostgresDatabase();
	server = await startServer({ DATABASE_URL: url });
	// The first account is the administrator's.
	anna = await register(server, 'anna');
});
afterAll(() => server.stop());

const command = (path: string, ...args: string[]) =>
	spawnSync(process.execPath, [fileAt(path), ...args], {
		env: { ...process.env, DATA_DIR: server.dataDir, DATABASE_URL: url },
		encoding: 'utf8'
	});

test('whoever watches it is told what its database keeps its promises with', async () => {
	const { body } = await ask(server, '/api/ready');
	expect(body).toEqual({
		ok: true,
		version: expect.any(String),
		database: {
			postgres: expect.stringMatching(/^\d+\./u),
			instance: expect.stringMatching(/^[\da-f-]{36}$/u),
			generation: 1,
			synchronous: 'on',
			fsync: 'on',
			fullPageWrites: 'on'
		}
	});
});

test('an administrator is told how much the database takes, wherever it is', async () => {
	const headers = { cookie: anna.cookie };
	const { body } = await ask(server, '/api/admin/storage', { headers });
	// An empty one of PostgreSQL takes seven; there is no file of SQLite.
	expect((body as { database: number }).database).toBeGreaterThan(5_000_000);
});

test('devices and programs talk to each other, and find what was said', async () => {
	const link = await anna.link();
	const bot = await program(server, 'bot');
	const ear = await bot.connect();
	await ear.ask('join_room', { room_id: 1 });
	const room = await generalOf(link);
	await link.request('acts', { acts: [post(room, 'a heron stood there')] });
	await ear.hear('new_message', (one) => one.content === 'a heron stood there');
	await ear.ask('send_message', { room_id: 1, content: 'two herons' });
	await link.until(() =>
		link.frames.some(({ rows }) =>
			rows.some((row) => row.kind === 'message' && row.body === 'two herons')
		)
	);
	const found = await link.request('search', { query: 'heron', limit: 10 });
	expect('rows' in found && found.rows.map(({ body }) => body)).toEqual([
		'two herons',
		'a heron stood there'
	]);
	ear.close();
	link.close();
});

test('commands work beside it: a link for a password, and a backup that another server begins with', async () => {
	const made = command('server/admin/admin-command.ts', 'password-link', 'anna');
	expect([made.status, made.stderr]).toEqual([0, '']);
	expect(made.stdout).toContain('/password#');
	const archive = join(server.dataDir, 'archive.tar');
	const backup = command('server/backup/backup-command.ts', archive);
	expect([backup.status, backup.stderr]).toEqual([0, '']);
	const refused = command('server/backup/restore-command.ts', archive);
	expect([refused.status, refused.stdout]).toEqual([1, '']);
	expect(refused.stderr).toContain('is not empty');
	const other = await newPostgresDatabase();
	const env = { DATA_DIR: join(server.dataDir, 'other'), DATABASE_URL: other };
	const restored = spawnSync(
		process.execPath,
		[fileAt('server/backup/restore-command.ts'), archive],
		{
			env: { ...process.env, ...env },
			encoding: 'utf8'
		}
	);
	expect([restored.status, restored.stderr]).toEqual([0, '']);
	const again = await startServer(env);
	const { status } = await ask(again, '/api/ready');
	expect(status).toBe(200);
	await again.stop();
});

test('an error of PostgreSQL that quotes what somebody wrote is logged without it', async () => {
	const { pool } = await openPostgres({ url, onError: () => undefined });
	const db = new PostgresDatabase(pool);
	const words = 'what was said in confidence';
	const lines: string[] = [];
	const log = createLog('info', { write: (line) => void lines.push(line) });
	for (const sql of ['SELECT CAST(CAST(? AS text) AS bigint)', 'SELECT no_such(CAST(? AS text))']) {
		const failed = await db
			.ask(() => db.prepare<[string]>(sql).get(words))
			.catch((error: unknown) => error);
		expect(failed).toBeInstanceOf(Error);
		log.error({ err: failed }, 'failed');
	}
	const key = 'INSERT INTO setting (key, value) VALUES (?, ?)';
	await db.write(() => db.prepare(key).run(words, ''));
	await db
		.ask(() => db.prepare(key).run(words, ''))
		.catch((error: unknown) => log.error({ err: error }, 'failed'));
	expect(lines).toHaveLength(3);
	expect(lines.join('')).not.toContain(words);
	expect(lines.join('')).toContain('23505');
	await pool.end();
});

test('a server that says nothing is told in words', async () => {
	const silent = createServer();
	silent.listen(0, '127.0.0.1');
	await once(silent, 'listening');
	const { port } = silent.address() as { port: number };
	const gone = openPostgres({
		url: `postgres://nobody@127.0.0.1:${port}/x`,
		onError: () => undefined
	});
	await expect(gone).rejects.toThrow(/could not be opened/u);
	silent.close();
});
