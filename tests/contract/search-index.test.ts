/** The search index in IndexedDB: whatever happens in whatever order, it answers by the messages as they are. */
import 'fake-indexeddb/auto';
import { Dexie } from 'dexie';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deleteAccountData, openCache, openExistingCache } from '../../src/lib/db/open.ts';
import { cacheName, CacheDatabase } from '../../src/lib/db/schema.ts';
import { checkIndex } from '../../src/lib/db/search/index-check.ts';
import { IndexSearch } from '../../src/lib/db/search/index-search.ts';
import { bucketOf, segmentOf } from '../../src/lib/db/search/segment.ts';
import { packSegment, unpackSegment } from '../../src/lib/db/search/segment-bytes.ts';
import { SegmentStore, type Stretch } from '../../src/lib/db/search/segment-store.ts';
import type { Cache } from '../../src/lib/db/cache.ts';
import type { MessageRow } from '../../src/lib/protocol/change.ts';
import type { SearchRequest } from '../../src/lib/protocol/search.ts';
import { matches } from '../../src/lib/search/match.ts';
import { parseQuery } from '../../src/lib/search/query.ts';
import { searchableText } from '../../src/lib/search/searchable-text.ts';
import type { StreamChange } from '../../src/lib/sync/ports.ts';
import { buildAll } from './index.ts';
import { change, id, ME, message, OTHER, state } from './rows.ts';

const quiet = { outdated: () => undefined, deleted: () => undefined };
const never = new AbortController().signal;
const ask = (query: string, more: Partial<SearchRequest> = {}): SearchRequest => ({
	query,
	limit: 50,
	...more
});

let cache: Cache;
let db: CacheDatabase;

beforeEach(async () => {
	await deleteAccountData(ME);
	cache = await openCache(ME, quiet);
	db = new CacheDatabase(ME);
	await db.open();
});
afterEach(async () => {
	cache.close();
	db.close();
	await deleteAccountData(ME);
});

/** Commits to a room that the person is in; all below `top` is held. */
async function commit(room: string, top: number, more: Partial<StreamChange>): Promise<void> {
	const held = await cache.stream(room);
	const next = {
		...(held ?? state(room)),
		role: 'member' as const,
		cursor: { i: 'db', g: 1, s: top, h: 'h' },
		ranges: [{ from: 1, to: top, asOf: null }]
	};
	expect(
		await cache.commit([change(room, { expect: held?.version ?? 0, next, ...more })], ME)
	).not.toBe(null);
}

const found = async (query: string, search = new IndexSearch(db)) =>
	(await search.search(ask(query))).rows.map((row) => row.body);

/** Every text that the index has of any room. */
async function allIndexed(): Promise<string> {
	const kept = await db.searchBytes.toArray();
	const segments = await Promise.all(kept.map(({ bytes }) => unpackSegment(bytes)));
	return segments.map(({ text }) => text.cased).join('\n');
}

describe('the bytes of a segment', () => {
	const rowsOf = fc.array(
		fc.record({
			gap: fc.integer({ min: 1, max: 400 }),
			at: fc.integer({ min: 0, max: 8.64e15 }),
			author: fc.constantFrom(ME, OTHER, id()),
			body: fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
			hasFile: fc.boolean()
		}),
		{ maxLength: 60 }
	);

	test('give the segment back', async () => {
		await fc.assert(
			fc.asyncProperty(rowsOf, async (made) => {
				const room = id();
				let seq = 0;
				const file = { id: id(), name: 'a b.pdf', size: 1, type: 'x/y', kind: 'file' as const };
				const rows = made.map(({ gap, hasFile, ...more }) =>
					message(room, (seq += gap), { ...more, ...(hasFile ? { files: [file] } : {}) })
				);
				const segment = segmentOf(rows);
				expect(await unpackSegment(await packSegment(segment))).toEqual(segment);
			}),
			{ numRuns: 60 }
		);
	});

	test('that were damaged anywhere are refused, or cut', async () => {
		const room = id();
		const rows = Array.from({ length: 30 }, (_, n) => message(room, n + 1, { body: `word ${n}` }));
		const bytes = await packSegment(segmentOf(rows));
		for (let at = 0; at < bytes.length; at++) {
			const damaged = Uint8Array.from(bytes);
			damaged[at]! ^= 0x55;
			await expect(unpackSegment(damaged)).rejects.toThrow();
		}
		await expect(unpackSegment(bytes.slice(0, -9))).rejects.toThrow();
		await expect(unpackSegment(new Uint8Array())).rejects.toThrow();
	});
});

