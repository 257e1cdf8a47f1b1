/** Comparing what a device keeps with the server: digests of what one may see, and nothing else (promises 7, 11). */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MessageRow } from '../../src/lib/protocol/change.ts';
import { blocksOf, COMPARED_SEQS, type CompareAnswer } from '../../src/lib/protocol/compare.ts';
import type { Heads, History } from '../../src/lib/protocol/down.ts';
import { generalOf, newId, post, register, type Person } from '../support/person.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
	server = await startServer();
});
afterAll(() => server.stop());

async function cursorOf(person: Person, room: string) {
	const { body } = await person.sync('heads', {});
	const { instance: i, generation: g, heads } = body as Heads;
	const [s, h] = heads[room] ?? [0, ''];
	return { i, g, s, h };
}

test('answers what the rows of its history come to', async () => {
	const ann = await register(server, 'ann_compare');
	const link = await ann.link();
	const room = await generalOf(link);
	await link.request('acts', { acts: [post(room, 'one'), post(room, '二'), post(room, 'three')] });
	const cursor = await cursorOf(ann, room);
	const asked = { stream: room, cursor, after: 0, before: cursor.s + 1, end: 'top', limit: 200 };
	const { body } = await ann.sync('history', asked);
	const rows = (body as History).rows as MessageRow[];
	const compared = await ann.sync('compare', { stream: room, cursor, from: 1, to: cursor.s });
	expect(compared.body).toEqual({
		type: 'compared',
		stream: room,
		asOf: cursor.s,
		blocks: blocksOf(rows, 1, cursor.s)
	} satisfies CompareAnswer);
	link.close();
});

test('says nothing of a room that one is not in, and bounds a question', async () => {
	const ann = await register(server, 'ann_compare2');
	const cursor = await cursorOf(ann, 'none');
	const stream = newId();
	const gone = await ann.sync('compare', { stream, cursor, from: 1, to: 2 });
	expect(gone.body).toEqual({ type: 'gone', stream });
	const wide = await ann.sync('compare', { stream, cursor, from: 1, to: COMPARED_SEQS + 1 });
	expect(wide.body).toMatchObject({ refused: { code: 'malformed' } });
});
