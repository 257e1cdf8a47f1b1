/** The index of messages as a file: what is in it, what it survives, and that it never takes long. */
import {
	copyFileSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { windowsOf } from '../../server/search/find-entries.ts';
import { createLocalIndex } from '../../server/search/message-index.ts';
import { SearchIndex } from '../../server/search/search-index.ts';
import type { MainDatabase } from '../../server/search/source-port.ts';
import { createSqliteSource } from '../../server/search/sqlite-source.ts';
import { sweepDeletedRooms } from '../../server/store/sql/sweep.ts';
import { SqliteDatabase } from '../../server/store/sqlite/database.ts';
import { openSqlite } from '../../server/store/sqlite/open.ts';
import { ROOM_KEPT } from '../../src/lib/protocol/admin.ts';
import { LIMITS } from '../../src/lib/protocol/limits.ts';
import { eventually, searchWorld, type SearchWorld } from '../contract/search-world.ts';
import { sqliteDomain, type Somebody } from '../support/little-domain.ts';
import { newId } from '../support/person.ts';

const open: SearchWorld[] = [];
afterEach(async () => {
	for (const world of open.splice(0)) await world.close();
});

/** A world that is closed after the test. @param where see `searchWorld` */
async function start(where = 'file'): Promise<SearchWorld> {
	const world = await searchWorld(where);
	open.push(world);
	return world;
}

/** Closes a world, does something to its files, and opens it again. */
async function restart(world: SearchWorld, meanwhile: () => unknown = () => undefined) {
	open.splice(open.indexOf(world), 1);
	await world.stop();
	await meanwhile();
	return start(world.dataDir);
}

/** Says many things in few commits. @returns the ids of the messages */
async function sayAll(
	{ domain }: Pick<SearchWorld, 'domain'>,
	by: Somebody,
	room: string,
	texts: string[]
): Promise<string[]> {
	const acts = texts.map((body) => ({ kind: 'message.post', id: newId(), at: 1, room, body }));
	for (let from = 0; from < acts.length; from += LIMITS.actsPerRequest) {
		await domain.acts(by, acts.slice(from, from + LIMITS.actsPerRequest));
	}
	return acts.map(({ id }) => id);
}

const indexFile = ({ dataDir }: SearchWorld) => join(dataDir, 'search.sqlite');
/** How often a text stands in the files of the index. */
function timesIn(world: SearchWorld, text: string): number {
	const files = readdirSync(world.dataDir).filter((name) => name.startsWith('search.sqlite'));
	const bytes = files.map((name) => readFileSync(join(world.dataDir, name), 'latin1')).join('\n');
	return bytes.split(text).length - 1;
}

describe('what was recalled', () => {
	test('or edited away, or said in a room that was erased, is nowhere in the files of the index (promise 8, HTTP-24)', async () => {
		const world = await start();
		const ann = await world.person('ann');
		const [room, other] = [await world.room(ann), await world.room(ann)];
		const filler = Array.from({ length: 600 }, (_, n) => `filler number ${n} quote quiet`);
		const [recalled, edited] = await sayAll(world, ann, room, [
			'before quokkazebra after',
			'before wombatzebra after',
			...filler
		]);
		await sayAll(world, ann, other, ['before numbatzebra after', ...filler]);
		await world.search(ann, { query: 'before' });
		const words = ['kkazebra', 'batzebra', 'umbatzebra'];
		// Both as a text and as a term.
		await eventually(() =>
			expect(words.map((word) => timesIn(world, word) > 1)).not.toContain(false)
		);

		await ann.do({ kind: 'message.edit', room, message: edited!, body: 'something else' });
		await ann.do({ kind: 'message.recall', room, message: recalled! });
		await ann.do({ kind: 'room.delete', room: other });
		expect(await world.findAll(ann, { query: 'umbatzebra' })).toEqual([]);
		await world.erase();
		// Without anybody searching.
		await eventually(() => expect(words.map((word) => timesIn(world, word))).toEqual([0, 0, 0]));
		expect((await world.search(ann, { query: 'filler' })).rows).toHaveLength(50);
	});
});

describe('an index that is opened again', () => {
	test('finds out what happened while it was closed', async () => {
		const world = await start();
		const ann = await world.person('ann');
		const [room, other] = [await world.room(ann), await world.room(ann)];
		const [edited, recalled, kept] = await sayAll(world, ann, room, [
			'needle to edit',
			'needle to recall',
			'needle to keep'
		]);
		await sayAll(world, ann, other, ['needle in a room to delete']);
		expect((await world.findAll(ann, { query: 'needle' })).length).toBe(4);

		const again = await restart(world, async () => {
			const db = openSqlite({ file: join(world.dataDir, 'roost.sqlite') });
			const { domain } = await sqliteDomain(db);
			const act = (draft: object) => domain.acts(ann, [{ id: newId(), at: 1, ...draft }]);
			await act({ kind: 'message.edit', room, message: edited, body: 'haystack' });
			await act({ kind: 'message.recall', room, message: recalled });
			await act({ kind: 'room.delete', room: other });
			await sweepDeletedRooms(new SqliteDatabase(db), Date.now() + 2 * ROOM_KEPT);
			await act({ kind: 'message.post', room, body: 'needle that is new' });
			db.close();
		});
		const found = await again.search(ann, { query: 'needle' });
		expect(found.rows.map(({ body }) => body)).toEqual(['needle that is new', 'needle to keep']);
		expect(found.rows[1]!.id).toBe(kept);
		expect(await again.findAll(ann, { query: 'haystack' })).toEqual([edited]);
		await eventually(() =>
			expect(timesIn(again, 'to recall') + timesIn(again, 'to delete')).toBe(0)
		);
	});

	test('asks for what was changed in parts, however much that is', async () => {
		const db = openSqlite({ file: ':memory:' });
		const world = await sqliteDomain(db);
		const ann = await world.person('ann');
		const room = await world.room(ann);
		const [model] = await sayAll(world, ann, room, ['quokka']);
		const columns = db
			.prepare<[], string>("SELECT name FROM pragma_table_info('message')")
			.pluck()
			.all()
			.filter((name) => !['number', 'id', 'seq', 'rev'].includes(name));
		db.exec(`WITH RECURSIVE n (n) AS (SELECT 100 UNION ALL SELECT n + 1 FROM n WHERE n < 5100)
			INSERT INTO message (id, seq, rev, ${columns})
			SELECT id || n, n, n + 20000, ${columns} FROM message JOIN n WHERE id = '${model}'`);
		const main = createSqliteSource(db);
		const told: number[] = [];
		const changed: MainDatabase['changed'] = (...asked) => {
			const part = main.changed(...asked);
			told.push(part.length);
			return part;
		};
		const path = join(mkdtempSync(join(tmpdir(), 'roost-index-')), 'search.sqlite');
		const open = () => new SearchIndex({ main: { ...main, changed }, path });
		let index = open();
		index.catchUp(Infinity);
		index.close();
		expect(told).toEqual([]);
		db.exec("UPDATE message SET rev = rev + 20000, body = 'wombat' WHERE seq IN (100, 5100)");
		index = open();
		expect(index.catchUp(Infinity)).toBe('done');
		const number = db.prepare('SELECT number FROM room WHERE id = ?').pluck().get(room) as number;
		const rooms = [{ room: number, from: 1 }];
		const found = index.find({ query: 'wombat', rooms, limit: 50, below: Infinity });
		expect(found.hits).toHaveLength(2);
		expect(told).toEqual([5_000, 1, 0]);
		index.close();
		rmSync(dirname(path), { recursive: true });
		db.close();
	});

	test('of a database that was put back to an earlier state is made anew (DISK-8)', async () => {
		const world = await start();
		const ann = await world.person('ann');
		const room = await world.room(ann);
		const backup = join(world.dataDir, 'backup.sqlite');
		const [message] = await sayAll(world, ann, room, ['needle of old']);
		world.db.exec(`VACUUM INTO '${backup}'`);
		await ann.do({ kind: 'message.recall', room, message: message! });
		expect(await world.findAll(ann, { query: 'needle' })).toEqual([]);

		const again = await restart(world, () => {
			const file = join(world.dataDir, 'roost.sqlite');
			for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true });
			copyFileSync(backup, file);
		});
		expect(await again.findAll(ann, { query: 'needle' })).toEqual([message]);
	});

	/** Ways in which the file of an index can be wrong. */
	const damages: [string, (file: string) => void][] = [
		['is gone', (file) => rmSync(file)],
		['is empty', (file) => writeFileSync(file, '')],
		['is no database', (file) => writeFileSync(file, 'x'.repeat(10_000))],
		[
			'has lost half of it',
			(file) => writeFileSync(file, readFileSync(file).subarray(0, 3 * 4_096))
		],
		[
			'has a page of zeros',
			(file) => {
				const bytes = readFileSync(file);
				writeFileSync(file, bytes.fill(0, 3 * 4_096, 6 * 4_096));
			}
		],
		['has no terms', (file) => run(file, 'DROP TABLE term')],
		['has damaged terms', (file) => run(file, "UPDATE term_data SET block = x'0102030405'")],
		[
			'is of another format',
			(file) => run(file, "UPDATE state SET value = '0' WHERE key = 'format'")
		],
		[
			'is of another database',
			(file) => run(file, "UPDATE state SET value = 'x:1' WHERE key = 'instance'")
		]
	];
	function run(file: string, sql: string): void {
		const db = new Database(file);
		db.unsafeMode(true);
		db.exec(sql);
		db.close();
	}

	test.each(damages)(
		'and %s is made anew, without anybody noticing (DISK-8)',
		async (_what, damage) => {
			const world = await start();
			const ann = await world.person('ann');
			const ids = await sayAll(
				world,
				ann,
				await world.room(ann),
				Array.from({ length: 300 }, (_, n) => `needle ${n}`)
			);
			expect(await world.findAll(ann, { query: 'needle' })).toHaveLength(300);
			const again = await restart(world, () => damage(indexFile(world)));
			expect(await again.findAll(ann, { query: 'needle' })).toEqual(ids.toReversed());
		}
	);
});

