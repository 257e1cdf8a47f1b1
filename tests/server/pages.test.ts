/** What a pull answers: pages without gaps, pasts that are not the server's, and who is too far behind. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Cursor, Row } from '../../src/lib/protocol/change.ts';
import type { Page } from '../../src/lib/protocol/down.ts';
import { LIMITS } from '../../src/lib/protocol/limits.ts';
import { littleDomain, type LittleDomain, type Somebody } from '../support/little-domain.ts';

interface Scene extends Omit<LittleDomain, 'room'> {
	ann: Somebody;
	bob: Somebody;
	room: string;
}

async function scene(): Promise<Scene> {
	const world = await littleDomain();
	const [ann, bob] = [await world.person('ann'), await world.person('bob')];
	return { ...world, ann, bob, room: await world.room(ann, [bob]) };
}

async function pull(
	{ domain }: Pick<Scene, 'domain'>,
	who: Somebody,
	room: string,
	cursor: Cursor | null
) {
	const [page] = (await domain.pull(who, { streams: [{ id: room, cursor }] })).pages;
	return page!;
}

async function pageAfter(world: Scene, cursor: Cursor): Promise<Page> {
	const page = await pull(world, world.bob, world.room, cursor);
	if (page.type !== 'page') throw new Error(page.type);
	return page;
}

/** Where the room stands. */
async function headOf({ domain, ann, room }: Scene): Promise<Cursor> {
	const { instance: i, generation: g, heads } = await domain.heads(ann, {});
	const [s, h] = heads[room]!;
	return { i, g, s, h };
}

/** The cursor of a device that has seen all up to `seq`, as the log has it. */
async function cursorAt(world: Scene, seq: number): Promise<Cursor> {
	const { i, g } = await headOf(world);
	const [change] = await world.query<{ hash: string }>(
		'SELECT hash FROM change WHERE stream = ? AND seq = ?',
		world.room,
		seq
	);
	return { i, g, s: seq, h: change?.hash ?? '' };
}

/** A text of which 100 do not fit into one answer. */
const LONG = 'word '.repeat(700);

/** Ann says so many things; ids of the messages. */
async function say({ ann, room }: Scene, count: number, text = 'text'): Promise<string[]> {
	const post = (n: number) => ann.do({ kind: 'message.post', room, body: `${text} ${n}` });
	return Promise.all(Array.from({ length: count }, (_, n) => post(n)));
}

/** Changes what is there: an edit, a reaction and a recall, of one message each. */
async function change({ ann, bob, room }: Scene, [first, second, third]: string[]) {
	await ann.do({ kind: 'message.edit', room, message: first!, body: 'changed' });
	await bob.do({ kind: 'message.react', room, message: second!, emoji: '👍', on: true });
	await ann.do({ kind: 'message.recall', room, message: third! });
}

const key = (row: Row) => `${row.kind} ${row.id}`;

describe('a page', () => {
	test('has every row with from < rev <= upto, ascending, and the hash of that moment (C1)', async () => {
		const world = await scene();
		const ids = await say(world, 30);
		await change(world, ids);
		const head = await headOf(world);
		await fc.assert(
			fc.asyncProperty(fc.integer({ min: 0, max: head.s }), async (from) => {
				const page = await pageAfter(world, await cursorAt(world, from));
				const revs = page.rows.map((row) => row.rev);
				expect(revs).toEqual([...revs].sort((a, b) => a - b));
				expect([page.from, page.upto]).toEqual([from, head]);
				const whole = await pageAfter(world, await cursorAt(world, 0));
				expect(page.rows).toEqual(whole.rows.filter((row) => row.rev > from));
			}),
			{ numRuns: 40 }
		);
	});

	test('follows the one before it without a gap, while others go on writing (C1)', async () => {
		const world = await scene();
		const ids = await say(world, 200, LONG);
		const held = new Map<string, Row>();
		let cursor = await cursorAt(world, 0);
		for (let isWhole = false, turn = 0; !isWhole; turn++) {
			// What is changed after the first page was read must come with a later one.
			if (turn === 1) await change(world, ids);
			const page = await pageAfter(world, cursor);
			expect(page.from).toBe(cursor.s);
			expect(page.upto).toEqual(await cursorAt(world, page.upto.s));
			for (const row of page.rows) {
				expect(row.rev > page.from && row.rev <= page.upto.s).toBe(true);
				held.set(key(row), row);
			}
			cursor = page.upto;
			isWhole = page.complete;
		}
		const newest = await pageAfter(world, await cursorAt(world, ids.length));
		for (const row of newest.rows) expect(held.get(key(row))).toEqual(row);
		expect(ids.filter((id) => !held.has(`message ${id}`))).toEqual([]);
		expect(held.get(`message ${ids[2]}`)).toMatchObject({ deleted: true, body: '' });
	});

	test('is complete only when it ends at the head, and then counts what is unread (C3, R7)', async () => {
		const world = await scene();
		const { bob, room } = world;
		await say(world, 100, LONG);
		const cut = await pageAfter(world, await cursorAt(world, 0));
		const head = await headOf(world);
		expect(cut.upto.s).toBeLessThan(head.s);
		expect(cut).toMatchObject({ complete: false });
		expect(cut).not.toHaveProperty('unread');
		await bob.do({ kind: 'read.mark', room, upto: head.s - 7 });
		expect(await pageAfter(world, cut.upto)).toMatchObject({
			complete: true,
			upto: await headOf(world),
			unread: 7,
			mentioned: 0
		});
		const ownFeed = await pull(world, bob, bob.person, { ...head, s: 0, h: '' });
		expect(ownFeed).toMatchObject({ complete: true });
		expect(ownFeed).not.toHaveProperty('unread');
	});
});

