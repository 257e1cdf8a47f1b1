/** SOCKET-2, SOCKET-3, SOCKET-5, HTTP-8, HTTP-16, HTTP-17 at the doors of the compatible API. */
import { request as httpRequest } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { call, program, type Program } from '../support/compat.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let alice: Program;
beforeAll(async () => {
	server = await startServer();
	alice = await program(server, 'alice');
});
afterAll(() => server.stop());

const POLLING = '/socket.io/?EIO=4&transport=polling';

/** Asks from one of this machine's own addresses. */
function askFrom(address: string, path: string, method = 'GET', body = ''): Promise<number> {
	return new Promise((resolve, reject) => {
		const asked = httpRequest(
			{ host: '127.0.0.1', port: server.port, path, method, localAddress: address },
			(response) => {
				response.resume();
				response.on('end', () => resolve(response.statusCode ?? 0));
			}
		);
		asked.on('error', reject);
		asked.end(body);
	});
}

/** Sends bytes as they are, some at once and the rest slowly; answers what comes back until the end. */
function raw(text: string, drip?: { every: number; bytes: string }): Promise<string> {
	const socket = connectTcp(server.port, '127.0.0.1');
	let answer = '';
	socket.on('data', (data) => (answer += String(data)));
	socket.write(text);
	const dripping = drip && setInterval(() => socket.write(drip.bytes), drip.every);
	return new Promise((resolve) => {
		const end = () => {
			clearInterval(dripping);
			resolve(answer || 'reset');
		};
		socket.on('error', end);
		socket.on('close', end);
	});
}

describe('the line of a socket', () => {
	it('is never a script, never of an old protocol (SOCKET-2)', async () => {
		for (const path of [`${POLLING}&j=0`, '/socket.io/?EIO=3&transport=polling']) {
			expect([path, (await call(server, path)).status]).toEqual([path, 400]);
		}
	});

	it('is of use at no other address than where it began (SOCKET-2)', async () => {
		const { body } = await call(server, POLLING);
		const { sid } = JSON.parse(body.slice(1));
		const path = `${POLLING}&sid=${sid}`;
		expect(await askFrom('127.0.0.2', path, 'POST', '40')).toBe(400);
		expect(await askFrom('127.0.0.2', path)).toBe(400);
		expect(await askFrom('127.0.0.1', path, 'POST', '40')).toBe(200);
	});

	it('polls for nobody without a token (SOCKET-2)', async () => {
		const { body } = await call(server, POLLING);
		const { sid } = JSON.parse(body.slice(1));
		const path = `${POLLING}&sid=${sid}`;
		await call(server, path, {
			method: 'POST',
			body: '40',
			headers: { 'content-type': 'text/plain' }
		});
		const { body: answer } = await call(server, path);
		expect(answer).toContain('unauthorized');
	});

	it.each([
		[
			'an event of 1 MB',
			`42${JSON.stringify(['send_message', { content: 'x'.repeat(1_000_000) }])}`
		],
		['a binary event without its data', '451-["send_message",{"_placeholder":true,"num":0}]'],
		['nonsense', '4{{{{'],
		['a packet of no type', 'zzz']
	])('with %s is closed, and nobody else’s (SOCKET-3)', async (_what, packet) => {
		const other = await alice.connect();
		const line = new WebSocket(
			`ws://127.0.0.1:${server.port}/socket.io/?EIO=4&transport=websocket`
		);
		const closed = new Promise((resolve) => line.on('close', resolve));
		line.on('error', () => undefined);
		await new Promise((resolve) => line.once('message', resolve));
		line.send(`40${JSON.stringify({ token: alice.token })}`);
		await new Promise((resolve) => line.once('message', resolve));
		line.send(packet);
		if (packet.startsWith('451')) line.send('42["ping"]');
		await closed;
		expect(await other.ask('ping')).toEqual({ ok: true });
		other.close();
	});

	it('in ten thousand pieces costs nothing (SOCKET-3)', async () => {
		const line = new WebSocket(
			`ws://127.0.0.1:${server.port}/socket.io/?EIO=4&transport=websocket`
		);
		line.on('error', () => undefined);
		await new Promise((resolve) => line.once('message', resolve));
		const before = process.memoryUsage().rss;
		for (let i = 0; i < 10_000; i++) line.send('x', { fin: false });
		// A ping may stand between the pieces: its answer comes once all before it were read.
		const isRead = new Promise((resolve) => line.once('pong', resolve));
		line.ping();
		await isRead;
		expect((await call(server, '/api/health')).status).toBe(200);
		expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
		line.terminate();
	});
});

