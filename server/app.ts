/** Composition root: everything the server is, from a configuration. main.ts and dev.ts start it by host.ts. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { serverTime } from './clock.ts';
import { relaySentence, watchRelay, type RelayState } from './calls/turn-check.ts';
import { createCompatApi } from './compat/compat.ts';
import { createSearch } from './domain/search.ts';
import { createFiles, type Files } from './files/file-service.ts';
import { startHousekeeping } from './housekeeping.ts';
import { socketsOf } from './nodes/nodes.ts';
import { startAdministration } from './administration.ts';
import { appApi } from './http/api.ts';
import { createHttpServer } from './http/server.ts';
import { statusOf } from './http/status.ts';
import { listenForMetrics, metricsRoute } from './metrics/endpoint.ts';
import { countPushes, countUploads, measureFanOut, measureHttp } from './metrics/measure.ts';
import { createPushSender } from './push/push-sender.ts';
import { Notifier } from './push/notifier.ts';
import { vapidKeys } from './push/vapid.ts';
import { closeInOrder } from './shutdown.ts';
import { NOWHERE } from './socket/elsewhere.ts';
import { createGateway, type Gateway } from './socket/gateway.ts';
import { createCompatStore } from './store/sql/compat-store.ts';
import { createFileTable } from './store/sql/file-table.ts';
import { createPruning } from './store/sql/prune.ts';
import { createPushStore } from './store/sql/push-store.ts';
import { createCompatSearchReads } from './store/sql/search-reads.ts';
import { sweepDeletedRooms } from './store/sql/sweep.ts';
import { VERSION } from './version.ts';
import type { CompatStore } from './compat/ports.ts';
import type { Config } from './config.ts';
import { createCore, heardBySockets, type AppOptions, type Core } from './core.ts';

export interface App {
	/** Closes everything in order; resolves when everything acknowledged is on disk and the file is free. */
	close(): Promise<void>;
}

/** Opens the database and puts the server together. Rejects when it cannot do its work. */
export async function createApp(options: AppOptions): Promise<App> {
	const { config, log, server } = options;
	const core = await createCore(options);
	const gateway = createSocketGateway(core, options);
	const files = createFileService(core, options);
	const push = await createPush(core, options, gateway.isConnected);
	const relay = watchRelay(config.calls.relay, core.clock.now, core.storage.onError);
	const readiness = createReadiness(core, relay.known);

	const http = createHttpServer({ ...config, server, pages: options.pages });
	const live = {
		sockets: gateway.sockets,
		peopleOnline: () => gateway.presence.online().size,
		isRedisUp: () => core.nodes?.bus.isUp() ?? true
	};
	const online = () => gateway.presence.online();
	const { administration, stop: stopNumbers } = startAdministration({
		...{ ...core, config, log, live, online, relay: relay.look }
	});
	void http.fastify.register(appApi, {
		...core,
		...{ files, push, log, administration, ready: readiness.check },
		publicOrigin: config.origins?.[0] ?? null
	});
	const compat = await createCompat(core, options, gateway, files, http.fastify);
	metricsRoute(http.fastify, config.metrics, core.metrics.registry);
	core.metrics.watch(live);
	core.nodes?.relay.follow(socketsOf(gateway.namespaces));
	const stopMetrics = await listenForMetrics(config.metrics, core.metrics.registry, log);
	await http.fastify.ready();
	gateway.attach(server);
	http.guardRequests();
	measureHttp(server, core.metrics);
	const stopHousekeeping = startHousekeeping({
		clock: core.clock,
		log,
		sessions: core.sessions,
		devices: core.devices,
		passwordLinks: core.passwordLinks,
		pushStore: push.store,
		files,
		sweepRooms: () => sweepDeletedRooms(core.database, core.clock.now()),
		pruneLog: createPruning(core.database),
		endAccounts: core.ends.run,
		onErased: core.index.forgetRooms
	});

	return {
		async close() {
			readiness.end();
			core.dispatcher.close();
			await closeInOrder(
				[
					['new connections', () => void server.close()],
					['commits', () => core.domain.drained()],
					['sockets of the compatible API', () => compat.close()],
					['sockets', () => gateway.close()],
					['calls', () => core.calls.close()],
					['what rings by push', () => core.ringer.close()],
					['http', () => http.fastify.close()],
					['idle connections', () => server.closeAllConnections()],
					['other servers', () => core.nodes?.close()],
					['metrics', stopMetrics],
					['numbers', stopNumbers],
					['notifications', () => push.notifier.close()],
					['mail', () => core.mail?.close()],
					['links that were asked for', () => core.passwordMail?.settled()],
					['timers', stopHousekeeping],
					['the store for files', () => core.bytes.close()],
					['the index for searching', () => core.index.close()],
					['database', () => core.storage.close()]
				],
				log
			);
		}
	};
}

