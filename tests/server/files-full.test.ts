/** The disk is nearly full: files are refused before they are taken, and text goes on (UPLOAD-6). */
import { expect, test, vi } from 'vitest';
import { filing } from '../support/filing.ts';
import { generalOf, post, register } from '../support/person.ts';
import { startServer } from '../support/server.ts';

/** Share of the disk that is free. */
const disk = vi.hoisted(() => ({ free: 0.5 }));
vi.mock('node:fs/promises', async (original) => {
	const real = await original<typeof import('node:fs/promises')>();
	const blocks = 1_000_000;
	const statfs = async () => ({ bsize: 4_096, blocks, bavail: Math.floor(blocks * disk.free) });
	return { ...real, statfs };
});

test('UPLOAD-6: a disk of which 95 % are taken refuses files with 507 and keeps text going', async () => {
	const server = await startServer();
	try {
		const { begin, send, handIn, say, fetchFile } = filing(() => server);
		const ann = await register(server, 'ann');
		const link = await ann.link();
		const room = await generalOf(link);
		const bytes = Buffer.from('was there before');
		const before = await handIn(ann, bytes);
		const under = await begin(ann, bytes);
		disk.free = 0.05;
		const refused = await begin(ann, bytes);
		expect([refused.status, JSON.parse(refused.text)]).toMatchObject([
			507,
			{ refused: { code: 'storage_full', action: 'wait', after: 60_000 } }
		]);
		// What was let in before goes on: its room was counted then.
		expect((await send(ann, under.url, 0, bytes)).status).toBe(204);
		expect(await say(link, room, [before.id])).toHaveLength(1);
		expect((await fetchFile(ann, `/api/files/${before.id}`)).status).toBe(200);
		const { results } = await link.request('acts', { acts: [post(room, 'text goes on')] });
		expect(results).toMatchObject([{ status: 'accepted' }]);
		disk.free = 0.5;
		expect((await handIn(ann, bytes)).done).toBe(204);
		link.close();
	} finally {
		await server.stop();
	}
});