describe('what is kept', () => {
	test('an older release’s cache is kept, and indexed', async () => {
		const room = id();
		const rows = Array.from({ length: 1_500 }, (_, n) => message(room, n + 1));
		await commit(room, 1_500, { rows });
		const kept = {
			streams: await db.streams.toArray(),
			messages: await db.messages.toArray(),
			cards: await db.cards.toArray()
		};
		cache.close();
		db.close();
		await Dexie.delete(cacheName(ME));
		const old = new Dexie(cacheName(ME));
		old.version(3).stores({
			streams: 'id',
			messages: 'id, [room+seq]',
			members: '[room+id]',
			cards: 'id, number',
			directory: 'id',
			seen: '[room+id]',
			own: '[kind+id]',
			meta: 'key'
		});
		for (const [table, all] of Object.entries(kept)) await old.table(table).bulkAdd(all);
		old.close();

		cache = await openCache(ME, quiet);
		db = new CacheDatabase(ME);
		await db.open();
		expect(await cache.countMessages(room)).toBe(1_500);
		expect((await db.searchStale.toArray()).map(({ bucket }) => bucket)).toEqual([0, 1]);
		expect(await found('1499')).toEqual(['text 1499']);
		await buildAll(db);
		expect(await db.searchStale.count()).toBe(0);
		expect(await db.searchSegments.count()).toBe(2);
		expect(await found('1499')).toEqual(['text 1499']);
	});

	test('what was edited or recalled is gone from the index with the commit that says so', async () => {
		const room = id();
		const [recalled, edited, kept] = [
			message(room, 1, { body: 'recalled secret' }),
			message(room, 2, { body: 'edited mistake' }),
			message(room, 3, { body: 'kept words' })
		];
		await commit(room, 3, { rows: [recalled, edited, kept] });
		await buildAll(db);
		expect(await allIndexed()).toBe('recalled secret\nedited mistake\nkept words');
		await commit(room, 4, { rows: [{ ...recalled, body: '', deleted: true, rev: 4 }] });
		expect(await allIndexed()).not.toContain('secret');
		await buildAll(db);
		await commit(room, 5, { rows: [{ ...edited, body: 'edited right', edited: 9, rev: 5 }] });
		expect(await allIndexed()).not.toContain('mistake');
		await buildAll(db);
		expect(await allIndexed()).toBe('edited right\nkept words');
	});

	test('a reaction or a pin makes nothing anew', async () => {
		const room = id();
		const row = message(room, 1);
		await commit(room, 1, { rows: [row] });
		await buildAll(db);
		const before = await db.searchSegments.toArray();
		await commit(room, 2, { rows: [{ ...row, rev: 2, reactions: [['👍', [1]]], pinned: 5 }] });
		expect(await db.searchStale.count()).toBe(0);
		expect(await db.searchSegments.toArray()).toEqual(before);
	});

	test('what was trimmed, or is of a room that was left, is in no table of the index', async () => {
		const [trimmed, left] = [id(), id()];
		const rows = Array.from({ length: 2_500 }, (_, n) =>
			message(trimmed, n + 1, { body: `item ${n + 1}` })
		);
		await commit(trimmed, 2_500, { rows });
		await commit(left, 1, { rows: [message(left, 1, { body: 'left behind' })] });
		await buildAll(db);
		const states = (await cache.streams()).map((one) => [one.id, one] as const);
		const held = new Map(states);
		const next = { ...held.get(trimmed)!, ranges: [{ from: 2_400, to: 2_500, asOf: null }] };
		const expect1 = held.get(trimmed)!.version;
		await cache.commit([change(trimmed, { expect: expect1, next, trimBelow: 2_400 })], ME);
		await cache.commit([change(left, { expect: held.get(left)!.version, next: null })], ME);
		expect(await allIndexed()).not.toMatch(/left behind|item 2399/u);
		await buildAll(db);
		const lines = (await allIndexed()).split('\n');
		expect([lines.length, lines[0]]).toEqual([101, 'item 2400']);
		expect(await db.searchSegments.count()).toBe(1);
	});
});

