/** Files in a real store that speaks S3: as on the disk, through outages, and with a start that says what is wrong. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openS3Store } from '../../server/files/s3-store.ts';
import { createLog } from '../../server/log.ts';
import { filing } from '../support/filing.ts';
import { generalOf, post, register } from '../support/person.ts';
import { hasS3, S3_NEEDED, startS3, type S3Server } from '../support/s3.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe.skipIf(!hasS3)(`files in a bucket${S3_NEEDED}`, () => {
	let s3: S3Server;
	let server: TestServer;
	const { begin, send, offsetOf, handIn, say, fetchFile } = filing(() => server);
	beforeAll(async () => {
		s3 = await startS3();
		server = await startServer(s3.env);
	});
	afterAll(async () => {
		await server?.stop();
		await s3?.stop();
	});

	let names = 0;
	const somebody = () => register(server, `bucket_${names++}`);
	const bodyOf = async (answer: Response) => Buffer.from(await answer.arrayBuffer());

	test('are handed in, carried, fetched in parts, and lie nowhere else', async () => {
		const ann = await somebody();
		const link = await ann.link();
		const room = await generalOf(link);
		const bytes = randomBytes(300_000);
		const { id, done } = await handIn(ann, bytes);
		expect(done).toBe(204);
		const photo = await sharp({
			create: { width: 900, height: 600, channels: 3, background: '#246' }
		})
			.jpeg()
			.toBuffer();
		const picture = await handIn(ann, photo, { name: 'sea.jpg', type: 'image/jpeg' });
		const cards = await say(link, room, [id, picture.id]);
		expect(cards).toMatchObject([{ id }, { kind: 'image', width: 900, height: 600 }]);
		expect((await bodyOf(await fetchFile(ann, `/api/files/${id}`))).equals(bytes)).toBe(true);
		const part = await fetchFile(ann, `/api/files/${id}`, { range: 'bytes=1000-1999' });
		expect([part.status, part.headers.get('content-range')]).toEqual([
			206,
			'bytes 1000-1999/300000'
		]);
		expect((await bodyOf(part)).equals(bytes.subarray(1_000, 2_000))).toBe(true);
		const small = await bodyOf(await fetchFile(ann, `/api/files/${picture.id}/small`));
		expect(await sharp(small).metadata()).toMatchObject({ format: 'webp', width: 800 });
		const kept = await s3.names();
		expect(kept.length).toBe(3);
		expect(kept.every((name) => /^roost\/[0-9a-f]{32}$/.test(name))).toBe(true);
		expect(existsSync(join(server.dataDir, 'files'))).toBe(false);
		for (const folder of ['incoming', 'moving']) {
			expect(readdirSync(join(server.dataDir, folder))).toEqual([]);
		}
		link.close();
	});

	test('while the store is away uploads and downloads are told to come back, and text goes on', async () => {
		const ann = await somebody();
		const link = await ann.link();
		const room = await generalOf(link);
		const before = await handIn(ann, Buffer.from('was there before'));
		const bytes = randomBytes(150_000);
		await s3.end();
		const { id, url, status } = await begin(ann, bytes);
		expect(status).toBe(201);
		const last = await send(ann, url, 0, bytes);
		expect([last.status, await last.text()]).toEqual([503, expect.stringContaining('"busy"')]);
		expect((await offsetOf(ann, url)).status).toBe(503);
		const download = await fetchFile(ann, `/api/files/${before.id}`);
		expect([download.status, await download.json()]).toMatchObject([
			503,
			{ refused: { code: 'busy', action: 'wait', after: 10_000 } }
		]);
		expect(await say(link, room, [id])).toBe('file_missing');
		const { results } = await link.request('acts', { acts: [post(room, 'text goes on')] });
		expect(results).toMatchObject([{ status: 'accepted' }]);
		expect(server.lines.some((line) => line.includes('the store for files failed'))).toBe(true);
		await s3.begin();
		// The device asks how far it was: what is left of it is done then, and not a byte sent again.
		expect((await offsetOf(ann, url)).status).not.toBe(503);
		expect(await say(link, room, [id])).toMatchObject([{ id, size: bytes.length }]);
		expect((await bodyOf(await fetchFile(ann, `/api/files/${id}`))).equals(bytes)).toBe(true);
		link.close();
	});

	test('a store that takes connections and says nothing keeps nobody but files waiting (NET-2)', async () => {
		const ann = await somebody();
		const link = await ann.link();
		const room = await generalOf(link);
		const { id } = await handIn(ann, Buffer.from('slow'));
		s3.freeze(true);
		try {
			const began = performance.now();
			const download = fetchFile(ann, `/api/files/${id}`);
			const { results } = await link.request('acts', { acts: [post(room, 'meanwhile')] });
			expect(results).toMatchObject([{ status: 'accepted' }]);
			const answeredAfter = performance.now() - began;
			expect((await download).status).toBe(503);
			expect(answeredAfter).toBeLessThan((performance.now() - began) / 2);
			expect(performance.now() - began).toBeLessThan(20_000);
		} finally {
			s3.freeze(false);
		}
		expect((await fetchFile(ann, `/api/files/${id}`)).status).toBe(200);
		link.close();
	});

	test('bytes that no row came to know are removed at the next start; others are let alone (UPLOAD-12)', async () => {
		const dataDir = mkdtempSync(join(tmpdir(), 'roost-stray-'));
		const store = await openS3Store(s3.config, dataDir, createLog('silent'));
		const [stray, foreign] = [randomBytes(16).toString('hex'), randomBytes(16).toString('hex')];
		for (const name of [stray, foreign]) {
			writeFileSync(join(dataDir, 'bytes'), 'left behind');
			await store.take(name, join(dataDir, 'bytes'));
		}
		store.close();
		mkdirSync(join(dataDir, 'moving'));
		writeFileSync(join(dataDir, 'moving', stray), '');
		const other = await startServer({ ...s3.env, DATA_DIR: dataDir });
		await expect.poll(() => s3.names(), { timeout: 10_000 }).not.toContain(`roost/${stray}`);
		expect(await s3.names()).toContain(`roost/${foreign}`);
		await other.stop();
		rmSync(dataDir, { recursive: true });
	});

	test.each([
		['a wrong secret', { S3_SECRET_ACCESS_KEY: 'wrong' }, /S3_SECRET_ACCESS_KEY/],
		['a bucket that is not there', { S3_BUCKET: 'elsewhere' }, /no bucket "elsewhere"/],
		['nobody at the address', { S3_ENDPOINT: 'http://127.0.0.1:9' }, /correct S3_ENDPOINT/]
	])('a start with %s says what to change, and no secret', async (_what, wrong, says) => {
		const fault = await startServer({ ...s3.env, ...wrong }).catch((error: Error) => error);
		expect(fault).toMatchObject({ name: 'ByteStoreError', message: expect.stringMatching(says) });
		expect((fault as Error).message).not.toContain(s3.env.S3_SECRET_ACCESS_KEY);
	});
});
