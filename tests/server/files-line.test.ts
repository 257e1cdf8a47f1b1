/** A device hands files in over lines that are cut, go silent, or lead to a server that is not itself. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createTusTransport } from '../../src/lib/net/tus.ts';
import type { HandedIn, LocalFile } from '../../src/lib/sync/ports-files.ts';
import { newId } from '../support/person.ts';
import { uploadSlowly } from '../support/slow-upload.ts';

test.each([1])(
	'2 MB at 4 Mbit/s arrive whole through cuts and silence, without beginning anew (seed %i)',
	async (seed) => {
		const told = await uploadSlowly(2 * 1024 * 1024, {
			...{ rate: 500_000, betweenBreaks: 300_000, breaks: 5, silent: 0.4, away: 100, seed },
			haste: 30
		});
		expect(told).toMatchObject({ whole: true, beginnings: 1 });
		expect(told.cuts + told.silences).toBe(5);
		expect(told.resumes).toBeGreaterThanOrEqual(5);
		// What was on its way when the line broke goes again, and no more than that.
		expect(told.overhead).toBeLessThan(1.1);
	}
);

describe('what a server answers to a device that goes on', () => {
	let server: Server | null = null;
	afterEach(() => {
		server?.closeAllConnections();
		server?.close();
	});

	/** Hands a file in that was begun before; answers how it ended, and what was asked. */
	async function goOn(
		answer: (request: IncomingMessage, response: ServerResponse) => void,
		stalledAfter = 5_000,
		more: Partial<LocalFile> = {}
	) {
		const asked: string[] = [];
		server = createServer((request, response) => {
			asked.push(`${request.method} ${request.url}`);
			request.resume();
			answer(request, response);
		});
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
		const file: LocalFile = {
			...{ id: newId(), room: newId(), name: 'a', type: '', size: 3, sha256: null },
			...{
				width: null,
				height: null,
				at: 1,
				state: 'waiting',
				sent: 2,
				url: '/up/1',
				refusal: null
			},
			...more
		};
		const transport = createTusTransport({
			endpoint: `${origin}/up`,
			open: async (blob) => Buffer.from(await blob.arrayBuffer()),
			stalledAfter
		});
		const never = new AbortController().signal;
		const ended: HandedIn = await transport.handIn(file, new Blob(['abc']), () => undefined, never);
		return { ended, asked, file };
	}

	test.each([500, 502, 503, 401, 429])(
		'%i: it comes back, and begins nothing anew',
		async (status) => {
			const { ended, asked } = await goOn((_request, response) => response.writeHead(status).end());
			expect(ended).toEqual({ is: 'later', after: null });
			expect(asked).toEqual(['HEAD /up/1']);
		}
	);

	test.each([404, 410])('%i: the upload was forgotten, and begins anew', async (status) => {
		const { ended, asked } = await goOn(({ method }, response) => {
			if (method === 'HEAD') response.writeHead(status).end();
			else if (method === 'POST') response.writeHead(201, { location: '/up/2' }).end();
			else response.writeHead(204, { 'upload-offset': '3' }).end();
		});
		expect(ended).toEqual({ is: 'done' });
		expect(asked).toEqual(['HEAD /up/1', 'POST /up', 'PATCH /up/2']);
	});

	test('handed in before, though its answer was lost: it is done (UPLOAD-12)', async () => {
		const refused = { code: 'id_conflict', action: 'none' };
		const { ended } = await goOn(({ method }, response) => {
			if (method === 'HEAD') response.writeHead(404).end();
			else response.writeHead(409).end(JSON.stringify({ refused }));
		});
		expect(ended).toEqual({ is: 'done' });
	});

	test.each([204, 400, 404, 413, 503, 'a cut'])(
		'%s about the poster of a film: it was tried once, and the film is handed in',
		async (said) => {
			const film = { duration: 5_000, poster: new Blob(['picture'], { type: 'image/jpeg' }) };
			const { ended, asked, file } = await goOn(
				({ method, socket }, response) => {
					if (method === 'HEAD') {
						response.writeHead(200, { 'upload-offset': '3', 'upload-length': '3' }).end();
					} else if (typeof said === 'number') response.writeHead(said).end();
					else socket.destroy();
				},
				5_000,
				film
			);
			expect(ended).toEqual({ is: 'done' });
			expect(asked).toEqual(['HEAD /up/1', `PUT /api/files/${file.id}/poster`]);
		}
	);

	test('nothing at all: the line is given up (NET-2)', async () => {
		const { ended } = await goOn(() => undefined, 300);
		expect(ended).toEqual({ is: 'later', after: null });
	});
});
