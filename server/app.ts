/** Composition root: everything the server is, from a configuration. Two hosts mount it: main.ts and dev.ts. */
import { readFileSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createAccounts } from './auth/accounts.ts';
import { createHasher } from './auth/hasher.ts';
import { createLimits } from './auth/limits.ts';
import { createSessions } from './auth/sessions.ts';
import { createTokens } from './auth/tokens.ts';
import { realClock } from './clock.ts';
import { createCompatApi } from './compat/compat.ts';
import { allowedOrigins, type Config } from './config.ts';
import { createDoors } from './doors.ts';
import { createDomain } from './domain/domain.ts';
import type { FanOut } from './domain/ports.ts';
import { StorageFault } from './domain/store-port.ts';
import { createFiles, openByteStore } from './files/files.ts';
import { createApi } from './http/api.ts';
import { statusOf } from './http/status.ts';
import type { Log } from './log.ts';
import { createPictures } from './media/pictures.ts';
import { closeInOrder } from './shutdown.ts';
import { createGateway } from './socket/gateway.ts';
import { createDelivery } from './push/delivery.ts';
import { createNotifier } from './push/notifier.ts';
import { vapidKeys } from './push/vapid.ts';
import { createPushStore } from './store/sqlite/push.ts';
import { createFileTable } from './store/sqlite/files.ts';
import { openSqlite } from './store/sqlite/open.ts';
import { createCompatStore } from './store/sqlite/compat.ts';
import { createSessionTable } from './store/sqlite/sessions.ts';
import { createStore } from './store/sqlite/store.ts';
import { sweepDeletedRooms } from './store/sqlite/sweep.ts';

/** Of this release. */
const { version: VERSION } = JSON.parse(
	readFileSync(new URL('../package.json', import.meta.url), 'utf8')
) as { version: string };
/** ms between two clearings of expired sessions. */
const CLEAR_EVERY = 3_600_000;
/** ms between two steps of removing what was said in deleted rooms. */
const SWEEP_PAUSE = 20;

export interface App {
	/** Answers on this server. Call once, after all its request listeners were added. */
	attach(server: Server): void;
	/** Answers a request if it is for the API; false leaves it to whoever serves the pages. */
	handle(request: IncomingMessage, response: ServerResponse): boolean;
	/** Closes all doors in order; resolves when everything acknowledged is on disk and the file is free. */
	close(): Promise<void>;
}

/** Hands what was committed to every door. */
function toAll(doors: FanOut[]): FanOut {
	return {
		enter: (person, stream) => doors.forEach((door) => door.enter(person, stream)),
		leave: (person, stream) => doors.forEach((door) => door.leave(person, stream)),
		frame: (frame) => doors.forEach((door) => door.frame(frame)),
		related: (person) => doors.forEach((door) => door.related?.(person))
	};
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
	const bytes = await openByteStore(config, log);
	const db = openSqlite({ file: config.databaseFile });
	const gateway = createGateway(clock, log, config.corsOrigins);
	const fanOuts: FanOut[] = [gateway.fanOut];
	const pictures = createPictures();
	const limits = createLimits(config.rateLimits);
	const hasher = createHasher();
	const store = createStore(db);
	const domain = createDomain({
		store,
		hasher,
		fanOut: toAll(fanOuts),
		limiter: limits,
		pictures,
		clock,
		onFault(fault) {
			log.error({ err: fault }, 'storage failed');
			if (fault instanceof StorageFault && fault.reason === 'broken') onBroken(fault);
		}
	});
	await domain.start();

	const sessionTable = createSessionTable(db);
	const sessions = createSessions(sessionTable, config.secure);
	const tokens = createTokens(sessionTable, sessions);
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

	const files = createFiles({
		...{ dataDir: config.dataDir, bytes, clock, table: createFileTable(db, store.spanNow) },
		quota: { person: config.filesPerPerson, all: config.filesTotal },
		refusalFor: (fault, doing) => doors.refusalFor(fault, doing),
		statusOf: ({ code }) => statusOf(code)
	});
	const pushStore = createPushStore(db);
	const vapid = vapidKeys(pushStore);
	const notifier = createNotifier({
		...{ store: pushStore, clock, log, isConnected: gateway.isConnected },
		delivery: createDelivery({
			...{ vapid, subject: config.pushSubject, trusted: config.pushHosts }
		})
	});
	fanOuts.push({ enter: () => undefined, leave: () => undefined, ...notifier.fanOut });
	const push = { store: pushStore, notifier, vapid, trusted: config.pushHosts };
	const api = createApi({
		...{ domain, accounts, sessions, tokens, doors, files, push, log, origins, ready },
		trustedProxies: config.trustedProxies
	});
	await api.ready();
	gateway.open({
		...{ domain, doors, sessions, origins, limited: config.rateLimits },
		trustedProxies: config.trustedProxies
	});

	const compat = await createCompatApi(
		{
			...{ domain, accounts, sessions, tokens, hasher, pictures, files, limits, clock, log },
			presence: gateway.presence,
			store: createCompatStore(db),
			config: { ...config, version: VERSION, incomingDir: join(config.dataDir, 'incoming-forms') }
		},
		gateway.main,
		gateway.typing
	);
	fanOuts.push(compat.fanOut);

	let stopSweeping = () => {};
	/** Step by step, with room for requests in between. */
	function sweep(): void {
		if (sweepDeletedRooms(db)) stopSweeping = clock.after(SWEEP_PAUSE, sweep);
	}

	let stopClearing = clearExpired();
	function clearExpired(): () => void {
		sessions.removeExpired();
		pushStore.removeEnded(clock.now());
		sweep();
		files.sweep().catch((fault: unknown) => log.error({ err: fault }, 'files were not swept'));
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
			// Our own pages never ask whether they may: a preflight is always another origin's.
			const isPreflight = request.method === 'OPTIONS' && path.startsWith('/api/');
			if (isPreflight || compat.isMine(path)) {
				compat.door.routing(request, response);
				return true;
			}
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
					['sockets of the compatible API', () => compat.closeSockets()],
					['sockets', () => gateway.close()],
					['http', () => Promise.all([api.close(), compat.door.close()]).then(() => undefined)],
					['idle connections', () => server?.closeAllConnections()],
					['notifications', () => notifier.close()],
					['timers', () => (stopClearing(), stopSweeping())],
					['the store for files', () => bytes.close()],
					['database', () => db.close()]
				],
				log
			);
		}
	};
}
