/** What a search on the device finds, whatever it is made of: the rows in memory, or the index in IndexedDB. */
import type { MessageRow } from '../../src/lib/protocol/change.ts';
import { directId } from '../../src/lib/protocol/ids.ts';
import type { SearchRequest } from '../../src/lib/protocol/search.ts';
import type { LocalSearch } from '../../src/lib/db/search/local-search.ts';
import type { LocalStore } from '../../src/lib/sync/ports.ts';
import { change, id, ME, message, OTHER, state } from './rows.ts';
import { VECTORS } from './search-vectors.ts';
import { testsWith, type Suite } from './suite.ts';

interface Fixture {
	store: LocalStore;
	search: LocalSearch;
	end(): Promise<void>;
}

/** A file of a message, by its name. */
const file = (name: string) => ({
	id: id(),
	name,
	size: 1,
	type: 'text/plain',
	kind: 'file' as const
});

const ask = (query: string, more: Partial<SearchRequest> = {}): SearchRequest => ({
	query,
	limit: 50,
	...more
});

/** Puts messages into a room that the person is in, and all of which is held. */
async function fill(store: LocalStore, room: string, rows: MessageRow[]): Promise<void> {
	const top = Math.max(...rows.map((row) => row.seq));
	const held = (await store.streams()).find((one) => one.id === room);
	const next = {
		...(held ?? state(room)),
		role: 'member' as const,
		cursor: { i: 'db', g: 1, s: top, h: 'h' },
		ranges: [{ from: 1, to: top, asOf: null }]
	};
	await store.commit([change(room, { expect: held?.version ?? 0, next, rows })], ME);
}