function createSocketGateway(core: Core, { config, log }: AppOptions): Gateway {
	return createGateway({
		...core,
		domain: measureFanOut(heardBySockets(core), core.metrics),
		log,
		limited: config.rateLimits,
		cors: config.corsOrigins,
		trustedProxies: config.trustedProxies,
		elsewhere: core.nodes?.others ?? NOWHERE
	});
}

function createFileService(core: Core, { config }: AppOptions): Files {
	const { bytes, clock, database, dispatcher, images, metrics, store } = core;
	return createFiles({
		dataDir: config.dataDir,
		isShared: config.redisUrl !== null,
		bytes,
		clock,
		table: countUploads(createFileTable(database, store.rooms), metrics),
		images,
		quota: { person: config.filesPerPerson, all: config.filesTotal },
		refusalFor(error, doing) {
			const refusal = dispatcher.refusalFor(error, doing);
			metrics.uploads.inc({ result: refusal.code });
			return refusal;
		},
		statusOf: ({ code }) => statusOf(code)
	});
}

function createCompat(
	core: Core,
	{ config, log }: AppOptions,
	{ main, presence, typing }: Gateway,
	files: Files,
	http: FastifyInstance
) {
	const { database, images, index, limits } = core;
	return createCompatApi({
		...core,
		domain: heardBySockets(core),
		onTold: (seconds) => core.metrics.fanOutSeconds.observe({ api: 'compat' }, seconds),
		search: createSearch({ reads: createCompatSearchReads(database), index, limiter: limits }),
		pictures: images,
		files,
		log,
		http,
		main,
		presence,
		typing,
		store: followedStore(core),
		sharedLists: core.nodes?.lists ?? null,
		config: { ...config, version: VERSION, incomingDir: formsFolder(config) }
	});
}

/** Forms that were under way when a server ended are nobody's: of several servers each has a folder of its own. */
const formsFolder = ({ dataDir, port, redisUrl }: Config): string =>
	join(dataDir, 'incoming-forms', ...(redisUrl === null ? [] : [`${hostname()}-${port}`]));

/** A socket of the compatible API that begins misses nothing of its person's streams from then on. */
function followedStore({ database, nodes, published }: Core): CompatStore {
	const store = createCompatStore(database);
	if (!nodes) return store;
	return {
		...store,
		async beginning(person) {
			await published.streams(person);
			return store.beginning(person);
		}
	};
}

async function createPush(
	{ clock, database, domain, metrics, ringer }: Core,
	{ config, log }: AppOptions,
	isConnected: (session: string) => boolean
) {
	const store = createPushStore(database);
	const vapid = await vapidKeys(store);
	const trusted = config.pushHosts;
	const sender = createPushSender({ vapid, subject: config.pushSubject, trusted });
	const counted = countPushes(sender, metrics);
	const delivery = { store, clock: serverTime(clock), log, isConnected, sender: counted };
	ringer.attach(delivery);
	const notifier = new Notifier({ ...delivery, domain });
	return { store, notifier, vapid, trusted };
}

/** Whether requests can be answered: from the start until the server is being closed. */
function createReadiness(
	{ nodes, storage }: Pick<Core, 'nodes' | 'storage'>,
	relay: () => RelayState | null
) {
	let isClosing = false;
	return {
		/** Rejects with what keeps the server from its work. */
		async check() {
			if (isClosing) throw new Error('closing');
			// Without Redis everything is done, only others are heard of later.
			const redis = nodes ? { redis: nodes.bus.isUp() ? 'there' : 'away' } : {};
			const state = relay();
			// Without a relay calls within one network go on.
			const relayed = state ? { relay: relaySentence(state) } : {};
			return { version: VERSION, database: await storage.ready(), ...redis, ...relayed };
		},
		end() {
			isClosing = true;
		}
	};
}