describe('building', () => {
	/** A room with one message, indexed, and one that is not. */
	async function half(): Promise<{ room: string; stretch: Stretch; store: SegmentStore }> {
		const room = id();
		await commit(room, 1, { rows: [message(room, 1, { body: 'first words' })] });
		const store = new SegmentStore(db);
		const [stretch] = (await store.read()).stretches;
		return { room, stretch: stretch!, store };
	}

	test('a segment of messages that changed meanwhile is not kept', async () => {
		const { room, stretch, store } = await half();
		const old = segmentOf(await store.rows(room, 0, 9));
		await commit(room, 2, { rows: [message(room, 2, { body: 'second words' })] });
		expect(await store.write(stretch, old, 1)).toBe(false);
		expect(await found('words')).toEqual(['second words', 'first words']);
		await buildAll(db);
		expect(await found('words')).toEqual(['second words', 'first words']);
	});

	test('of several that came since, none is passed over', async () => {
		const { room } = await half();
		await buildAll(db);
		await commit(room, 9, { rows: [message(room, 5, { body: 'words 5' })] });
		await commit(room, 9, { rows: [message(room, 8, { body: 'words 8' })] });
		await commit(room, 9, { rows: [message(room, 6, { body: 'words 6' })] });
		expect(await found('words')).toEqual(['words 8', 'words 6', 'words 5', 'first words']);
	});

	test('two builders at once make one index', async () => {
		await half();
		await Promise.all([buildAll(db), buildAll(db)]);
		expect(await db.searchStale.count()).toBe(0);
		expect(await db.searchSegments.count()).toBe(1);
		expect(await allIndexed()).toBe('first words');
	});

	test('what is open while the account is deleted makes no database again', async () => {
		cache.close();
		db.close();
		await deleteAccountData(ME);
		await expect(openExistingCache(ME, quiet)).rejects.toMatchObject({ name: 'StoreError' });
		expect((await indexedDB.databases()).map(({ name }) => name)).not.toContain(cacheName(ME));
	});
});

describe('damage', () => {
	/** A room with two stretches, all indexed. */
	async function indexed(): Promise<string> {
		const room = id();
		const rows = Array.from({ length: 1_100 }, (_, n) => message(room, n + 1));
		await commit(room, 1_100, { rows });
		await buildAll(db);
		return room;
	}

	test.each([
		['bytes that are none', { bytes: new Uint8Array([1, 2, 3]) }],
		['bytes of another kind', { bytes: 'text' }],
		['bytes of another making', { stamp: 5 }]
	])('a segment with %s is made anew, and the search reads the messages', async (_, damage) => {
		const room = await indexed();
		const kept = await db.searchBytes.get([room, 0]);
		await db.searchBytes.put({ ...kept!, ...(damage as object) });
		expect(await found('777')).toEqual(['text 777']);
		expect(await db.searchStale.count()).toBe(1);
		await buildAll(db);
		expect(await db.searchStale.count()).toBe(0);
		expect(await found('777')).toEqual(['text 777']);
	});

	test.each([
		['a head', 'searchSegments', { newest: 'x' }],
		['a head', 'searchSegments', { stamp: null }],
		['a mark', 'searchStale', { from: 'x' }],
		['a mark', 'searchStale', { stamp: -1, from: NaN }]
	])('%s that is damaged costs that segment', async (_, table, damage) => {
		const room = await indexed();
		if (table === 'searchStale') await db.searchStale.put({ room, bucket: 0, stamp: 1, from: 9 });
		const row = (await db.table(table).get([room, 0])) as object;
		await db.table(table).put({ ...row, ...damage });
		expect(await found('777')).toEqual(['text 777']);
		await buildAll(db);
		await buildAll(db);
		expect(await db.searchStale.count()).toBe(0);
		expect(await found('777')).toEqual(['text 777']);
	});

	test('what is lost without a trace is found by counting', async () => {
		const room = await indexed();
		await db.searchSegments.delete([room, 0]);
		await db.searchBytes.delete([room, 0]);
		await db.messages.where('[room+seq]').equals([room, 1_050]).delete();
		await checkIndex(db, never);
		expect((await db.searchStale.toArray()).map(({ bucket }) => bucket)).toEqual([0, 1]);
		await buildAll(db);
		expect(await found('777')).toEqual(['text 777']);
		await checkIndex(db, never);
		expect(await db.searchStale.count()).toBe(0);
	});

	test('a damaged message is passed over, and found once it was fetched anew', async () => {
		const room = id();
		const row = message(room, 1, { body: 'whole again' });
		await commit(room, 2, { rows: [row, message(room, 2, { body: 'beside, again' })] });
		await db.table('messages').put({ ...row, at: 'never' });
		expect(await found('again')).toEqual(['beside, again']);
		await buildAll(db);
		expect(await found('again')).toEqual(['beside, again']);
		// The repair throws it away and marks its place.
		await cache.messages(room, 0, 9, 9, 'bottom');
		await commit(room, 2, { rows: [row] });
		expect(await found('again')).toEqual(['beside, again', 'whole again']);
		await buildAll(db);
		expect(await found('again')).toEqual(['beside, again', 'whole again']);
	});
});

