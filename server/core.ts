/** What the doors of the server stand on: the storage, the domain on top of it, other servers, and who may ask. */
import type { Server } from 'node:http';
import { createAccountEnds } from './auth/account-end.ts';
import { createAccounts } from './auth/accounts.ts';
import { createHasher } from './auth/hasher.ts';
import { createKnownDevices } from './auth/known-devices.ts';
import { createPasswordMail } from './auth/password-mail.ts';
import { createPasswordLinks } from './auth/password-links.ts';
import { createLimits, type Limits } from './auth/limits.ts';
import { Sessions } from './auth/sessions.ts';
import { createTokens } from './auth/tokens.ts';
import { Calls } from './calls/calls.ts';
import type { CallDomain } from './calls/ports.ts';
import { createIceServers } from './calls/turn.ts';
import { realClock, serverTime } from './clock.ts';
import type { Config } from './config.ts';
import { createDispatcher } from './dispatcher.ts';
import { createDomain } from './domain/domain.ts';
import { createSearch } from './domain/search.ts';
import { openByteStore } from './files/file-service.ts';
import { joinNodes } from './nodes/nodes.ts';
import { createSharedCounts } from './nodes/shared-counts.ts';
import { openRedis } from './nodes/redis.ts';
import { type PageHandler } from './http/server.ts';
import type { Log } from './log.ts';
import { createMail } from './mail/mail.ts';
import { createImages } from './images/images.ts';
import { isRead } from './metrics/endpoint.ts';
import { countMessages, measureCommits, measureRequests } from './metrics/measure.ts';
import { Ringer } from './push/ringer.ts';
import { originsOf } from './origins.ts';
import { createMetrics } from './metrics/metrics.ts';
import { openStorage, type Storage } from './storage.ts';
import { CallLines } from './socket/call-lines.ts';
import { createAccountEndStore } from './store/sql/account-end-store.ts';
import { createServerSettings } from './store/sql/server-settings.ts';
import { createPasswordLinkStore } from './store/sql/password-link-store.ts';
import { createMemberSearchReads } from './store/sql/search-reads.ts';
import { createDeviceStore } from './store/sql/device-store.ts';
import { createSessionStore } from './store/sql/session-store.ts';
import type { RunningDomain } from './domain/domain.ts';
import type { Clock, Domain } from './domain/ports.ts';
import type { Metrics } from './metrics/metrics.ts';
import type { Nodes } from './nodes/nodes.ts';
import type { Redis } from './nodes/redis.ts';
import type { Relay } from './nodes/relay.ts';

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

/** Storage, the domain on top of it, and who may ask it. */
export async function createCore({ config, log, server, onBroken }: AppOptions) {
	const clock = realClock;
	const bytes = await openByteStore(config, log);
	const metrics = createMetrics(isRead(config.metrics));
	const storage = await openStorage({ config, log, clock, onBroken });
	const { database, onError } = storage;
	const store = measureCommits(storage.store, metrics);
	const redis = config.redisUrl === null ? null : await openRedis(config.redisUrl, clock, log);
	const counts = redis && createSharedCounts(redis, store.instance().id);
	const limits = createLimits(config.rateLimits, clock.now, counts);
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
	const nodes = joinOthers({
		...{ redis, storage, domain, sessions, log, metrics },
		clock: serverTime(clock)
	});
	/** what this server commits, and what others do */
	const published = nodes ? heardFrom(nodes.relay) : domain;
	published.subscribe(({ sessionsEnded }) => sessions.noteEnded(sessionsEnded));
	const { passwordMin } = config;
	const settings = createServerSettings(database);
	const { registration } = settings;
	const ends = createAccountEnds({
		...{ domain, now: clock.now },
		endSessions: async (person) => void (await sessions.endOthers(person, null)),
		onError: (error) => log.error({ err: error }, 'an account did not end'),
		store: createAccountEndStore(database)
	});
	const accounts = createAccounts({
		...{ domain, hasher, limits, devices, ends, passwordMin, registration }
	});
	const links = createPasswordLinkStore(database);
	const passwordLinks = createPasswordLinks({
		table: links,
		hasher,
		limits,
		sessions,
		ends,
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
	published.subscribe(({ frames }) => index.note(frames, nodes !== null));
	domain.subscribe(countMessages(metrics));
	const reads = createMemberSearchReads(database, store.rooms);
	const search = createSearch({ reads, index, limiter: limits });
	const { calls, callLines, ringer } = await createCalls({
		...{ config, clock, limits, onError },
		domain: { ...domain, subscribe: published.subscribe }
	});
	const dispatcher = measureRequests(
		createDispatcher({ domain, search, calls, limiter: limits, clock, log }),
		metrics
	);
	const origins = originsOf(config, server);
	return {
		accounts,
		bytes,
		calls,
		callLines,
		clock,
		database,
		devices,
		dispatcher,
		domain,
		ends,
		hasher,
		limits,
		images,
		mail,
		index,
		metrics,
		nodes,
		origins,
		passwordLinks,
		passwordMail,
		published,
		registration,
		ringer,
		sessions,
		settings,
		storage,
		store,
		tokens
	};
}

export type Core = Awaited<ReturnType<typeof createCore>>;

type Published = Pick<Domain, 'subscribe' | 'streams'>;

interface CallParts {
	config: Config;
	clock: Clock;
	limits: Limits;
	domain: CallDomain;
	onError: (error: unknown) => void;
}

/** Calls, those that stood when the server went away among them; their way to devices and to push services is made later. */
async function createCalls({ config, clock, limits, domain, onError }: CallParts) {
	const callLines = new CallLines();
	const ringer = new Ringer(serverTime(clock), onError);
	const calls = new Calls({
		...{ domain, limiter: limits, lines: callLines, ringer, onError },
		isOn: config.calls.isOn,
		ice: createIceServers(config.calls.relay, clock.now),
		clock: serverTime(clock)
	});
	await calls.start();
	return { calls, callLines, ringer };
}

const heardFrom = (relay: Relay): Published => ({
	subscribe: (listener) => relay.subscribe(listener),
	streams: (person) => relay.streams(person)
});

interface JoinOptions {
	redis: Redis | null;
	storage: Storage;
	domain: RunningDomain;
	sessions: Sessions;
	clock: Clock;
	log: Log;
	metrics: Metrics;
}

/** Joins the other servers on the database, if there may be any (REDIS_URL). */
function joinOthers({ redis, storage, metrics, ...rest }: JoinOptions): Nodes | null {
	const reads = storage.nodeReads;
	if (redis === null || reads === null) return null;
	const onRead = (streams: number) => metrics.missedStreams.inc(streams);
	return joinNodes({ ...rest, redis, reads, instance: storage.store.instance().id, onRead });
}

/** The domain as sockets have it: they hear of what others commit, too. */
export const heardBySockets = ({ domain, published }: Core): RunningDomain => ({
	...domain,
	subscribe: published.subscribe,
	streams: published.streams
});
