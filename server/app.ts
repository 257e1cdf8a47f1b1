/** Composition root: everything the server is, from a configuration. main.ts and dev.ts start it by host.ts. */
import type { Server } from 'node:http';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { createAccounts } from './auth/accounts.ts';
import { createHasher } from './auth/hasher.ts';
import { createKnownDevices } from './auth/known-devices.ts';
import { createPasswordMail } from './auth/password-mail.ts';
import { createPasswordLinks } from './auth/password-links.ts';
import { createLimits } from './auth/limits.ts';
import { Sessions } from './auth/sessions.ts';
import { createTokens } from './auth/tokens.ts';
import { realClock, serverTime } from './clock.ts';
import { createCompatApi } from './compat/compat.ts';
import type { Config } from './config.ts';
import { createDispatcher } from './dispatcher.ts';
import { createDomain } from './domain/domain.ts';
import { createSearch } from './domain/search.ts';
import { createFiles, openByteStore, type Files } from './files/file-service.ts';
import { startHousekeeping } from './housekeeping.ts';
import { startAdministration } from './administration.ts';
import { appApi } from './http/api.ts';
import { createHttpServer, type PageHandler } from './http/server.ts';
import { statusOf } from './http/status.ts';
import type { Log } from './log.ts';
import { createMail } from './mail/mail.ts';
import { createImages } from './images/images.ts';
import { isRead, listenForMetrics, metricsRoute } from './metrics/endpoint.ts';
import {
	countMessages,
	countPushes,
	countUploads,
	measureCommits,
	measureFanOut,
	measureHttp,
	measureRequests
} from './metrics/measure.ts';
import { originsOf } from './origins.ts';
import { createMetrics } from './metrics/metrics.ts';
import { createPushSender } from './push/push-sender.ts';
import { Notifier } from './push/notifier.ts';
import { vapidKeys } from './push/vapid.ts';
import { closeInOrder } from './shutdown.ts';
import { createGateway, type Gateway } from './socket/gateway.ts';
import { openStorage, type Storage } from './storage.ts';
import { createCompatStore } from './store/sql/compat-store.ts';
import { createServerSettings } from './store/sql/server-settings.ts';
import { createFileTable } from './store/sql/file-table.ts';
import { createPasswordLinkStore } from './store/sql/password-link-store.ts';
import { createPruning } from './store/sql/prune.ts';
import { createPushStore } from './store/sql/push-store.ts';
import { createCompatSearchReads, createMemberSearchReads } from './store/sql/search-reads.ts';
import { createDeviceStore } from './store/sql/device-store.ts';
import { createSessionStore } from './store/sql/session-store.ts';
import { sweepDeletedRooms } from './store/sql/sweep.ts';
import { VERSION } from './version.ts';

export interface App {
	/** Closes everything in order; resolves when everything acknowledged is on disk and the file is free. */
	close(): Promise<void>;
}

export interface AppOptions {
	config: Config;
	log: Log;
	/** where requests come in; nothing listens to it yet */
	server: Server;
	/** answers requests for pages */
	pages: PageHandler;
	/**
	 * Storage broke: a write may or may not be on disk. The process has to end at once, because the
	 * next acknowledgement could be a lie (DISK-2).
	 */
	onBroken: (error: unknown) => void;
}

