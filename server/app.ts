/** Composition root: everything the server is, from a configuration. Two hosts mount it: main.ts and dev.ts. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAccounts } from './auth/accounts.ts';
import { createHasher } from './auth/hasher.ts';
import { createLimits } from './auth/limits.ts';
import { createSessions } from './auth/sessions.ts';
import { realClock } from './clock.ts';
import { allowedOrigins, type Config } from './config.ts';
import { createDoors } from './doors.ts';
import { createDomain } from './domain/domain.ts';
import { StorageFault } from './domain/store-port.ts';
import { createApi } from './http/api.ts';
import type { Log } from './log.ts';
import { createPictures } from './media/pictures.ts';
import { closeInOrder } from './shutdown.ts';
import { createGateway } from './socket/gateway.ts';
import { openSqlite } from './store/sqlite/open.ts';
import { createSessionTable } from './store/sqlite/sessions.ts';
import { createStore } from './store/sqlite/store.ts';

/** ms between two clearings of expired sessions. */
const CLEAR_EVERY = 3_600_000;

export interface App {
	/** Answers on this server. Call once, after all its request listeners were added. */
	attach(server: Server): void;
	/** Answers a request if it is for the API; false leaves it to whoever serves the pages. */
	handle(request: IncomingMessage, response: ServerResponse): boolean;
	/** Closes all doors in order; resolves when everything acknowledged is on disk and the file is free. */
	close(): Promise<void>;
}

export interface AppOptions {
	config: Config;
	log: Log;
	/**
	 * Storage broke: a write may or may not be on disk. The process has to end at once, because the
	 * next acknowledgement could be a lie (V2).
	 */
	onBroken: (fault: unknown) => void;
}

/** Opens the database and puts the server together. Rejects when it cannot do its work. */
export async function createApp({ config, log, onBroken }: AppOptions): Promise<App> {
	const clock = realClock;
	const db = openSqlite({ file: config.databaseFile });
	const gateway = createGateway(clock, log);
	const limits = createLimits(config.rateLimits);
	const hasher = createHasher();
	const domain = createDomain({
		store: createStore(db),
		hasher,
		fanOut: gateway.fanOut,
		limiter: limits,
		pictures: createPictures(),
		clock,
		onFault(fault) {
			log.error({ err: fault }, 'storage failed');
			if (fault instanceof StorageFault && fault.reason === 'broken') onBroken(fault);
		}
	});
	await domain.start();

	const sessions = createSessions(createSessionTable(db), config.secure);
	const accounts = createAccounts({ domain, hasher, limits, passwordMin: config.passwordMin });
	const doors = createDoors({ domain, limiter: limits, clock, log });
	let server: Server | null = null;
	let closing = false;
	let known: Set<string> | null = null;

	/** The port is known only once the server listens. */
	function origins(): Set<string> {
		const address = server?.address() as AddressInfo | null | undefined;
		if (known) return known;
		if (!address) return allowedOrigins(config, config.port);
		return (known = allowedOrigins(config, address.port));
	}

	function ready(): void {
		if (closing) throw new Error('closing');
		db.prepare('SELECT 1 FROM instance').get();
	}

	const api = createApi({
		...{ domain, accounts, sessions, doors, log, origins, ready },
		trustedProxies: config.trustedProxies
	});
	await api.ready();
	gateway.open({ domain, doors, sessions, origins, limited: config.rateLimits });

	let stopClearing = clearExpired();
	function clearExpired(): () => void {
		sessions.removeExpired();
		return clock.after(CLEAR_EVERY, () => {
			stopClearing = clearExpired();
		});
	}

	return {
		attach(http) {
			server = http;
			gateway.attach(http);
		},
		handle(request, response) {
			const path = (request.url ?? '/').split('?', 1)[0]!;
			if (path !== '/api' && !/^\/(api|uploads)\//.test(path)) return false;
			api.routing(request, response);
			return true;
		},
		async close() {
			closing = true;
			doors.close();
			await closeInOrder(
				[
					['new connections', () => void server?.close()],
					['commits', () => domain.drained()],
					['sockets', () => gateway.close()],
					['http', () => api.close()],
					['idle connections', () => server?.closeAllConnections()],
					['timers', () => stopClearing()],
					['database', () => db.close()]
				],
				log
			);
		}
	};
}
