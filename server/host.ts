/** What both hosts share: one HTTP server on one port, with the app in front and the pages behind it. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp } from './app.ts';
import { ConfigError, type Config } from './config.ts';
import { ByteStoreError } from './files/ports.ts';
import type { Log } from './log.ts';
import { cutSlowBodies, FILE_WITHIN } from './slow.ts';
import { DatabaseError } from './store/sqlite/open.ts';

/** Slow senders are cut: headers within 10 s; bodies as slow.ts says, in any case at the end of this (H16). */
const TIMES = {
	headersTimeout: 10_000,
	requestTimeout: FILE_WITHIN,
	connectionsCheckingInterval: 2_000
};

/** Serves everything that is not the API. */
export type Pages = (request: IncomingMessage, response: ServerResponse) => void;

export interface Host {
	/** where a browser on this machine finds it */
	url: string;
	port: number;
	close(): Promise<void>;
}

/** What a host is made of. */
interface HostOptions {
	config: Config;
	log: Log;
	/** makes the part that serves pages; is given the server for its own sockets (hot reload) */
	pages: (server: Server) => Promise<{ serve: Pages; close?: () => Promise<void> }>;
	/** see AppOptions */
	onBroken: (fault: unknown) => void;
}

/** The address is taken, or not this machine's. */
export class ListenError extends Error {
	constructor(message: string, cause: unknown) {
		super(message, { cause });
		this.name = 'ListenError';
	}
}

/** Starts the server; resolves once it answers. */
export async function startHost({ config, log, pages, onBroken }: HostOptions): Promise<Host> {
	let serve: Pages = (_request, response) => response.writeHead(503).end();
	const app = await createApp({ config, log, onBroken });
	const server = createServer(TIMES, (request, response) => {
		if (!app.handle(request, response)) serve(request, response);
	});
	try {
		const behind = await pages(server);
		serve = behind.serve;
		app.attach(server);
		cutSlowBodies(server);
		const port = await listen(server, config);
		return {
			url: `http://${nameOf(config.host)}:${port}`,
			port,
			async close() {
				await behind.close?.();
				await app.close();
			}
		};
	} catch (fault) {
		await app.close();
		throw fault;
	}
}

function listen(server: Server, { port, host }: Config): Promise<number> {
	return new Promise((resolve, reject) => {
		server.once('error', (fault: NodeJS.ErrnoException) => reject(explained(fault, port, host)));
		server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
	});
}

function explained(fault: NodeJS.ErrnoException, port: number, host: string): Error {
	if (fault.code === 'EADDRINUSE') {
		return new ListenError(
			`Port ${port} is in use by another program. Stop it, or choose another port: PORT=${port + 1}.`,
			fault
		);
	}
	if (fault.code === 'EACCES') {
		return new ListenError(
			`Port ${port} needs more rights. Choose one from 1024 on, such as PORT=8000.`,
			fault
		);
	}
	if (fault.code === 'EADDRNOTAVAIL' || fault.code === 'ENOTFOUND') {
		return new ListenError(
			`HOST "${host}" is no address of this machine. Try HOST=127.0.0.1.`,
			fault
		);
	}
	return fault;
}

/** Under which name a browser on this machine reaches an address. */
function nameOf(host: string): string {
	if (['127.0.0.1', '0.0.0.0', '::'].includes(host)) return 'localhost';
	return host.includes(':') ? `[${host}]` : host;
}

/** Says in one sentence why the server does not start, where that is something people can mend. */
export function explainStart(fault: unknown, log: Log): void {
	const mendable =
		fault instanceof ConfigError ||
		fault instanceof DatabaseError ||
		fault instanceof ByteStoreError ||
		fault instanceof ListenError;
	if (!mendable) {
		log.fatal({ err: fault }, 'the server could not start');
		return;
	}
	process.stderr.write(`${fault.message}\n`);
	if (fault instanceof DatabaseError && fault.cause) log.error({ err: fault.cause }, 'cause');
}
