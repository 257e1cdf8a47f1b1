/** A device's real uploader, in Node, over a shaped line to a server process of its own. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTusTransport, STALLED_AFTER } from '../../src/lib/net/tus.ts';
import { FileSender } from '../../src/lib/sync/outbox/file-sender.ts';
import { MemoryFileQueue } from '../../src/lib/sync/memory/memory-files.ts';
import { MemoryOutboxStore } from '../../src/lib/sync/memory/memory-outbox.ts';
import type { LocalFile } from '../../src/lib/sync/ports-files.ts';
import type { Clock } from '../../src/lib/sync/ports.ts';
import { UPLOAD } from './filing.ts';
import { newId, register } from './person.ts';
import { startProcess } from './process.ts';
import { startShapedLink, type Shape } from './shaped-link.ts';

/** What became of it. */
export interface SlowUpload {
	seconds: number;
	cuts: number;
	silences: number;
	/** bytes that went up, all requests with their heads, for each byte of the file */
	overhead: number;
	/** whether the server hands out exactly what was chosen */
	whole: boolean;
	/** tries that went on where the server was, and tries that began at the first byte */
	resumes: number;
	beginnings: number;
}

/** The real time, but what is to happen later happens so many times sooner. */
const clockOf = (haste: number): Clock => ({
	now: () => Date.now(),
	elapsed: () => performance.now(),
	after(ms, run) {
		const timer = setTimeout(run, ms / haste);
		return () => clearTimeout(timer);
	}
});

/** How the device differs from a page: all of its waiting is this many times shorter, 1 when left out. */
interface Haste {
	haste?: number;
}

/** Sends a file of so many random bytes; resolves once the server has it. */
export async function uploadSlowly(
	size: number,
	{ haste = 1, ...shape }: Shape & Haste
): Promise<SlowUpload> {
	const dataDir = mkdtempSync(join(tmpdir(), 'roost-slow-'));
	const server = await startProcess({ PORT: '0', DATA_DIR: dataDir });
	const line = await startShapedLink(server.port, shape);
	try {
		const ann = await register(server, 'slow_ann');
		const bytes = randomBytes(size);
		const sha256 = createHash('sha256').update(bytes).digest('hex');
		const id = newId();
		const room = newId();
		const file: LocalFile = {
			id,
			room,
			name: 'film.bin',
			type: 'application/octet-stream',
			size,
			sha256,
			width: null,
			height: null,
			at: 1,
			state: 'waiting',
			sent: 0,
			url: null,
			refusal: null
		};
		const queue = new MemoryFileQueue();
		const outbox = new MemoryOutboxStore();
		await queue.add(file, new Blob([bytes]));
		const act = { kind: 'message.post', id: newId(), at: 1, room, body: 'look', files: [id] };
		await outbox.add(act as never, room, 1);
		const began = performance.now();
		let resumes = 0;
		let beginnings = 0;
		const tus = createTusTransport({
			endpoint: `http://127.0.0.1:${line.port}${UPLOAD}`,
			headers: { cookie: ann.cookie, origin: server.origin },
			open: async (blob) => Buffer.from(await blob.arrayBuffer()),
			stalledAfter: STALLED_AFTER / haste
		});
		const errors: unknown[] = [];
		const sender = new FileSender({
			queue,
			outbox,
			clock: clockOf(haste),
			onError: (error) => errors.push(error),
			transport: {
				handIn(one, ...rest) {
					if (one.url === null) beginnings += 1;
					else resumes += 1;
					return tus.handIn(one, ...rest);
				}
			}
		});
		const sent = new Promise<void>((resolve) => {
			queue.watch(() => {
				void queue.all().then(([now]) => now?.state === 'sent' && resolve());
			});
		});
		sender.wake();
		await sent;
		sender.rest();
		const seconds = (performance.now() - began) / 1_000;
		if (errors.length > 0) throw errors[0];
		// Over the server's own port: what is handed out is not what is measured.
		const answer = await fetch(`${server.origin}/api/files/${id}`, {
			headers: { cookie: ann.cookie }
		});
		const back = Buffer.from(await answer.arrayBuffer());
		const whole = createHash('sha256').update(back).digest('hex') === sha256;
		const { sent: wire, cuts, silences } = line.told();
		return { seconds, cuts, silences, overhead: wire / size, whole, resumes, beginnings };
	} finally {
		await line.stop();
		await server.end('SIGTERM');
		rmSync(dataDir, { recursive: true, force: true });
	}
}
