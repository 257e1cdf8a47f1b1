/** UPLOAD-12: the server is killed while it takes a file over, again and again, and the device keeps trying. */
import { createHash, randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createTusTransport } from '../../src/lib/net/tus.ts';
import type { LocalFile } from '../../src/lib/sync/ports-files.ts';
import { openSqlite } from '../../server/store/sqlite/open.ts';
import { filing, UPLOAD } from '../support/filing.ts';
import { newId, register } from '../support/person.ts';
import { startProcess } from '../support/process.ts';

const KILLS = 8;
const never = new AbortController().signal;

/** Names of everything below a folder that is a file. */
const filesBelow = (folder: string) =>
	readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map(({ name }) => name);

test(`UPLOAD-12: ${KILLS} files, the server killed while each is taken over: all there once, nothing left`, async () => {
	const dataDir = mkdtempSync(join(tmpdir(), 'roost-killed-'));
	let server = await startProcess({ DATA_DIR: dataDir, PORT: '0' });
	const env = { DATA_DIR: dataDir, PORT: String(server.port) };
	try {
		const ann = await register(server, 'ann');
		const { fetchFile } = filing(() => server);
		const transport = createTusTransport({
			endpoint: `${server.origin}${UPLOAD}`,
			headers: { cookie: ann.cookie, origin: server.origin },
			open: async (blob) => Buffer.from(await blob.arrayBuffer())
		});
		const sent = new Map<string, string>();
		for (let n = 0; n < KILLS; n++) {
			const bytes = randomBytes(700_000);
			const sha256 = createHash('sha256').update(bytes).digest('hex');
			let file: LocalFile = {
				...{ id: newId(), room: newId(), name: 'a.bin', type: '', size: bytes.length, sha256 },
				...{ width: null, height: null, at: 1, state: 'waiting', sent: 0, url: null, refusal: null }
			};
			sent.set(file.id, sha256);
			const hand = () =>
				transport.handIn(
					file,
					new Blob([bytes]),
					(change) => (file = { ...file, ...change }),
					never
				);
			const first = hand();
			// From its first bytes to some moments after its end: the spread is the point of it.
			await pause(5 + n * 8);
			await server.end('SIGKILL');
			await first;
			server = await startProcess(env);
			await expect.poll(hand, { timeout: 20_000 }).toEqual({ is: 'done' });
		}
		for (const [id, sha256] of sent) {
			const answer = await fetchFile(ann, `/api/files/${id}`);
			const back = Buffer.from(await answer.arrayBuffer());
			expect(createHash('sha256').update(back).digest('hex')).toBe(sha256);
		}
		// The start sweeps what the last kill left.
		await server.end('SIGKILL');
		// Killed between taking bytes over and the commit of their row: hard to hit, so it is made.
		const stray = randomBytes(16).toString('hex');
		mkdirSync(join(dataDir, 'files', stray.slice(0, 2)), { recursive: true });
		writeFileSync(join(dataDir, 'files', stray.slice(0, 2), stray), 'no row knows me');
		writeFileSync(join(dataDir, 'moving', stray), '');
		server = await startProcess(env);
		await expect.poll(() => filesBelow(join(dataDir, 'moving')), { timeout: 10_000 }).toEqual([]);
		expect(await server.end('SIGTERM')).toBe(0);
		const db = openSqlite({ file: join(dataDir, 'roost.sqlite') });
		const rows = db.prepare<[], string>('SELECT stored FROM file').pluck().all();
		db.close();
		expect(filesBelow(join(dataDir, 'files')).sort()).toEqual([...rows].sort());
		expect(rows.length).toBe(KILLS);
	} finally {
		await server.end('SIGKILL');
		rmSync(dataDir, { recursive: true, force: true });
	}
});

test('UPLOAD-12: killed when the file was there and the upload not yet forgotten: handed in again, it is done', async () => {
	const dataDir = mkdtempSync(join(tmpdir(), 'roost-killed-'));
	let server = await startProcess({ DATA_DIR: dataDir, PORT: '0' });
	try {
		const ann = await register(server, 'ann');
		const { begin, send, offsetOf, handIn, fetchFile } = filing(() => server);
		const bytes = randomBytes(50_000);
		const { url, id } = await begin(ann, bytes);
		await send(ann, url, 0, bytes.subarray(0, 20_000));
		// What is there between the commit and the end of the upload: hard to hit, so it is made.
		const under = join(dataDir, 'incoming');
		const kept = join(dataDir, 'kept');
		cpSync(under, kept, { recursive: true });
		expect((await send(ann, url, 20_000, bytes.subarray(20_000))).status).toBe(204);
		await server.end('SIGKILL');
		cpSync(kept, under, { recursive: true });
		const upload = readdirSync(under).find((name) => !name.includes('.'))!;
		writeFileSync(join(under, upload), bytes);
		server = await startProcess({ DATA_DIR: dataDir, PORT: String(server.port) });
		// The upload is gone: a device begins anew, and is told that the file is there.
		expect((await offsetOf(ann, url)).status).toBe(404);
		expect(await handIn(ann, bytes, { id })).toMatchObject({ status: 409 });
		const answer = await fetchFile(ann, `/api/files/${id}`);
		expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
	} finally {
		await server.end('SIGKILL');
		rmSync(dataDir, { recursive: true, force: true });
	}
});
