/** Jumping to a date: where in a room moments lie, for whoever may see it (promise 11). */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MomentsAnswer } from '../../src/lib/protocol/search.ts';
import { generalOf, newId, post, register, type Person } from '../support/person.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
	server = await startServer();
});
afterAll(() => server.stop());

async function momentsOf(person: Person, room: string, times: number[]) {
	const { body } = await person.sync('moments', { room, times });
	return (body as MomentsAnswer).seqs;
}

test('the first message at or after each moment, none after the last', async () => {
	const ann = await register(server, 'ann_moments');
	const link = await ann.link();
	const room = await generalOf(link);
	const before = Date.now();
	const { results } = await link.request('acts', { acts: [post(room, 'one'), post(room, 'two')] });
	const seqs = results.map((result) => (result.status === 'accepted' ? result.seq : 0));
	const [first] = seqs;
	expect(await momentsOf(ann, room, [0, before, Date.now() + 60_000])).toEqual([
		expect.any(Number),
		first,
		null
	]);
	link.close();
});

test('nothing of a room that one is not in, whether or not there is one', async () => {
	const ann = await register(server, 'ann_closed');
	const bob = await register(server, 'bob_closed');
	const link = await ann.link();
	const room = newId();
	await link.request('acts', {
		acts: [
			{ id: newId(), at: Date.now(), kind: 'room.create', room, name: 'Closed', description: '' },
			post(room, 'inside')
		]
	});
	expect(await momentsOf(ann, room, [0])).toEqual([expect.any(Number)]);
	expect(await momentsOf(bob, room, [0])).toEqual([null]);
	expect(await momentsOf(bob, newId(), [0])).toEqual([null]);
	link.close();
});

test('moments out of order are refused, the same one twice is not', async () => {
	const ann = await register(server, 'ann_order');
	const ask = (times: number[]) => ann.sync('moments', { room: newId(), times });
	expect((await ask([2, 1])).refused).toMatchObject({ code: 'malformed', field: 'times' });
	expect((await ask([1, 1, 2])).body).toEqual({ seqs: [null, null, null] });
});

test('more moments than a month has are refused', async () => {
	const ann = await register(server, 'ann_many');
	const answer = await ann.sync('moments', {
		room: newId(),
		times: Array.from({ length: 41 }, (_, i) => i)
	});
	expect(answer.refused?.code).toBe('malformed');
});
