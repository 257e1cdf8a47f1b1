/**
 * A server in front of the app that can pretend a new build was deployed: every file of the build
 * gets another address and another name of the build inside, as a real deployment would do, and the
 * old files are gone. It can also be cut off.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

export interface NextBuild {
	origin: string;
	/** From now on the second build is served, and only it. */
	deploy(): void;
	/** From now on this path cannot be had: the line breaks when it is asked for; null: all can. */
	withhold(path: string | null): void;
	/** How often the line broke for that. */
	readonly refused: number;
	stop(): Promise<void>;
}

const ASSETS = '/_app/immutable/';
const MOVED = '/_app/immutable/second/';
const TEXT = /javascript|html|json/u;

/** What a second build would contain in the place of this text. */
function rebuilt(text: string, type: string, build: string): string {
	const moved = text
		.replaceAll('_app/immutable/', '_app/immutable/second/')
		.replaceAll(build, `${build}2`);
	if (!type.includes('html')) return moved;
	// The shell's policy names the hash of its own script, which has changed with the addresses.
	const script = /<script>([\s\S]*?)<\/script>/u.exec(moved)?.[1] ?? '';
	const hash = createHash('sha256').update(script).digest('base64');
	return moved.replace(/'sha256-[^']+'(?=; style-src )/u, `'sha256-${hash}'`);
}

/** @param port of the app behind */
export async function putInFront(port: number): Promise<NextBuild> {
	let second = false;
	let withheld: string | null = null;
	let refused = 0;
	const version: unknown = await (await fetch(`http://localhost:${port}/_app/version.json`)).json();
	const build = String((version as { version: string }).version);
	// The browser believes that this is where the app lives; the app is told its own address.
	const backwards = (headers: IncomingMessage['headers']): IncomingMessage['headers'] => {
		const onward: IncomingMessage['headers'] = {
			...headers,
			host: `localhost:${port}`,
			...(headers.origin ? { origin: `http://localhost:${port}` } : {}),
			'accept-encoding': 'identity'
		};
		// What the browser holds is of the first build: nothing to compare with.
		delete onward['if-none-match'];
		delete onward['if-modified-since'];
		return onward;
	};

	const server = createServer((ask, answer: ServerResponse) => {
		const url = ask.url ?? '/';
		if (withheld !== null && url.split('?')[0] === withheld) {
			refused++;
			answer.destroy();
			return;
		}
		const old = url.startsWith(ASSETS) && !url.startsWith(MOVED);
		if (second && old) {
			answer.writeHead(404, { 'content-type': 'text/plain' }).end('gone');
			return;
		}
		const path = second ? url.replace(MOVED, ASSETS) : url;
		const options = { port, path, method: ask.method, headers: backwards(ask.headers) };
		const onward = request(options, (reply) => {
			const type = String(reply.headers['content-type'] ?? '');
			// Headers name the files of the first build; the page names its own.
			if (second) {
				delete reply.headers['link'];
				delete reply.headers['content-security-policy'];
			}
			if (!second || !TEXT.test(type) || path.startsWith('/api')) {
				answer.writeHead(reply.statusCode ?? 502, reply.headers);
				reply.pipe(answer);
				return;
			}
			let body = '';
			reply.setEncoding('utf8').on('data', (part) => (body += String(part)));
			reply.on('end', () => {
				const { 'content-length': _, etag: __, ...headers } = reply.headers;
				answer.writeHead(reply.statusCode ?? 502, headers).end(rebuilt(body, type, build));
			});
		});
		onward.on('error', () => answer.destroy());
		ask.pipe(onward);
	});
	const sockets = new Set<Duplex>();
	server.on('upgrade', (ask, socket, head) => {
		sockets.add(socket);
		socket.on('close', () => sockets.delete(socket));
		const onward = connect(port, 'localhost', () => {
			const headers = Object.entries(backwards(ask.headers))
				.map(([name, value]) => `${name}: ${String(value)}\r\n`)
				.join('');
			onward.write(`${ask.method} ${ask.url} HTTP/1.1\r\n${headers}\r\n`);
			onward.write(head);
			onward.pipe(socket).pipe(onward);
		});
		const end = (): void => {
			onward.destroy();
			socket.destroy();
		};
		onward.on('error', end);
		socket.on('error', end);
	});
	server.listen(0, 'localhost');
	await once(server, 'listening');
	return {
		origin: `http://localhost:${(server.address() as AddressInfo).port}`,
		deploy: () => (second = true),
		withhold: (path) => (withheld = path),
		get refused() {
			return refused;
		},
		async stop() {
			for (const socket of sockets) socket.destroy();
			server.closeAllConnections();
			server.close();
			await once(server, 'close');
		}
	};
}