describe('a cursor that is not part of the stream’s past is answered "reset" (C2)', () => {
	test.each([
		['instance', (head: Cursor) => ({ ...head, i: 'another database' })],
		['generation', (head: Cursor) => ({ ...head, g: head.g + 1 })],
		['generation', (head: Cursor) => ({ ...head, g: head.g - 1 })],
		['ahead', (head: Cursor) => ({ ...head, s: head.s + 1 })],
		['hash', (head: Cursor) => ({ ...head, h: '0123456789abcdef' })],
		['hash', (head: Cursor) => ({ ...head, s: head.s - 1 })]
	])('%s', async (why, foreign) => {
		const world = await scene();
		await say(world, 3);
		const head = await headOf(world);
		for (const stream of [world.room, world.bob.person]) {
			if (stream !== world.room && why !== 'instance' && why !== 'generation') continue;
			expect(await pull(world, world.bob, stream, foreign(head))).toEqual({
				type: 'reset',
				stream,
				why
			});
		}
		expect((await pull(world, world.bob, world.room, head)).type).toBe('page');
	});

	test('floor: of what the log no longer has', async () => {
		const world = await scene();
		await say(world, 5);
		const [below, at] = [await cursorAt(world, 3), await cursorAt(world, 4)];
		await world.query('UPDATE stream SET floor = 4 WHERE id = ? RETURNING id', world.room);
		const { bob, room } = world;
		expect(await pull(world, bob, room, below)).toMatchObject({ type: 'reset', why: 'floor' });
		expect((await pull(world, bob, room, at)).type).toBe('page');
	});
});

describe('skipping to the newest (C5)', () => {
	test('is for who knows nothing, or is more than 1,000 changes behind', async () => {
		const world = await scene();
		const ids = await say(world, LIMITS.skipToNewestAfter + 60);
		const { bob, room } = world;
		const head = await headOf(world);
		expect(LIMITS.skipToNewestAfter).toBe(1_000);
		const near = await cursorAt(world, head.s - LIMITS.skipToNewestAfter);
		expect((await pull(world, bob, room, near)).type).toBe('page');
		const far = await cursorAt(world, near.s - 1);
		for (const cursor of [null, far]) {
			const page = await pull(world, bob, room, cursor);
			if (page.type !== 'skipToNewest') throw new Error(page.type);
			const messages = page.rows.filter((row) => row.kind === 'message');
			expect(messages.map(({ id }) => id)).toEqual(ids.slice(-LIMITS.pageMessages));
			expect(page).toMatchObject({ cursor: head, covered: messages[0]!.seq });
		}
	});

	test('leaves no hole where all fits into the newest page', async () => {
		const world = await scene();
		const ids = await say(world, 10);
		const page = await pull(world, world.bob, world.room, null);
		if (page.type !== 'skipToNewest') throw new Error(page.type);
		const messages = page.rows.filter((row) => row.kind === 'message');
		expect(messages.map(({ id }) => id)).toEqual(ids);
		expect(page.covered).toBe(1);
	});
});