describe('a message that was thrown away as damaged', () => {
	test('takes its words out of the index', async () => {
		const room = id();
		const row = message(room, 1, { body: 'thrown away' });
		await commit(room, 2, { rows: [row, message(room, 2, { body: 'kept here' })] });
		await buildAll(db);
		await db.table('messages').put({ ...row, at: 'never' });
		await cache.messages(room, 0, 9, 9, 'bottom');
		expect(await allIndexed()).not.toContain('thrown');
		await buildAll(db);
		expect(await allIndexed()).toBe('kept here');
	});
});

describe('whatever happens', () => {
	const WORDS = ['数据库', '连接', '失败', 'tea', 'Tea room', 'getName', '龙', '👍'];
	const ROOMS = [id(), id()];
	/** Seqs that lie around the borders of two stretches. */
	const SEQS = [1, 2, 1_023, 1_024, 1_025, 2_047, 2_048];

	type Step =
		| { do: 'say'; room: number; seq: number; body: string }
		| { do: 'edit' | 'recall' | 'react'; room: number; seq: number; body: string }
		| { do: 'trim'; room: number; below: number }
		| { do: 'wipe' | 'leave'; room: number }
		| { do: 'build' | 'restart' | 'half-build' | 'lose' };

	const room = fc.integer({ min: 0, max: 1 });
	const body = fc
		.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 3 })
		.map((words) => words.join(' '));
	const seq = fc.constantFrom(...SEQS);
	const step: fc.Arbitrary<Step> = fc.oneof(
		{ weight: 9, arbitrary: fc.record({ do: fc.constant('say' as const), room, seq, body }) },
		{
			weight: 4,
			arbitrary: fc.record({
				do: fc.constantFrom('edit' as const, 'recall' as const, 'react' as const),
				room,
				seq,
				body
			})
		},
		fc.record({ do: fc.constant('trim' as const), room, below: seq }),
		fc.record({ do: fc.constantFrom('wipe' as const, 'leave' as const), room }),
		{
			weight: 4,
			arbitrary: fc.record({
				do: fc.constantFrom(
					'build' as const,
					'restart' as const,
					'half-build' as const,
					'lose' as const
				)
			})
		}
	);

	/** Plays steps on the store, and what has to come of them on plain maps. */
	class Player {
		readonly rows = new Map<string, MessageRow>();
		search = new IndexSearch(db);
		private rev = 10_000;
		private waiting: (() => Promise<unknown>) | null = null;

		private async write(room: string, rows: MessageRow[]): Promise<void> {
			await commit(room, 3_000, { rows });
			for (const row of rows) this.rows.set(`${room} ${row.seq}`, row);
		}

		async play(one: Step): Promise<void> {
			switch (one.do) {
				case 'say':
				case 'edit':
				case 'recall':
				case 'react':
					return this.change(one.do, ROOMS[one.room]!, one.seq, one.body);
				case 'trim':
					return this.trim(ROOMS[one.room]!, one.below);
				case 'wipe':
				case 'leave':
					return this.drop(one.do, ROOMS[one.room]!);
				case 'build':
					return buildAll(db);
				case 'half-build':
					return this.halfBuild();
				case 'restart':
					this.search = new IndexSearch(db);
					return checkIndex(db, never);
				case 'lose':
					// A disk loses a segment: the check of the next start finds it.
					await db.searchSegments.limit(1).delete();
					this.search = new IndexSearch(db);
					return checkIndex(db, never);
			}
		}

		private async change(
			what: 'say' | 'edit' | 'recall' | 'react',
			room: string,
			seq: number,
			text: string
		): Promise<void> {
			const held = this.rows.get(`${room} ${seq}`);
			if (what === 'say' && !held) {
				return this.write(room, [message(room, seq, { body: text, at: seq * 1_000 })]);
			}
			if (!held || held.deleted) return;
			const rev = this.rev++;
			if (what === 'edit') await this.write(room, [{ ...held, rev, body: text, edited: rev }]);
			if (what === 'recall') await this.write(room, [{ ...held, rev, body: '', deleted: true }]);
			if (what === 'react') await this.write(room, [{ ...held, rev, reactions: [['👍', [1]]] }]);
		}

		private async trim(room: string, below: number): Promise<void> {
			if (!(await cache.stream(room))) return;
			const held = (await cache.stream(room))!;
			const next = { ...held, ranges: [{ from: below, to: 3_000, asOf: null }] };
			await cache.commit([change(room, { expect: held.version, next, trimBelow: below })], ME);
			for (const [name, row] of this.rows) {
				if (row.room === room && row.seq < below) this.rows.delete(name);
			}
		}

		private async drop(what: 'wipe' | 'leave', room: string): Promise<void> {
			const held = await cache.stream(room);
			if (!held) return;
			const next = what === 'wipe' ? held : null;
			await cache.commit([change(room, { expect: held.version, next, wipe: true })], ME);
			for (const [name, row] of this.rows) if (row.room === room) this.rows.delete(name);
		}

		/** A builder that read messages writes what it made of them some steps later, or never. */
		private async halfBuild(): Promise<void> {
			const late = this.waiting;
			const store = new SegmentStore(db);
			const [stretch] = (await store.read()).stretches.filter((one) => one.mark !== null);
			this.waiting = null;
			if (stretch) {
				const { room, bucket } = stretch;
				const rows = await store.rows(room, bucket * 1_024, bucket * 1_024 + 1_023);
				this.waiting = () => store.write(stretch, segmentOf(rows), rows.length);
			}
			await late?.();
		}

		/** What has to be found, the newest first. */
		expected(query: string): string[] {
			const pieces = parseQuery(query);
			return [...this.rows.values()]
				.filter((row) => matches(searchableText(row), pieces))
				.sort((a, b) => b.at - a.at || (a.room < b.room ? -1 : 1))
				.map((row) => `${row.room} ${row.seq} ${row.body}`);
		}
	}

	test('a search finds what a look at every message finds', { timeout: 120_000 }, async () => {
		await fc.assert(
			fc
				.asyncProperty(
					fc.array(step, { minLength: 8, maxLength: 30, size: 'max' }),
					async (steps) => {
						const player = new Player();
						for (const one of steps) {
							await player.play(one);
							for (const query of ['数', '连接', 'tea', 'name 龙', '👍']) {
								const { rows, unprepared } = await player.search.search(ask(query));
								expect(rows.map((row) => `${row.room} ${row.seq} ${row.body}`)).toEqual(
									player.expected(query)
								);
								expect(unprepared).toBe(0);
							}
							const said = new Set([...player.rows.values()].map((row) => row.body));
							for (const line of (await allIndexed()).split('\n').filter(Boolean)) {
								expect(said).toContain(line);
							}
						}
					}
				)
				.beforeEach(async () => {
					await Promise.all(db.tables.map((table) => table.clear()));
				}),
			{ numRuns: 80 }
		);
	});
});

describe('while much is not indexed yet', () => {
	test('a search reads the latest of every room, and says how many messages it left out', async () => {
		const [long, short] = [id(), id()];
		const rows = Array.from({ length: 6_000 }, (_, n) => message(long, n + 1));
		await commit(long, 6_000, { rows });
		await commit(short, 1, { rows: [message(short, 1, { body: 'text of the short room' })] });
		const search = new IndexSearch(db);
		const { rows: answer, unprepared } = await search.search(ask('text short'));
		expect(answer.map((row) => row.room)).toEqual([short]);
		expect(unprepared).toBeGreaterThan(1_000);
		expect(await found('5999', search)).toEqual(['text 5999']);
		// What was read stays in memory: the next searches get to the rest.
		await search.search(ask('x'));
		expect((await search.search(ask('text 3'))).unprepared).toBe(0);
		await buildAll(db);
		expect((await new IndexSearch(db).search(ask('text 3'))).unprepared).toBe(0);
		expect(bucketOf(6_000)).toBe(5);
	});
});