describe('too much', () => {
	it('of one socket is refused, then cut (SOCKET-5)', async () => {
		const limited = await startServer({ RATE_LIMITS: 'on' });
		const bob = await program(limited, 'bob');
		const ear = await bob.connect();
		await ear.ask('join_room', { room_id: 1 });
		for (let i = 0; i < 2_000; i++) ear.socket.emit('typing_start', { room_id: 1 });
		const told = await ear.hear('error', (one) => one.code === 429);
		expect(told).toMatchObject({ event: 'typing_start', retry_after: expect.any(Number) });
		expect(await ear.closed).toBe('io server disconnect');
		expect((await bob.connect()).socket.connected).toBe(true);
		await limited.stop();
	});

	it('sockets of one person are refused (SOCKET-5)', async () => {
		const many = await program(server, 'many');
		const ears = [];
		for (let i = 0; i < 20; i++) ears.push(await many.connect());
		await expect(many.connect()).rejects.toThrow('too many connections');
		for (const ear of ears) expect((await ear.ask('ping')).ok).toBe(true);
		for (const ear of ears) ear.close();
	});

	it('with one token is 429 with Retry-After, and other tokens go on', async () => {
		const limited = await startServer({ RATE_LIMITS: 'on' });
		const [greedy, modest] = [await program(limited, 'greedy'), await program(limited, 'modest')];
		let last = await greedy.call('/api/auth/check');
		for (let i = 0; i < 1_300 && last.status === 200; i++)
			last = await greedy.call('/api/auth/check');
		expect(last.status).toBe(429);
		expect(typeof last.body.detail).toBe('string');
		const wait = Number(last.headers.get('retry-after'));
		expect(wait).toBeGreaterThan(0);
		expect(wait).toBeLessThanOrEqual(60);
		expect((await modest.call('/api/auth/check')).status).toBe(200);
		await limited.stop();
	});
});

describe('slow senders (HTTP-16)', () => {
	const head = (path: string, length: number) =>
		[
			`POST ${path} HTTP/1.1`,
			'Host: x',
			`Authorization: Bearer ${alice.token}`,
			`Content-Length: ${length}`
		].join('\r\n');

	it(
		'of a body or of a file are cut within half a minute, others are served at once',
		{ timeout: 60_000 },
		async () => {
			const start = performance.now();
			const json = 'Content-Type: application/json\r\n\r\n';
			const form =
				'Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n';
			const drip = { every: 1_000, bytes: 'a' };
			const slow = Promise.all([
				raw(`${head('/api/messages/', 1_000)}\r\n${json}{"content":"`, drip),
				raw(`${head('/api/upload/file', 1_000_000)}\r\n${form}`, drip)
			]);
			const times: number[] = [];
			const asking = setInterval(async () => {
				const began = performance.now();
				await call(server, '/api/health');
				times.push(performance.now() - began);
			}, 1_000);
			const answers = await slow;
			clearInterval(asking);
			expect(answers.map((answer) => answer.slice(0, 12))).toEqual([
				'HTTP/1.1 408',
				'HTTP/1.1 408'
			]);
			expect(performance.now() - start).toBeLessThan(40_000);
			// But for what other work on the machine delays.
			const usual = times.sort((a, b) => a - b)[Math.floor(times.length * 0.8)]!;
			expect(usual).toBeLessThan(1_000);
			expect((await call(server, '/api/health')).status).toBe(200);
		}
	);
});

describe('requests that are two things at once (HTTP-17)', () => {
	it.each([
		['two lengths', 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n'],
		['a line break in a header', 'X-A: b\rc\r\n'],
		['a token of 64 KB', `Authorization: Bearer ${'c'.repeat(65_536)}\r\n`]
	])('with %s are refused and the connection closed', async (_what, header) => {
		const answer = await raw(`POST /api/auth/login HTTP/1.1\r\nHost: x\r\n${header}\r\n0\r\n\r\n`);
		expect(answer).toMatch(/^(HTTP\/1\.1 4(00|31)|reset)/);
	});
});
