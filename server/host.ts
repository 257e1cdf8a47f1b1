/** What production and development share: one HTTP server on one port, with the app behind it. */
import type { Server } from 'node:http';
import { createApp } from './app.ts';
import { ConfigError, type Config } from './config.ts';
import { ByteStoreError } from './files/file-ports.ts';
import { createNodeServer, type PageHandler } from './http/server.ts';
import { listen, ListenError } from './listen.ts';
import type { Log } from './log.ts';
import { DatabaseError } from './store/sql/database-error.ts';

export interface Host {
	/** where a browser on this machine finds it */
	url: string;
	port: number;
	close(): Promise<void>;
}

/** Serves the pages of the app. */
interface Pages {
	serve: PageHandler;
	close?: () => Promise<void>;
}

interface HostOptions {
	config: Config;
	log: Log;
	/** makes what serves pages; is given the server for sockets of its own (hot reload) */
	pages: (server: Server) => Promise<Pages>;
	/** see AppOptions */
	onBroken: (fault: unknown) => void;
}

/** Starts the server; resolves once it answers. */
export async function startHost({ config, log, pages, onBroken }: HostOptions): Promise<Host> {
	const server = createNodeServer();
	const { serve, close: closePages } = await pages(server);
	const app = await createApp({ config, log, server, pages: serve, onBroken });
	async function close(): Promise<void> {
		await closePages?.();
		await app.close();
	}
	try {
		const { port: wanted, host } = config;
		const settings = { port: 'PORT', host: 'HOST' };
		const port = await listen(server, { port: wanted, host, settings }, log);
		return { url: `http://${hostnameOf(host)}:${port}`, port, close };
	} catch (fault) {
		await close();
		throw fault;
	}
}

/** The name under which a browser on this machine reaches an address. */
function hostnameOf(host: string): string {
	if (['127.0.0.1', '0.0.0.0', '::'].includes(host)) return 'localhost';
	return host.includes(':') ? `[${host}]` : host;
}

/** Reports why the server does not start: in one sentence where people can mend it, else as a fatal line. */
export function reportStartupError(fault: unknown, log: Log): void {
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
