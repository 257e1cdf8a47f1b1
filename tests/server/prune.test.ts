/** The log ends somewhere: what is pruned, who begins anew, and that nothing that was said is lost. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPruning, LOG_KEPT } from '../../server/store/sql/prune.ts';
import type { Cursor } from '../../src/lib/protocol/change.ts';
import { littleDomain, type LittleDomain, type Somebody } from '../support/little-domain.ts';

const DAY = 86_400_000;

async function pruneAll({ database }: LittleDomain, now: number): Promise<void> {
	const step = createPruning(database);
	while (await step(now));
}

const changesOf = ({ query }: LittleDomain, stream: string) =>
	query<{ seq: number; hash: string }>(
		'SELECT seq, hash FROM change WHERE stream = ? ORDER BY seq',
		stream
	);

async function pulled(
	{ domain }: LittleDomain,
	who: Somebody,
	room: string,
	cursor: Cursor | null
) {
	const [page] = (await domain.pull(who, { streams: [{ id: room, cursor }] })).pages;
	return page!;
}

async function sayAll(ann: Somebody, room: string, count: number): Promise<void> {
	for (let n = 0; n < count; n++) await ann.do({ kind: 'message.post', room, body: `text ${n}` });
}

test('C2: who stood at the floor or above goes on, who stood below begins anew, and all is still there', async () => {
	const world = await littleDomain();
	const ann = await world.person('ann');
	const room = await world.room(ann);
	await sayAll(ann, room, 5);
	const old = await changesOf(world, room);
	world.later(LOG_KEPT + DAY);
	await sayAll(ann, room, 3);
	const all = await changesOf(world, room);
	const said = (await ann.rows(room)).length;
	await pruneAll(world, Date.now() + LOG_KEPT + DAY);

	const kept = await changesOf(world, room);
	expect(kept).toEqual(all.slice(old.length - 1));
	const { instance: i, generation: g } = await world.domain.heads(ann, {});
	for (const { seq: s, hash: h } of all) {
		const page = await pulled(world, ann, room, { i, g, s, h });
		if (s < kept[0]!.seq) expect(page).toMatchObject({ type: 'reset', why: 'floor' });
		else expect(page).toMatchObject({ type: 'page', from: s, complete: true });
	}
	expect(await ann.rows(room)).toHaveLength(said);
	await sayAll(ann, room, 1);
	expect(await ann.rows(room)).toHaveLength(said + 1);
});

test('a stream in which nothing happens keeps its head: a device that was away for years goes on', async () => {
	const world = await littleDomain();
	const ann = await world.person('ann');
	const room = await world.room(ann);
	await sayAll(ann, room, 2);
	await pruneAll(world, Date.now() + 10 * LOG_KEPT);
	const [last, ...more] = await changesOf(world, room);
	expect(more).toEqual([]);
	const { instance: i, generation: g, heads } = await world.domain.heads(ann, {});
	expect(heads[room]!.slice(0, 2)).toEqual([last!.seq, last!.hash]);
	const page = await pulled(world, ann, room, { i, g, s: last!.seq, h: last!.hash });
	expect(page).toMatchObject({ type: 'page', complete: true });
});

test('a young log is left alone, and so are young ends of acts', async () => {
	const world = await littleDomain();
	const ann = await world.person('ann');
	const room = await world.room(ann);
	await sayAll(ann, room, 2);
	const before = [await changesOf(world, room), await world.query('SELECT id FROM act_result')];
	await pruneAll(world, Date.now() + LOG_KEPT - DAY);
	expect([await changesOf(world, room), await world.query('SELECT id FROM act_result')]).toEqual(
		before
	);
	await pruneAll(world, Date.now() + LOG_KEPT + DAY);
	expect(await world.query('SELECT id FROM act_result')).toEqual([]);
});

test('a message that is handed in again years later is the same message (promise 2)', async () => {
	const world = await littleDomain();
	const ann = await world.person('ann');
	const room = await world.room(ann);
	const draft = { kind: 'message.post' as const, room, body: 'once' };
	const id = await ann.do(draft);
	await pruneAll(world, Date.now() + 10 * LOG_KEPT);
	const [again] = await world.domain.acts(ann, [{ id, at: 1, ...draft }]);
	expect(again).toMatchObject({ status: 'accepted', id });
	expect((await ann.rows(room)).filter((row) => row.kind === 'message')).toHaveLength(1);
});

test('for any times, exactly what is younger than a year and one change before it is kept, as one chain', async () => {
	const world = await littleDomain();
	const ann = await world.person('ann');
	let years = 0;
	await fc.assert(
		fc.asyncProperty(fc.array(fc.nat(500), { minLength: 1, maxLength: 6 }), async (days) => {
			const room = await world.room(ann);
			for (const day of days) {
				world.later(day * DAY);
				years += day;
				await sayAll(ann, room, 1);
			}
			const now = Date.now() + years * DAY;
			const rows = await world.query<{ seq: number; ts: number }>(
				'SELECT seq, ts FROM change WHERE stream = ? ORDER BY seq',
				room
			);
			const floor = rows.filter(({ ts }) => ts < now - LOG_KEPT).at(-1)?.seq ?? 0;
			await pruneAll(world, now);
			expect((await changesOf(world, room)).map(({ seq }) => seq)).toEqual(
				rows.map(({ seq }) => seq).filter((seq) => seq >= floor)
			);
		}),
		{ numRuns: 20 }
	);
});
