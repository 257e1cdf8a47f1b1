/**
 * A network of the test's own: a TCP proxy between browser and server that can be cut, or go silent.
 * The browser's own "offline" switch sits above the worker and the sockets; this sits below both.
 */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** "up": from the browser to the server. */
export type Way = 'up' | 'down';

export interface Proxy {
	port: number;
	origin: string;
	/** Sets the port on this machine to which connections lead. */
	leadTo(port: number): void;
	/** Breaks every connection and refuses new ones. */
	refuse(): Promise<void>;
	/**
	 * Half-open: every connection stays open and all its bytes that way are lost, until it ends; new
	 * ones fare alike until `restore`.
	 */
	swallow(...ways: Way[]): void;
	/** New connections work again; those that lost bytes stay dead, as on a real network. */
	restore(): Promise<void>;
	stop(): Promise<void>;
}

interface Connection {
	/** ways on which it has lost bytes */
	lost: Set<Way>;
	end(): void;
}

/** Listens on a free port of this machine. */
export async function startProxy(): Promise<Proxy> {
	const open = new Set<Connection>();
	let lost: Way[] = [];
	let target = 0;
	const server = createServer((browser) => {
		const upstream = connect(target, '127.0.0.1');
		const connection: Connection = {
			lost: new Set(lost),
			end() {
				open.delete(connection);
				browser.destroy();
				upstream.destroy();
			}
		};
		open.add(connection);
		join(browser, upstream, () => connection.lost.has('up'), connection.end);
		join(upstream, browser, () => connection.lost.has('down'), connection.end);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;

	async function refuse(): Promise<void> {
		for (const connection of [...open]) connection.end();
		if (!server.listening) return;
		const closed = once(server, 'close');
		server.close();
		await closed;
	}
	return {
		port,
		origin: `http://localhost:${port}`,
		leadTo(to) {
			target = to;
		},
		refuse,
		swallow(...ways) {
			lost = ways;
			for (const connection of open) for (const way of ways) connection.lost.add(way);
		},
		async restore() {
			lost = [];
			if (server.listening) return;
			server.listen(port, '127.0.0.1');
			await once(server, 'listening');
		},
		stop: refuse
	};
}

/** Passes bytes on, unless they are lost; the end of one side is the end of both. */
function join(from: Socket, to: Socket, isLost: () => boolean, end: () => void): void {
	from.setNoDelay(true);
	from.on('data', (bytes) => {
		if (isLost() || to.write(bytes)) return;
		from.pause();
		to.once('drain', () => from.resume());
	});
	from.on('close', end);
	// A side that resets ends the connection like one that closes; "close" follows.
	from.on('error', end);
}
