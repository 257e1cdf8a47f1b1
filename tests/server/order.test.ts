/** What is decided at one moment for everybody: who was quicker, what time it is, what is told of it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isSaid, type Row } from '../../src/lib/protocol/change.ts';
import type { ActDraft } from '../../src/lib/sync/outbox/create-act.ts';
import { littleDomain, type LittleDomain, type Somebody } from '../support/little-domain.ts';

async function people() {
	const world = await littleDomain();
	const [ann, bob, cat] = [
		await world.person('ann'),
		await world.person('bob'),
		await world.person('cat')
	];
	return { ...world, makeRoom: world.room, ann, bob, cat };
}

const messagesOf = (rows: Row[]) => rows.filter((row) => row.kind === 'message');
/** Ids of what was said by people. */
const saidIn = (rows: Row[]) =>
	messagesOf(rows)
		.filter(isSaid)
		.map(({ id }) => id);

test('a send that races a removal comes out one way for everybody (A3)', async () => {
	const { makeRoom, ann, bob, cat } = await people();
	await fc.assert(
		fc.asyncProperty(fc.nat(5), fc.nat(5), async (before, after) => {
			const room = await makeRoom(ann, [bob, cat]);
			const sends = (count: number) =>
				Array.from({ length: count }, () => bob.act({ kind: 'message.post', room, body: 'quick' }));
			// All at once, so that they share a commit.
			const early = sends(before);
			const removal = ann.act({ kind: 'member.remove', room, person: bob.person });
			const tooLate = sends(after);
			const [sent, late] = [await Promise.all(early), await Promise.all(tooLate)];
			const removed = await removal;
			if (removed.status !== 'accepted') throw new Error(removed.status);
			const seqs = sent.map((result) => (result.status === 'accepted' ? result.seq : null));
			expect(seqs.every((seq) => seq !== null && seq < removed.seq)).toBe(true);
			const codes = late.map((result) => (result.status === 'refused' ? result.refusal.code : ''));
			expect(codes).toEqual(late.map(() => 'not_a_member'));
			const seen = saidIn(await ann.rows(room));
			expect(seen).toEqual(sent.map(({ id }) => id));
			expect(saidIn(await cat.rows(room))).toEqual(seen);
			const framed = cat.frames.filter(({ stream }) => stream === room);
			expect(saidIn(framed.flatMap(({ rows }) => rows))).toEqual(seen);
		}),
		{ numRuns: 25 }
	);
});

describe('time within a stream', () => {
	/** The times of a room's changes in their order. */
	async function timesOf({ query }: Pick<LittleDomain, 'query'>, room: string) {
		const sql = 'SELECT ts FROM change WHERE stream = ? ORDER BY seq';
		return (await query<{ ts: number }>(sql, room)).map(({ ts }) => ts);
	}

	test('never goes back, whatever the machine’s clock does, restarts included (A7, CLOCK-2)', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.integer({ min: -1e9, max: 1e9 }), { minLength: 2, maxLength: 6 }),
				async (jumps) => {
					const { query, restarted, later, makeRoom, ann } = await people();
					const room = await makeRoom(ann);
					let say = () => ann.act({ kind: 'message.post', room, body: 'now' });
					let shift = later;
					for (const [n, jump] of jumps.entries()) {
						if (n === jumps.length - 1) {
							// The server starts anew: what it knew of the last time is in the database alone.
							const again = await restarted();
							const dan = await again.person('dan');
							await dan.do({ kind: 'room.join', room });
							say = () => dan.act({ kind: 'message.post', room, body: 'now' });
							shift = again.later;
						}
						shift(jump);
						await say();
					}
					const times = await timesOf({ query }, room);
					expect(times).toEqual([...times].sort((a, b) => a - b));
					const shown = messagesOf(await ann.rows(room)).map((row) => row.at);
					expect(shown).toEqual([...shown].sort((a, b) => a - b));
				}
			),
			{ numRuns: 10 }
		);
	});
});

describe('system messages (A19)', () => {
	type People = Omit<Awaited<ReturnType<typeof people>>, 'room'>;
	type Cast = People & { room: string; message: string };
	type Step = [who: 'ann' | 'bob' | 'cat', act: (cast: Cast) => ActDraft];
	const edit = (more: object): Step => [
		'ann',
		({ room }) => ({ kind: 'room.edit', room, ...more })
	];
	const about = (kind: 'room.hand-over' | 'member.remove', more: object = {}): Step => [
		'ann',
		({ room, bob }) => ({ kind, room, person: bob.person, ...more })
	];
	const role = (to: 'admin' | 'member'): Step => [
		'ann',
		({ room, bob }) => ({ kind: 'member.role', room, person: bob.person, role: to })
	];
	const pin = (on: boolean): Step => [
		'ann',
		({ room, message }) => ({ kind: 'message.pin', room, message, on })
	];
	const join: Step = ['cat', ({ room }) => ({ kind: 'room.join', room, password: 'secret' })];
	const leave: Step = ['bob', ({ room }) => ({ kind: 'room.leave', room })];

	/** What is done, whether in a private room, and what is told of it. */
	const TABLE: [string, Step[], { in: 'public' | 'private' }, string[]][] = [
		['another name', [edit({ name: 'other' })], { in: 'public' }, ['renamed']],
		['the same name', [edit({ description: '' })], { in: 'public' }, []],
		['another description', [edit({ description: 'more' })], { in: 'public' }, ['described']],
		['closed', [edit({ password: 'secret' })], { in: 'public' }, ['closed']],
		['opened', [edit({ password: null })], { in: 'private' }, ['opened']],
		['a new owner', [about('room.hand-over')], { in: 'public' }, ['owner']],
		[
			'a new admin, and no longer',
			[role('admin'), role('member')],
			{ in: 'public' },
			['admin', 'member']
		],
		['removed', [about('member.remove')], { in: 'public' }, ['removed']],
		['banned', [about('member.remove', { ban: true })], { in: 'public' }, ['banned']],
		['pinned, unpinned', [pin(true), pin(false)], { in: 'public' }, ['pinned']],
		['coming and going, in public', [join, leave], { in: 'public' }, []],
		['coming and going, in private', [join, leave], { in: 'private' }, ['joined', 'left']]
	];

	test.each(TABLE)('%s', async (_what, steps, { in: place }, told) => {
		const all = await people();
		const { ann, bob, domain } = all;
		const room = await all.makeRoom(ann, [bob], place === 'private' ? 'secret' : undefined);
		const message = await bob.do({ kind: 'message.post', room, body: 'hello' });
		const notes = async () =>
			messagesOf(await ann.rows(room)).filter((row) => row.type === 'system');
		const before = (await notes()).length;
		for (const [who, act] of steps) await all[who].do(act({ ...all, room, message }));
		const found = (await notes()).slice(before);
		expect(found.map((row) => row.system?.what)).toEqual(told);
		const unread = async (who: Somebody) => {
			const [page] = (await domain.pull(who, { streams: [{ id: room, cursor: null }] })).pages;
			return page?.type === 'skipToNewest' ? page.unread : null;
		};
		// Ann has to read what Bob said, and nothing more.
		expect(await unread(ann)).toBe(1);
	});
});