/** Opens the database and puts the server together. Rejects when it cannot do its work. */
export async function createApp(options: AppOptions): Promise<App> {
	const { config, log, server } = options;
	const core = await createCore(options);
	const gateway = createSocketGateway(core, options);
	const files = createFileService(core, options);
	const push = await createPush(core, options, gateway.isConnected);
	const readiness = createReadiness(core.storage);

	const http = createHttpServer({ ...config, server, pages: options.pages });
	const live = {
		sockets: gateway.sockets,
		peopleOnline: () => gateway.presence.online().size
	};
	const online = () => gateway.presence.online();
	const { administration, stop: stopNumbers } = startAdministration({
		...{ ...core, config, log, live, online }
	});
	void http.fastify.register(appApi, {
		...core,
		...{ files, push, log, administration, ready: readiness.check }
	});
	const compat = await createCompat(core, options, gateway, files, http.fastify);
	metricsRoute(http.fastify, config.metrics, core.metrics.registry);
	core.metrics.watch(live);
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
					['http', () => http.fastify.close()],
					['idle connections', () => server.closeAllConnections()],
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

/** Storage, the domain on top of it, and who may ask it. */
async function createCore({ config, log, server, onBroken }: AppOptions) {
	const clock = realClock;
	const bytes = await openByteStore(config, log);
	const metrics = createMetrics(isRead(config.metrics));
	const storage = await openStorage({ config, log, clock, onBroken });
	const { database, onError } = storage;
	const store = measureCommits(storage.store, metrics);
	const limits = createLimits(config.rateLimits);
	const hasher = createHasher();
	const images = createImages();
	const domain = createDomain({
		store,
		hasher,
		limiter: limits,
		pictures: images,
		clock: serverTime(clock),
		onError
	});
	await domain.start();
	const sessionTable = createSessionStore(database);
	const sessions = new Sessions(sessionTable, config.secure);
	const tokens = createTokens(sessionTable, sessions);
	const devices = createKnownDevices(createDeviceStore(database), config.secure);
	domain.subscribe(({ sessionsEnded }) => sessions.noteEnded(sessionsEnded));
	const { passwordMin } = config;
	const settings = createServerSettings(database);
	const { registration } = settings;
	const accounts = createAccounts({
		...{ domain, hasher, limits, devices, passwordMin, registration }
	});
	const links = createPasswordLinkStore(database);
	const passwordLinks = createPasswordLinks({
		table: links,
		hasher,
		limits,
		sessions,
		passwordMin
	});
	const mail = createMail({ config, clock, log, settings });
	const passwordMail =
		mail &&
		createPasswordMail({
			...{ domain, limits, table: links, post: mail.post },
			onError: (error) => log.error({ err: error }, 'a link for a new password was not mailed')
		});
	const index = storage.openIndex();
	domain.subscribe(({ frames }) => index.note(frames));
	domain.subscribe(countMessages(metrics));
	const reads = createMemberSearchReads(database, store.rooms);
	const search = createSearch({ reads, index, limiter: limits });
	const dispatcher = measureRequests(
		createDispatcher({ domain, search, limiter: limits, clock, log }),
		metrics
	);
	const origins = originsOf(config, server);
	return {
		accounts,
		bytes,
		clock,
		database,
		devices,
		dispatcher,
		domain,
		hasher,
		limits,
		images,
		mail,
		index,
		metrics,
		origins,
		passwordLinks,
		passwordMail,
		registration,
		sessions,
		settings,
		storage,
		store,
		tokens
	};
}

type Core = Awaited<ReturnType<typeof createCore>>;

function createSocketGateway(core: Core, { config, log }: AppOptions): Gateway {
	return createGateway({
		...core,
		domain: measureFanOut(core.domain, core.metrics),
		log,
		limited: config.rateLimits,
		cors: config.corsOrigins,
		trustedProxies: config.trustedProxies
	});
}

function createFileService(core: Core, { config }: AppOptions): Files {
	const { bytes, clock, database, dispatcher, images, metrics, store } = core;
	return createFiles({
		dataDir: config.dataDir,
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
		onTold: (seconds) => core.metrics.fanOutSeconds.observe({ api: 'compat' }, seconds),
		search: createSearch({ reads: createCompatSearchReads(database), index, limiter: limits }),
		pictures: images,
		files,
		log,
		http,
		main,
		presence,
		typing,
		store: createCompatStore(database),
		config: { ...config, version: VERSION, incomingDir: join(config.dataDir, 'incoming-forms') }
	});
}

async function createPush(
	{ clock, database, domain, metrics }: Core,
	{ config, log }: AppOptions,
	isConnected: (session: string) => boolean
) {
	const store = createPushStore(database);
	const vapid = await vapidKeys(store);
	const trusted = config.pushHosts;
	const sender = createPushSender({ vapid, subject: config.pushSubject, trusted });
	const counted = countPushes(sender, metrics);
	const notifier = new Notifier({
		domain,
		store,
		clock: serverTime(clock),
		log,
		isConnected,
		sender: counted
	});
	return { store, notifier, vapid, trusted };
}

/** Whether requests can be answered: from the start until the server is being closed. */
function createReadiness(storage: Pick<Storage, 'ready'>) {
	let isClosing = false;
	return {
		/** Rejects with what keeps the server from its work. */
		async check() {
			if (isClosing) throw new Error('closing');
			return { version: VERSION, database: await storage.ready() };
		},
		end() {
			isClosing = true;
		}
	};
}
