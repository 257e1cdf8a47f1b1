import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDomain, type RunningDomain } from '../../server/domain/domain.ts';
import { StorageError, type Store } from '../../server/domain/store-port.ts';
import { realClock } from '../../server/clock.ts';
import { createLog } from '../../server/log.ts';
import { openStorage } from '../../server/storage.ts';
import { DatabaseError } from '../../server/store/sql/database-error.ts';
import { SqliteDatabase } from '../../server/store/sqlite/database.ts';
import { isTooOld, openSqlite } from '../../server/store/sqlite/open.ts';
import { createStore } from '../../server/store/sqlite/store.ts';
import type { Frame } from '../../src/lib/protocol/down.ts';
import { newId, post, register } from '../support/person.ts';
import { startProcess } from '../support/process.ts';

let dir: string;
let file: string;
beforeEach(() => {
	dir = mkdtempSync(join(tmpdir(), 'roost-durable-'));
	file = join(dir, 'roost.sqlite');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('the database', () => {
	it('keeps every commit through a power cut: FULL on every open, also of an existing file (promise 1)', () => {
		for (let start = 0; start < 3; start++) {
			const db = openSqlite({ file });
			expect(db.pragma('synchronous', { simple: true })).toBe(2);
			expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
			db.close();
		}
	});

	it('keeps its identity from the first start on', () => {
		const ids = [1, 2].map(() => {
			const db = openSqlite({ file });
			const row = db.prepare('SELECT id, generation FROM instance').get();
			db.close();
			return row;
		});
		expect(ids[0]).toEqual(ids[1]);
	});

	it('is not opened by a second server, in this process or another (CRASH-3)', async () => {
		const db = openSqlite({ file });
		expect(() => openSqlite({ file })).toThrow(/in use by another running server/);
		await expect(startProcess({ DATA_DIR: dir, PORT: '0' })).rejects.toThrow(/in use by another/);
		db.close();
		const other = await startProcess({ DATA_DIR: dir, PORT: '0' });
		expect(() => openSqlite({ file })).toThrow(DatabaseError);
		await other.end('SIGKILL');
		openSqlite({ file }).close();
	});

	it('that cannot write says so, whoever asked, and before anybody else can ask (DISK-2)', async () => {
		const db = openSqlite({ file });
		db.pragma('query_only = ON');
		const told: string[] = [];
		const database = new SqliteDatabase(db, ({ reason }) => told.push(reason));
		const touch = database.prepare('UPDATE stream SET head = head');
		await expect(database.ask(() => touch.run())).rejects.toThrow(StorageError);
		const written = database.write(() => touch.run(), { undone: () => told.push('undone') });
		expect(told).toEqual(['broken', 'broken', 'undone']);
		await expect(written).rejects.toThrow(StorageError);
		db.close();
	});

	it.each([
		['3.51.2', true],
		['3.50.9', true],
		['2.99.99', true],
		['3.51.3', false],
		['3.52.0', false],
		['4.0.0', false]
	])('SQLite %s is too old: %s (DISK-7)', (version, old) => {
		expect(isTooOld(version)).toBe(old);
	});

	it('of a newer release is refused with what to do, and left alone (RESTORE-7)', () => {
		openSqlite({ file }).close();
		const raw = new Database(file);
		raw.prepare('INSERT INTO __drizzle_migrations (hash, created_at) VALUES (?, ?)').run('x', 9e15);
		raw.close();
		expect(() => openSqlite({ file })).toThrow(/newer version of Roost/);
	});

	it('that is no database is refused in one sentence', () => {
		const raw = new Database(file);
		raw.exec('CREATE TABLE person (id)');
		raw.close();
		expect(() => openSqlite({ file })).toThrow(
			/could not be brought up to date; nothing was changed/
		);
		expect(() => openSqlite({ file })).toThrow(DatabaseError);
	});
});

const actorOf = (person: string) => ({ person, session: 's', device: newId() });

describe('a commit that fails', () => {
	const domainOn = (store: Store, faults: unknown[]) =>
		createDomain({
			store,
			hasher: {
				hash: async () => 'x',
				verify: async () => true,
				verifyAsTyped: async () => false
			},
			limiter: { take: async () => undefined, refund: async () => undefined },
			pictures: { square: async () => null },
			clock: realClock,
			onError: (fault) => void faults.push(fault)
		});

	async function ann(domain: RunningDomain): Promise<string> {
		await domain.start();
		const made = await domain.register({ name: 'ann', email: 'a@b.c', passwordHash: 'x' });
		if ('refused' in made) throw new Error(made.refused.code);
		return made.person;
	}

	async function setUp() {
		const db = openSqlite({ file });
		const frames: Frame[] = [];
		const faults: unknown[] = [];
		const database = new SqliteDatabase(db, (fault) => faults.push(fault));
		const domain = domainOn(createStore(database), faults);
		domain.subscribe((changes) => void frames.push(...changes.frames));
		const who = actorOf(await ann(domain));
		const [room] = (await domain.streams(who.person)).filter(
			(id) => id !== who.person && id !== 'directory'
		);
		frames.length = 0;
		const heads = () => db.prepare('SELECT id, head FROM stream ORDER BY id').all();
		const messages = () =>
			db.prepare<[], { id: string }>('SELECT id FROM message ORDER BY seq').all();
		return { db, domain, who, room: room!, frames, faults, heads, messages };
	}

	it('because the disk is full is not acknowledged, not emitted, and can be repeated (DISK-1)', async () => {
		const { db, domain, who, room, frames, faults, heads, messages } = await setUp();
		const pages = Number(db.pragma('page_count', { simple: true }));
		db.pragma(`max_page_count = ${pages + 4}`);
		const accepted: string[] = [];
		let waiting: ReturnType<typeof post>[] = [];
		while (waiting.length === 0) {
			const acts = Array.from({ length: 8 }, () => post(room, 'x'.repeat(900)));
			const results = await domain.acts(who, acts);
			for (const result of results) if (result.status === 'accepted') accepted.push(result.id);
			waiting = acts.filter((_act, i) => results[i]!.status === 'later');
			const refusals = results.flatMap((one) =>
				one.status === 'accepted' ? [] : [one.refusal.code]
			);
			expect(refusals.filter((code) => code !== 'storage_full')).toEqual([]);
		}
		const emitted = () => frames.flatMap((frame) => frame.rows).map((row) => row.id);
		expect(messages().map((row) => row.id)).toEqual(accepted);
		expect(emitted()).toEqual(accepted);
		expect(faults).not.toEqual([]);
		expect(faults.every((fault) => fault instanceof StorageError && fault.reason === 'full')).toBe(
			true
		);
		// Reading goes on, and nothing was counted for what failed.
		expect((await domain.heads(who, {})).heads[room]![0]).toBe(
			(heads() as { id: string; head: number }[]).find((row) => row.id === room)!.head
		);
		db.pragma('max_page_count = 1000000');
		const again = await domain.acts(who, waiting);
		expect(again.map((result) => result.status)).toEqual(waiting.map(() => 'accepted'));
		expect(messages().map((row) => row.id)).toEqual([...accepted, ...waiting.map((act) => act.id)]);
		db.close();
	});

	it('because the disk became read-only is not acknowledged or emitted, and is reported as broken (DISK-2)', async () => {
		const { db, domain, who, room, frames, faults, heads } = await setUp();
		const before = heads();
		db.pragma('query_only = ON');
		const [result] = await domain.acts(who, [post(room, 'lost?')]);
		expect(result).toMatchObject({ status: 'later' });
		expect([frames, heads()]).toEqual([[], before]);
		expect(faults).toMatchObject([{ reason: 'broken' }]);
		db.close();
	});

	it.each<[string, (domain: RunningDomain, person: string) => Promise<unknown>]>([
		['an act', (domain, person) => domain.acts(actorOf(person), [post(newId(), 'lost?')])],
		[
			'a new account',
			(domain) => domain.register({ name: 'bob', email: 'b@b.c', passwordHash: 'x' })
		],
		[
			'an administrator',
			(domain, person) =>
				domain.administer(person, { kind: 'admin.registration', registration: 'closed' })
		],
		['the end of an account', (domain, person) => domain.deleteAccount(person)]
	])(
		'because the disk broke ends the process, when it is of %s (DISK-2)',
		async (_whose, write) => {
			const broken: unknown[] = [];
			const storage = await openStorage({
				config: { databaseFile: file, postgresUrl: null, indexDir: dir },
				log: createLog('silent'),
				clock: realClock,
				onBroken: (fault) => void broken.push(fault)
			});
			const domain = domainOn(storage.store, []);
			const person = await ann(domain);
			await storage.database.ask(() => storage.database.prepare('PRAGMA query_only = ON').run());
			await Promise.allSettled([write(domain, person)]);
			expect(broken).toMatchObject([{ reason: 'broken' }]);
			await storage.close();
		}
	);
});

describe('closing', () => {
	it('keeps what was acknowledged, ends with 0, and frees the file', async () => {
		const server = await startProcess({ DATA_DIR: dir, PORT: '0' });
		const person = await register(server, 'closer');
		const link = await person.link();
		expect(await server.end('SIGTERM')).toBe(0);
		await link.closed;
		const db = openSqlite({ file });
		expect(db.prepare('SELECT name FROM person').pluck().get()).toBe('closer');
		db.close();
	});
});
