import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe } from 'vitest';
import { httpTransport } from '../../src/lib/net/http.ts';
import { socketTransport } from '../../src/lib/net/socket-io.ts';
import type { Transport } from '../../src/lib/sync/ports.ts';
import { transportContract, type TransportFixture } from '../contract/transport.ts';
import { suite } from '../contract/vitest-suite.ts';
import { generalOf, newId, register } from '../support/person.ts';
import { startServer, type TestServer } from '../support/server.ts';

interface Way {
	base: string;
	headers: Record<string, string>;
	device: string;
	person: string;
}
const WAYS: Record<string, (way: Way) => Transport> = {
	'Socket.IO': ({ headers, ...way }) => socketTransport({ ...way, extraHeaders: headers }),
	fetch: ({ headers, ...way }) =>
		httpTransport({
			...way,
			fetch: (input, init) =>
				fetch(input, {
					...init,
					headers: { ...(init?.headers as Record<string, string>), ...headers }
				})
		})
};

/** A hotel's sign-in page in the place of everything. */
async function startCaptive(): Promise<{ server: Server; base: string }> {
	const server = createServer((_request, response) => {
		response
			.writeHead(200, { 'content-type': 'text/html' })
			.end('<h1>Welcome, please sign in</h1>');
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return { server, base: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe.each(Object.entries(WAYS))('Transport over %s', (_name, make) => {
	let server: TestServer;
	let captive: { server: Server; base: string };
	let fixture: TransportFixture;

	beforeAll(async () => {
		server = await startServer();
		captive = await startCaptive();
		const anna = await register(server, 'anna');
		const link = await anna.link();
		const room = await generalOf(link);
		link.close();
		const base = `http://127.0.0.1:${server.port}`;
		const headers = { origin: server.origin, cookie: anna.cookie };
		const way: Way = { base, headers, device: newId(), person: anna.id };
		fixture = {
			transport: make(way),
			person: anna.id,
			room,
			mistaken: make({ ...way, person: newId() }),
			stranger: make({ ...way, headers: { origin: server.origin } }),
			// Port 9 is "discard": reserved, and nobody listens there.
			nowhere: make({ ...way, base: 'http://127.0.0.1:9' }),
			captive: make({ ...way, base: captive.base }),
			stop: () => server.stop()
		};
	});
	afterAll(() => {
		captive.server.close();
	});

	transportContract(suite, () => fixture);
});