export function localSearchContract(suite: Suite, make: () => Promise<Fixture>): void {
	const { expect } = suite;
	const test = testsWith(suite, make);
	const bodies = async ({ search }: Fixture, request: SearchRequest) =>
		(await search.search(request)).rows.map((row) => row.body);

	test('finds by the one rule, whatever the text and the query', async (fixture) => {
		const room = id();
		const texts = [...new Set(VECTORS.map(({ text }) => text))];
		const rows = texts.map((body, n) => message(room, n + 1, { body }));
		await fill(fixture.store, room, rows);
		for (const { text, query, found } of VECTORS) {
			const all = await bodies(fixture, ask(query));
			expect([text, query, all.includes(text)]).toEqual([text, query, found]);
		}
	});

	test('answers the newest first, over all rooms, and says whether there are more', async (fixture) => {
		const [a, b] = [id(), id()];
		const at = (room: string, seq: number, moment: number) =>
			message(room, seq, { body: `tea ${moment}`, at: moment * 1_000 });
		await fill(fixture.store, a, [at(a, 1, 10), at(a, 2, 30), at(a, 3, 50)]);
		await fill(fixture.store, b, [at(b, 1, 20), at(b, 2, 40)]);
		expect(await bodies(fixture, ask('tea'))).toEqual([
			'tea 50',
			'tea 40',
			'tea 30',
			'tea 20',
			'tea 10'
		]);
		const { rows, hasMore, unprepared } = await fixture.search.search(ask('tea', { limit: 4 }));
		expect([rows.length, hasMore, unprepared]).toEqual([4, true, 0]);
		const all = await fixture.search.search(ask('tea', { limit: 5 }));
		expect([all.rows.length, all.hasMore]).toEqual([5, false]);
	});

	test('only rooms that the person is in', async (fixture) => {
		const [mine, other] = [id(), id()];
		await fill(fixture.store, mine, [message(mine, 1, { body: 'here' })]);
		const left = state(other, { ranges: [{ from: 1, to: 1, asOf: null }] });
		const rows = [message(other, 1, { body: 'here too' })];
		await fixture.store.commit([change(other, { next: left, rows })], ME);
		expect(await bodies(fixture, ask('here'))).toEqual(['here']);
		expect(await bodies(fixture, ask('here', { rooms: [other] }))).toEqual([]);
	});

	test('filters by room, conversation of two, author, time and files', async (fixture) => {
		const [room, direct] = [id(), directId(ME, OTHER)];
		await fill(fixture.store, room, [
			message(room, 1, { body: 'one', author: ME, at: 100_000 }),
			message(room, 2, { body: 'two', at: 200_000 }),
			message(room, 3, { body: '', at: 300_000, files: [file('three.pdf')] })
		]);
		await fill(fixture.store, direct, [message(direct, 1, { body: 'four', at: 400_000 })]);
		const seqs = async (more: Partial<SearchRequest>) =>
			(await fixture.search.search(ask('', more))).rows.map((row) => [row.room, row.seq]);
		expect(await seqs({})).toEqual([]);
		expect(await seqs({ author: ME })).toEqual([[room, 1]]);
		expect(await seqs({ direct: true, after: 0 })).toEqual([[direct, 1]]);
		expect(await seqs({ hasFile: true })).toEqual([[room, 3]]);
		expect(await seqs({ rooms: [room], author: OTHER })).toEqual([
			[room, 3],
			[room, 2]
		]);
		expect(await seqs({ after: 200_000, before: 400_000 })).toEqual([
			[room, 3],
			[room, 2]
		]);
	});

	test('finds names of files, and neither what was recalled nor what the system says', async (fixture) => {
		const room = id();
		await fill(fixture.store, room, [
			message(room, 1, { body: 'see this', files: [file('季度报告-final.xlsx')] }),
			message(room, 2, { body: '', deleted: true, rev: 9 }),
			message(room, 3, { body: 'joined this', type: 'system', system: { what: 'joined' } })
		]);
		const seqs = async (query: string) =>
			(await fixture.search.search(ask(query))).rows.map((row) => row.seq);
		expect(await seqs('报告')).toEqual([1]);
		expect(await seqs('final xls')).toEqual([1]);
		expect(await seqs('this')).toEqual([1]);
	});

	test('follows edits and recalls, and what was said a moment ago', async (fixture) => {
		const room = id();
		const [first, second] = [
			message(room, 1, { body: 'secret words' }),
			message(room, 2, { body: 'plain words' })
		];
		await fill(fixture.store, room, [first, second]);
		expect(await bodies(fixture, ask('words'))).toEqual(['plain words', 'secret words']);
		await fill(fixture.store, room, [
			{ ...first, rev: 3, body: '', deleted: true },
			{ ...second, rev: 4, body: 'other signs', edited: 9 },
			message(room, 5, { body: 'new words' })
		]);
		expect(await bodies(fixture, ask('words'))).toEqual(['new words']);
		expect(await bodies(fixture, ask('signs'))).toEqual(['other signs']);
	});

	test('forgets with the room, and what was trimmed', async (fixture) => {
		const [gone, kept] = [id(), id()];
		await fill(fixture.store, gone, [message(gone, 1, { body: 'word' })]);
		const rows = Array.from({ length: 3_000 }, (_, n) =>
			message(kept, n + 1, { body: `word ${n + 1}` })
		);
		await fill(fixture.store, kept, rows);
		await fixture.store.commit([change(gone, { expect: 1, next: null })], ME);
		const held = (await fixture.store.streams()).find((one) => one.id === kept)!;
		const ranges = [{ from: 2_999, to: 3_000, asOf: null }];
		const next = { ...held, ranges };
		await fixture.store.commit(
			[change(kept, { expect: held.version, next, trimBelow: 2_999 })],
			ME
		);
		expect(await bodies(fixture, ask('word'))).toEqual(['word 3000', 'word 2999']);
	});

	test('can be given up', async (fixture) => {
		const room = id();
		await fill(fixture.store, room, [message(room, 1)]);
		const given = new AbortController();
		given.abort(new Error('given up'));
		const outcome = await fixture.search
			.search(ask('text'), given.signal)
			.catch((error: Error) => error.message);
		expect(outcome).toBe('given up');
	});
}
