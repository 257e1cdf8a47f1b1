/** The connections to Redis. It holds nothing that has to last: while it is away the server goes on without it. */
import { createClient } from 'redis';
import type { Clock } from '../domain/ports.ts';
import type { Log } from '../log.ts';

/** ms until a connection is given up; between two tries, doubled up to the longest. */
const CONNECT_TIMEOUT = 2_000;
const RETRY = 50;
const RETRY_MAX = 1_000;
/** ms between two signs of life, and without one after which Redis counts as away though the line is open. */
const PING_EVERY = 1_000;
const SILENT_MAX = 2_500;
/** ms that a start waits for it. */
const START_WITHIN = 5_000;

type Client = ReturnType<typeof connect>;

export interface Redis {
	client: Client;
	/** Another connection, which waits for Redis where the first one says at once that it is away. */
	another(): Client;
	/** Whether all connections are there. */
	isUp(): boolean;
	/** Asks something; rejects when Redis is away, or does not answer in so many ms. */
	within<A>(ms: number, question: () => Promise<A>): Promise<A>;
	/** Called when they are there again. */
	onUp(listener: () => void): void;
	close(): void;
}

function connect(url: string, isPatient: boolean) {
	return createClient({
		url,
		RESP: 2,
		disableOfflineQueue: !isPatient,
		socket: {
			connectTimeout: CONNECT_TIMEOUT,
			reconnectStrategy: (tries) => Math.min(RETRY * 2 ** tries, RETRY_MAX)
		}
	});
}

const AWAY = 'Redis is away: other servers are heard of through the database';

/** Knows whether all lines are there, and says so when that changes. */
function watchLines(lines: ReadonlySet<Client>, log: Log) {
	const listeners = new Set<() => void>();
	let wasUp = false;
	let heard = performance.now();
	const isUp = () =>
		lines.size > 0 &&
		performance.now() - heard <= SILENT_MAX &&
		[...lines].every(({ isReady }) => isReady);

	function look(): void {
		if (isUp() === wasUp) return;
		wasUp = !wasUp;
		if (!wasUp) return void log.warn(AWAY);
		log.info('Redis is there');
		for (const listener of listeners) listener();
	}

	return {
		isUp,
		look,
		/** It has answered. */
		heard() {
			heard = performance.now();
			look();
		},
		onUp: (listener: () => void) => void listeners.add(listener)
	};
}

/** Opens the first connection; resolves when it is there, or was waited for in vain: it comes by itself later. */
export async function openRedis(url: string, clock: Clock, log: Log): Promise<Redis> {
	const clients = new Set<Client>();
	/** those that have been there: one that is only being opened is not missed */
	const lines = new Set<Client>();
	const { isUp, look, heard, onUp } = watchLines(lines, log);
	let stopPings = () => {};

	function open(isPatient: boolean): Client {
		const client = connect(url, isPatient);
		clients.add(client);
		client.on('ready', () => {
			lines.add(client);
			look();
		});
		// It comes again with each try; that it is away was said.
		client.on('error', look);
		return client;
	}

	function ping(): void {
		look();
		// That it is away is known by the state of the line.
		client.ping().then(heard, look);
		stopPings = clock.after(PING_EVERY, ping);
	}

	const client = open(false);
	const ready = client.connect().catch((error: unknown) => {
		log.error({ err: error }, 'Redis could not be reached');
	});
	await Promise.race([ready, new Promise((resolve) => setTimeout(resolve, START_WITHIN).unref())]);
	ping();
	if (!isUp()) log.warn(AWAY);
	return {
		client,
		another: () => open(true),
		isUp,
		onUp,
		async within(ms, question) {
			if (!isUp()) throw new Error('Redis is away');
			const late = Promise.withResolvers<never>();
			const stop = clock.after(ms, () => late.reject(new Error('Redis is late')));
			return Promise.race([question(), late.promise]).finally(stop);
		},
		close() {
			stopPings();
			for (const one of clients) if (one.isOpen) one.destroy();
		}
	};
}