test('on a full disk what is there can be searched, and the rest is found later (DISK-1)', async () => {
	const world = await start('memory');
	const ann = await world.person('ann');
	const room = await world.room(ann);
	const [before] = await sayAll(world, ann, room, ['needle before']);
	expect(await world.findAll(ann, { query: 'needle' })).toEqual([before]);
	const [after] = await sayAll(world, ann, room, ['needle after']);
	// Only the index's disk is full: the main database keeps its own.
	world.db.transaction = world.db.transaction.bind(world.db) as typeof world.db.transaction;
	const full = vi.spyOn(Database.prototype, 'transaction').mockImplementation(() => {
		throw new Database.SqliteError('database or disk is full', 'SQLITE_FULL');
	});
	const found = await world.ask(ann, { query: 'needle' });
	full.mockRestore();
	expect([found.rows.map(({ id }) => id), found.complete]).toEqual([[before], false]);
	expect(await world.findAll(ann, { query: 'needle' })).toEqual([after, before]);
});

test('of one person three searches are under way; others are answered meanwhile (promise 17, LOAD-9)', async () => {
	const world = await start();
	const [ann, bob] = [await world.person('ann'), await world.person('bob')];
	await world.search(ann, { query: 'x' });
	const many = Array.from({ length: 5 }, () => world.ask(ann, { query: 'x' }));
	const other = world.ask(bob, { query: 'x' });
	const ended = await Promise.allSettled(many);
	const statuses = ended.map(({ status }) => status);
	expect(statuses.filter((status) => status === 'fulfilled')).toHaveLength(3);
	expect(ended.find(({ status }) => status === 'rejected')).toMatchObject({
		reason: { refusal: { code: 'busy' } }
	});
	expect((await other).complete).toBe(true);
});

