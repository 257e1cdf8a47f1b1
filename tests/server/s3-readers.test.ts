/** Readers that stop in the middle hold connections to the store for files: never those of others, and not for long. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ByteStore } from '../../server/files/file-ports.ts';
import { openS3Store } from '../../server/files/s3-store.ts';
import { createLog } from '../../server/log.ts';

/** More than any reader's buffers take. */
const FILM = 64 * 1024 * 1024;
/** More readers than there are connections for handing over. */
const READERS = 80;
const LOOK = 30_000;

let s3: Server;
let sending: number;
let staging: string;
let store: ByteStore;

beforeEach(async () => {
	vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
	sending = 0;
	s3 = createServer((request, response) => {
		if (request.method !== 'GET') {
			request.resume().on('end', () => response.end());
			return;
		}
		sending++;
		response.on('close', () => sending--);
		response.writeHead(200, { 'content-length': FILM });
		const piece = Buffer.alloc(64 * 1024);
		const go = () => {
			while (response.write(piece));
		};
		response.on('drain', go);
		go();
	});
	s3.listen(0, '127.0.0.1');
	await once(s3, 'listening');
	staging = mkdtempSync(join(tmpdir(), 'roost-readers-'));
	const endpoint = `http://127.0.0.1:${(s3.address() as AddressInfo).port}`;
	store = await openS3Store(
		{
			...{ endpoint, bucket: 'files', region: 'us-east-1', prefix: '', pathStyle: true },
			...{ accessKeyId: 'me', secretAccessKey: 'secret' }
		},
		staging,
		createLog('silent')
	);
});

afterEach(async () => {
	vi.useRealTimers();
	store.close();
	s3.closeAllConnections();
	s3.close();
	rmSync(staging, { recursive: true });
});

async function read(name: string): Promise<Readable & { fault?: Error }> {
	const body = (await store.open(name)) as Readable & { fault?: Error };
	body.on('error', (fault) => (body.fault = fault));
	return body;
}

test('who pauses keeps nobody from files, and lets go of the connection after a while', async () => {
	const paused = await Promise.all(
		Array.from({ length: READERS }, async (_, n) => {
			const body = await read(`film${n}`);
			body.once('data', () => body.pause());
			return body;
		})
	);
	expect(sending).toBe(READERS);
	writeFileSync(join(staging, 'new'), 'handed in meanwhile');
	await store.take('new', join(staging, 'new'));
	const another = await read('another');
	another.destroy();
	// Whoever only holds for a moment goes on.
	vi.advanceTimersByTime(LOOK);
	expect(paused.filter(({ destroyed }) => destroyed)).toEqual([]);
	vi.advanceTimersByTime(2 * LOOK);
	expect(paused.every(({ destroyed }) => destroyed)).toBe(true);
	await expect.poll(() => sending).toBe(0);
	expect(paused[0]!.fault?.message).toContain('nobody has taken');
});

test('who is slow and takes a little now and then is let alone', async () => {
	const body = await read('film');
	body.pause();
	for (let look = 0; look < 6; look++) {
		await expect.poll(() => body.readableLength).toBeGreaterThan(0);
		expect(body.read(1_000)).not.toBe(null);
		vi.advanceTimersByTime(LOOK);
	}
	expect(body.destroyed).toBe(false);
	body.destroy();
});
