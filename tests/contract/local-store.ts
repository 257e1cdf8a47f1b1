/** What every LocalStore must do (docs/protocol.md, "On the device"). */
import type { Cache } from '../../src/lib/db/cache.ts';
import type { ContactRow, PrefRow, SeenRow } from '../../src/lib/protocol/change.ts';
import { DIRECTORY } from '../../src/lib/protocol/ids.ts';
import { testsWith, type Suite } from './suite.ts';
import { card, change, id, listing, ME, member, message, OTHER, state } from './rows.ts';

/** Two handles on one and the same cache, new for each test. */
export interface CacheFixture {
	store: Cache;
	second: Cache;
	end(): Promise<void>;
}

export function localStoreContract(suite: Suite, make: () => Promise<CacheFixture>): void {
	const { expect, waitFor } = suite;
	const it = testsWith(suite, make);

	it('starts empty', async ({ store }) => {
		expect(await store.streams()).toEqual([]);
		expect(await store.message(id())).toBe(null);
		expect(await store.messages(id(), 0, Infinity, 10, 'top')).toEqual([]);
		expect(await store.stream(id())).toBe(null);
	});

	it('several reads are one, and answer what each answers by itself', async ({ store }) => {
		const room = id();
		const row = message(room, 1);
		const cursor = { i: 'db', g: 1, s: 1, h: 'aa' };
		const next = state(room, { cursor, ranges: [{ from: 1, to: 1, asOf: null }] });
		await store.commit([change(room, { next, rows: [row], cards: [card(OTHER)] })], ME);
		const read = async () => {
			const [stream, rows] = await Promise.all([
				store.stream(room),
				store.messages(room, 0, Infinity, 10, 'top')
			]);
			const cards = await store.cards(rows.map(({ author }) => author));
			return { stream, rows, cards };
		};
		expect(await store.together(read)).toEqual(await read());
		const refused = store.together(() => Promise.reject(new Error('no')));
		expect(await refused.catch((error: Error) => error.message)).toBe('no');
	});

	it('promise 8: rows and cursor move together, and the version is raised by one', async ({
		store
	}) => {
		const room = id();
		const row = message(room, 1);
		const cursor = { i: 'db', g: 1, s: 1, h: 'aa' };
		const next = state(room, { cursor, ranges: [{ from: 1, to: 1, asOf: null }] });
		const written = await store.commit([change(room, { next, rows: [row] })], ME);
		expect(written).toEqual([{ ...next, version: 1 }]);
		expect(await store.streams()).toEqual([{ ...next, version: 1 }]);
		expect(await store.message(row.id)).toEqual(row);
	});

	it('TAB-3: of two commits made for the same version only one is written', async ({
		store,
		second
	}) => {
		const room = id();
		const answers = await Promise.all([
			store.commit([change(room, { rows: [message(room, 1)] })], ME),
			second.commit([change(room, { rows: [message(room, 2)] })], ME)
		]);
		expect(answers.filter((answer) => answer === null).length).toBe(1);
		expect((await store.messages(room, 0, Infinity, 10, 'top')).length).toBe(1);
	});

	it('writes nothing of any stream when one was made for another version', async ({ store }) => {
		const [a, b] = [id(), id()];
		await store.commit([change(a)], ME);
		const answer = await store.commit(
			[
				change(b, { rows: [message(b, 1)], cards: [card(OTHER)] }),
				change(a, { expect: 7, rows: [message(a, 1)] })
			],
			ME
		);
		expect(answer).toBe(null);
		expect(await store.messages(b, 0, Infinity, 10, 'top')).toEqual([]);
		expect((await store.streams()).map((one) => one.id)).toEqual([a]);
		expect(await store.cards([OTHER])).toEqual([]);
	});

	it('promise 8: an older form never replaces a newer one, tombstones are kept', async ({
		store
	}) => {
		const room = id();
		const old = message(room, 1);
		const deleted = { ...old, rev: 5, body: '', deleted: true as const };
		await store.commit([change(room, { rows: [deleted] })], ME);
		await store.commit([change(room, { expect: 1, rows: [old] })], ME);
		expect(await store.message(old.id)).toEqual(deleted);
		const person = id();
		const out = member(room, person, 9, { state: 'out' });
		await store.commit([change(room, { expect: 2, rows: [out, member(room, person, 3)] })], ME);
		expect(await store.members(room)).toEqual([out]);
	});

	it('of two forms in one commit the newer one stays, whatever their order', async ({ store }) => {
		const room = id();
		const first = message(room, 1);
		const second = { ...first, rev: 4, body: 'newer' };
		await store.commit([change(room, { rows: [second, first] })], ME);
		expect(await store.message(first.id)).toEqual(second);
	});

	it('writes skipMerge rows and places nothing else in tables', async ({ store }) => {
		const room = id();
		const rows = [1, 2, 3].map((seq) => message(room, seq));
		const roomRow = {
			kind: 'room' as const,
			id: room,
			number: 1,
			rev: 1,
			name: 'r',
			description: '',
			private: false,
			owner: ME,
			at: 1
		};
		await store.commit(
			[change(room, { skipMerge: true, rows: [roomRow, ...rows, member(room, ME, 2)] })],
			ME
		);
		expect(await store.messages(room, 0, Infinity, 10, 'top')).toEqual(rows);
		expect((await store.members(room)).length).toBe(1);
		expect(await store.countMessages(room)).toBe(3);
	});

	it('reads messages in order, counted from either end, of one room only', async ({ store }) => {
		const [room, other] = [id(), id()];
		const seqs = [9, 2, 30, 4, 11];
		const rows = seqs.map((seq) => message(room, seq));
		await store.commit([change(room, { rows }), change(other, { rows: [message(other, 5)] })], ME);
		const read = async (from: number, to: number, limit: number, end: 'top' | 'bottom') =>
			(await store.messages(room, from, to, limit, end)).map((row) => row.seq);
		expect(await read(0, Infinity, 10, 'top')).toEqual([2, 4, 9, 11, 30]);
		expect(await read(0, Infinity, 2, 'top')).toEqual([11, 30]);
		expect(await read(0, Infinity, 2, 'bottom')).toEqual([2, 4]);
		expect(await read(4, 11, 10, 'top')).toEqual([4, 9, 11]);
		expect(await read(5, 8, 10, 'top')).toEqual([]);
	});

	it('promise 12: counts unread as told: others, undeleted, not system, after the read position', async ({
		store
	}) => {
		const room = id();
		const rows = [
			message(room, 1),
			message(room, 2),
			message(room, 3, { author: ME }),
			message(room, 4, { deleted: true, body: '' }),
			message(room, 5, { type: 'system' }),
			message(room, 6)
		];
		const next = state(room, { read: 1 });
		const counted = await store.commit([change(room, { next, rows, unread: 'recount' })], ME);
		expect(counted?.[0]?.unread).toBe(2);
		const added = await store.commit(
			[
				change(room, {
					expect: 1,
					next: state(room, { unread: 2 }),
					unread: { add: 3, mentions: 0 }
				})
			],
			ME
		);
		expect(added?.[0]?.unread).toBe(5);
		const set = await store.commit(
			[
				change(room, {
					expect: 2,
					next: state(room, { unread: 5 }),
					unread: { set: 1, mentions: 0 }
				})
			],
			ME
		);
		expect(set?.[0]?.unread).toBe(1);
		const kept = await store.commit(
			[change(room, { expect: 3, next: state(room, { unread: 1 }) })],
			ME
		);
		expect(kept?.[0]?.unread).toBe(1);
	});

	it('keeps the newest card of a person', async ({ store, second }) => {
		const room = id();
		const person = id();
		await store.commit([change(room, { cards: [card(person, 2, 'new')] })], ME);
		await second.commit([change(room, { expect: 1, cards: [card(person, 1, 'old')] })], ME);
		expect(await store.cards([person, id()])).toEqual([card(person, 2, 'new')]);
		await second.commit([change(room, { expect: 2, cards: [card(person, 3, 'newest')] })], ME);
		expect(await store.cards([person])).toEqual([card(person, 3, 'newest')]);
	});

	it('promise 18: a wipe throws away what was there before and keeps what comes with it', async ({
		store
	}) => {
		const [room, other] = [id(), id()];
		const person = id();
		await store.commit(
			[
				change(room, { rows: [message(room, 1), member(room, person, 2)] }),
				change(other, { rows: [message(other, 1)] })
			],
			ME
		);
		const fresh = message(room, 1, { rev: 1 });
		await store.commit([change(room, { expect: 1, wipe: true, rows: [fresh] })], ME);
		expect(await store.messages(room, 0, Infinity, 10, 'top')).toEqual([fresh]);
		expect(await store.members(room)).toEqual([]);
		expect(await store.countMessages(other)).toBe(1);
	});

	it('promise 11: a forgotten stream leaves nothing, and its version never comes back', async ({
		store
	}) => {
		const room = id();
		const row = message(room, 1);
		await store.commit([change(room, { rows: [row, member(room, OTHER, 1)] })], ME);
		const answer = await store.commit([change(room, { expect: 1, next: null })], ME);
		expect(answer).toEqual([]);
		expect(await store.stream(room)).toBe(null);
		expect(await store.message(row.id)).toBe(null);
		expect(await store.members(room)).toEqual([]);
		const again = await store.commit([change(room)], ME);
		expect(again?.[0]?.version).toBe(2);
	});

	it('keeps rows of the own feed by kind, the newest form of each, and wipes them with the feed', async ({
		store
	}) => {
		const feed = state(ME, { kind: 'feed' });
		const pref = (rev: number, value: string): PrefRow => ({
			kind: 'pref',
			id: 'level:x',
			rev,
			value
		});
		const contact: ContactRow = {
			kind: 'contact',
			id: OTHER,
			rev: 3,
			state: 'friend',
			at: 1,
			card: card(OTHER)
		};
		await store.commit([change(ME, { next: feed, rows: [pref(2, '"new"'), contact] })], ME);
		await store.commit([change(ME, { expect: 1, next: feed, rows: [pref(1, '"old"')] })], ME);
		expect(await store.own('pref')).toEqual([pref(2, '"new"')]);
		expect(await store.own('contact')).toEqual([contact]);
		expect(await store.own('draft')).toEqual([]);
		await store.commit([change(ME, { expect: 2, next: feed, wipe: true })], ME);
		expect(await store.own('pref')).toEqual([]);
	});

	it('keeps how far others have read, by room, and cards by number', async ({ store }) => {
		const [room, other] = [id(), id()];
		const seen = (at: string, rev: number, upto: number): SeenRow => ({
			kind: 'seen',
			id: OTHER,
			room: at,
			rev,
			upto
		});
		const cards = [{ ...card(OTHER), number: 41 }];
		await store.commit([change(room, { rows: [seen(room, 5, 4)], cards })], ME);
		await store.commit([change(other, { rows: [seen(other, 1, 1)] })], ME);
		await store.commit([change(room, { expect: 1, rows: [seen(room, 4, 2)] })], ME);
		expect(await store.seen(room)).toEqual([seen(room, 5, 4)]);
		expect(await store.cardsByNumber([41, 42])).toEqual(cards);
		expect(await store.someCards(10)).toEqual(cards);
		expect((await store.someCards(1)).length).toBe(1);
		await store.commit([change(room, { expect: 2, next: null })], ME);
		expect(await store.seen(room)).toEqual([]);
		expect((await store.seen(other)).length).toBe(1);
	});

	it('promise 12: counts mentions apart, by the same rules as what is unread', async ({
		store
	}) => {
		const room = id();
		const mentions: [string, string][] = [['me', ME]];
		const rows = [
			message(room, 1, { mentions }),
			message(room, 2, { mentions }),
			message(room, 3, { mentions, author: ME }),
			message(room, 4, { mentions, deleted: true }),
			message(room, 5, { mentions: [['other', OTHER]] })
		];
		const next = state(room, { read: 1 });
		const counted = await store.commit([change(room, { next, rows, unread: 'recount' })], ME);
		expect(counted?.[0]).toMatchObject({ unread: 2, mentioned: 1 });
		const moved = await store.commit(
			[change(room, { expect: 1, next: counted![0]!, unread: { add: 2, mentions: 1 } })],
			ME
		);
		expect(moved?.[0]).toMatchObject({ unread: 4, mentioned: 2 });
		const set = await store.commit(
			[change(room, { expect: 2, next: moved![0]!, unread: { set: 7, mentions: 0 } })],
			ME
		);
		expect(set?.[0]).toMatchObject({ unread: 7, mentioned: 0 });
	});

	it('wipes the directory', async ({ store }) => {
		const room = id();
		await store.commit([change(DIRECTORY, { rows: [listing(room, 1)] })], ME);
		expect((await store.directory()).map((row) => row.id)).toEqual([room]);
		await store.commit([change(DIRECTORY, { expect: 1, wipe: true })], ME);
		expect(await store.directory()).toEqual([]);
	});

	it('trims what lies below and outside the ranges', async ({ store }) => {
		const room = id();
		const rows = [1, 2, 5, 6, 8, 9].map((seq) => message(room, seq));
		await store.commit([change(room, { rows })], ME);
		const next = state(room, {
			ranges: [
				{ from: 5, to: 5, asOf: 9 },
				{ from: 8, to: 9, asOf: null }
			]
		});
		await store.commit([change(room, { expect: 1, next, trimBelow: 7 })], ME);
		const left = await store.messages(room, 0, Infinity, 10, 'top');
		expect(left.map((row) => row.seq)).toEqual([5, 8, 9]);
	});

	it('tells every handle after a commit, by stream', async ({ store, second }) => {
		const [room, other] = [id(), id()];
		let all = 0;
		let mine = 0;
		let others = 0;
		const ends = [
			second.watch(null, () => all++),
			second.watch(room, () => mine++),
			store.watch(other, () => others++)
		];
		await store.commit([change(room)], ME);
		await waitFor(() => all > 0 && mine > 0);
		expect(others).toBe(0);
		for (const end of ends) end();
		const before = all;
		await store.commit([change(other)], ME);
		await store.streams();
		expect(all).toBe(before);
	});

	it('takes many rows of many streams in one commit', async ({ store }) => {
		const rooms = Array.from({ length: 20 }, () => id());
		const changes = rooms.map((room) =>
			change(room, {
				skipMerge: true,
				rows: Array.from({ length: 100 }, (_, i) => message(room, i + 1)),
				unread: 'recount'
			})
		);
		const written = await store.commit(changes, ME);
		expect(written?.map((one) => one.unread)).toEqual(rooms.map(() => 100));
		for (const room of rooms) expect(await store.countMessages(room)).toBe(100);
	});

	it('rejects with StoreError once closed', async ({ store }) => {
		store.close();
		const error = await store.streams().catch((error: unknown) => error);
		expect((error as { reason?: string }).reason).toBe('closed');
	});
}