describe('half a second', () => {
	test('is looked at between stretches that leave nothing out', () => {
		const number = fc.integer({ min: 0, max: 3_000_000 });
		fc.assert(
			fc.property(number, number, fc.boolean(), (low, below, areTexts) => {
				const windows = [...windowsOf(low, below, areTexts)];
				const edges = windows.map((window) => window.high);
				expect(windows.every((window) => window.low < window.high)).toBe(true);
				expect(edges).toEqual([below - 1, ...windows.map((window) => window.low)].slice(0, -1));
				expect(windows.at(-1)?.low ?? low).toBe(low);
				expect(windows.length > 0).toBe(below - 1 > low);
			})
		);
	});

	test('bounds a search that looks at everything; going on finds the rest (HTTP-19)', async () => {
		const world = await start('memory');
		const ann = await world.person('ann');
		const room = await world.room(ann);
		const ids = await sayAll(
			world,
			ann,
			room,
			Array.from({ length: 100 }, (_, n) => (n % 2 === 0 ? `c++ ${n}` : `c ${n}`))
		);
		let now = 0;
		let looks = 0;
		const index = createLocalIndex(world.db, () => {
			looks += 1;
			// Fast while it is made, then so slow that a few messages take all the time.
			return (now += looks > 50 ? 50 : 0);
		});
		const number = world.db
			.prepare('SELECT number FROM room WHERE id = ?')
			.pluck()
			.get(room) as number;
		const question = { query: '++', rooms: [{ room: number, from: 1 }], limit: 50 };
		await index.find(ann.person, { ...question, below: 1 });
		looks = 1_000;
		const numbers: number[] = [];
		let searches = 0;
		let next: number | null = Infinity;
		while (next !== null) {
			const hits = await index.find(ann.person, { ...question, below: next });
			expect(hits.took).toBeLessThanOrEqual(600);
			expect(hits.complete).toBe(hits.next === null);
			numbers.push(...hits.hits.map((hit) => hit.number));
			next = hits.next;
			searches += 1;
		}
		expect(searches).toBeGreaterThan(3);
		expect(numbers).toHaveLength(ids.length / 2);
		expect(numbers).toEqual(numbers.toSorted((a, b) => b - a));
		await index.close();
	});

	test('is over without a word about messages that one may not see (promise 11)', async () => {
		const world = await start('memory');
		const ann = await world.person('ann');
		const room = await world.room(ann);
		const hidden = Array.from({ length: 2_500 }, (_, n) => `needle ${n}`);
		await sayAll(world, ann, room, hidden);
		const [first] = await sayAll(world, ann, room, ['needle seen', 'needle seen, too']);
		await sayAll(world, ann, await world.room(ann), hidden.slice(0, 10));
		const place = world.db
			.prepare<[string], { room: number; seq: number; number: number }>(
				`SELECT r.number AS room, m.seq, m.number FROM message m JOIN room r ON r.id = m.room
				WHERE m.id = ?`
			)
			.get(first!)!;
		const mayTell = new Set([null, place.number, place.number + 1]);

		let step = 0;
		let now = 0;
		const index = createLocalIndex(world.db, () => (now += step));
		const rooms = [{ room: place.room, from: place.seq }];
		const others = Array.from({ length: 100 }, (_, n) => ({ room: 1_000 + n, from: 1 }));
		for (const readable of [rooms, [...rooms, ...others]]) {
			const question = { query: 'needle', rooms: readable, limit: 50 };
			step = 0;
			const all = await index.find(ann.person, { ...question, below: Infinity });
			expect(all).toMatchObject({ next: null, complete: true });
			// So slow that one look at the clock after another ends the search.
			step = 200;
			const found: number[] = [];
			for (let below: number | null = 10_000; below !== null;) {
				const { hits, next } = await index.find(ann.person, { ...question, below });
				found.push(...hits.map(({ number }) => number));
				expect(next === null || next % 1_000 === 0 || mayTell.has(next), String(next)).toBe(true);
				expect(next ?? 0).toBeLessThan(below);
				below = next;
			}
			expect(found).toEqual([place.number + 1, place.number]);
		}
		await index.close();
	});

	test('is enough for the newest while an index is still being made, and the answer says so', async () => {
		const world = await start('memory');
		const ann = await world.person('ann');
		const room = await world.room(ann);
		await sayAll(
			world,
			ann,
			room,
			Array.from({ length: 2_000 }, (_, n) => `needle ${n}`)
		);
		let now = 0;
		const index = createLocalIndex(world.db, () => (now += 30));
		const number = world.db
			.prepare('SELECT number FROM room WHERE id = ?')
			.pluck()
			.get(room) as number;
		const question = { query: 'needle 1999', rooms: [{ room: number, from: 1 }], limit: 5 };
		const first = await index.find(ann.person, question);
		expect(first).toMatchObject({ hits: [{ number: expect.any(Number) }], complete: false });
		expect(first.next).not.toBe(null);
		let rounds = 1;
		for (let one = first; !one.complete; rounds++) one = await index.find(ann.person, question);
		expect(rounds).toBeGreaterThan(1);
		await index.close();
	});
});
