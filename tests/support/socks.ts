/** A SOCKS 5 proxy (RFC 1928) on this machine that can be cut: the whole network of one browser. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** The network of one browser. */
export interface BrowserLine {
	/** what a browser is told to use as its proxy */
	address: string;
	/** Breaks every connection; new ones break as well, until `restore`. */
	cut(): void;
	/** New connections work again. */
	restore(): void;
	stop(): Promise<void>;
}

const VERSION = 5;
const NO_PASSWORD = Buffer.from([VERSION, 0]);
const CONNECTED = Buffer.from([VERSION, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
/** Bytes of a request before the length of the host's name, which follows. */
const REQUEST_HEAD = 4;
const BY_NAME = 3;

/** Reads exactly this many bytes; rejects when the connection ends before. */
async function take(socket: Socket, count: number): Promise<Buffer> {
	for (;;) {
		const bytes = socket.read(count) as Buffer | null;
		if (bytes !== null) return bytes;
		if (socket.destroyed || socket.readableEnded) throw new Error('ended in the middle of a word');
		await once(socket, 'readable');
	}
}

/** @returns the port that the browser wants to reach; every name is this machine's */
async function readRequest(socket: Socket): Promise<number> {
	const [, methods = 0] = await take(socket, 2);
	await take(socket, methods);
	socket.write(NO_PASSWORD);
	const head = await take(socket, REQUEST_HEAD + 1);
	const rest = head[REQUEST_HEAD - 1] === BY_NAME ? head[REQUEST_HEAD]! : 3;
	const end = await take(socket, rest + 2);
	return end.readUInt16BE(rest);
}

/** Listens on a free port. */
export async function startLine(): Promise<BrowserLine> {
	const open = new Set<Socket>();
	let isCut = false;
	const keep = (socket: Socket): void => {
		open.add(socket);
		socket.setNoDelay(true);
		socket.on('close', () => open.delete(socket));
		// What breaks is closed, and that is all there is to say of it.
		socket.on('error', () => socket.destroy());
	};
	const server = createServer((browser) => {
		keep(browser);
		if (isCut) {
			browser.destroy();
			return;
		}
		void readRequest(browser).then(
			(port) => {
				const upstream = connect(port, 'localhost');
				keep(upstream);
				browser.on('close', () => upstream.destroy());
				upstream.on('close', () => browser.destroy());
				upstream.on('connect', () => {
					browser.write(CONNECTED);
					browser.pipe(upstream).pipe(browser);
				});
			},
			() => browser.destroy()
		);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const cut = (): void => {
		isCut = true;
		for (const socket of open) socket.destroy();
	};
	return {
		address: `socks5://127.0.0.1:${(server.address() as AddressInfo).port}`,
		cut,
		restore: () => (isCut = false),
		async stop() {
			cut();
			server.close();
			await once(server, 'close');
		}
	};
}
