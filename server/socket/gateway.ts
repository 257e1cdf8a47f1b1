/** Socket.IO on the server's own port, with the app's devices in the namespace /app. */
import type { Server as HttpServer } from 'node:http';
import type { Namespace } from 'socket.io';
import { APP_NAMESPACE } from '../../src/lib/protocol/events.ts';
import type { Sessions } from '../auth/sessions.ts';
import type { CallEvents } from '../calls/ports.ts';
import type { Dispatcher } from '../dispatcher.ts';
import type { Clock, Domain } from '../domain/ports.ts';
import type { Log } from '../log.ts';
import type { CallLines } from './call-lines.ts';
import { onConnect } from './connections.ts';
import { createFanOut } from './fan-out.ts';
import type { Elsewhere } from './elsewhere.ts';
import { guardHandshake } from './handshake.ts';
import { noteLastSeen } from './last-seen.ts';
import { Presence } from './presence.ts';
import { createRelations } from './relations.ts';
import { createSocketServer, guardEngine } from './socket-server.ts';
import { endSession, startWatchdog } from './socket-watchdog.ts';
import { sessionGroup, type AnyNamespace, type AppNamespace, type AppSocket } from './types.ts';
import { Typing } from './typing.ts';

export interface Gateway {
	/** Whether a page of this session is connected. */
	isConnected(session: string): boolean;
	/** The default namespace, for the compatible API, which puts its own guard in front of it. */
	main: Namespace;
	/** all namespaces, as far as it is looked at whose sockets are where */
	namespaces: readonly AnyNamespace[];
	/** Who is online and who types, in every namespace. */
	presence: Presence;
	typing: Typing;
	/** how many sockets of devices, and of the compatible API, are connected */
	sockets(): { app: number; compat: number };
	/** Answers on this server from now on. Call after all its request listeners were added. */
	attach(server: HttpServer): void;
	/** Ends all sockets. */
	close(): Promise<void>;
}

interface GatewayOptions {
	domain: Pick<
		Domain,
		'streams' | 'friends' | 'blockedWith' | 'noteSeen' | 'otherOf' | 'subscribe' | 'maySpeak'
	>;
	dispatcher: Dispatcher;
	sessions: Sessions;
	clock: Clock;
	log: Log;
	/** origins of our own pages */
	origins: () => Set<string>;
	/**
	 * Origins whose pages may use the compatible API; null for all. The app's own namespace has a
	 * guard that does not depend on it.
	 */
	cors: string[] | null;
	/** whether sockets are limited (RATE_LIMITS) */
	limited: boolean;
	trustedProxies: number;
	/** who is connected by other servers */
	elsewhere: Elsewhere;
	/** calls, and their way to devices */
	calls: CallEvents;
	callLines: CallLines;
}

/** Socket.IO with the app's namespace, subscribed to the domain. Lets devices in once it is attached. */
export function createGateway(options: GatewayOptions): Gateway {
	const { domain, elsewhere, sessions, clock, log, calls } = options;
	const io = createSocketServer(options.cors);
	const main = io.of('/');
	const app = io.of(APP_NAMESPACE) as unknown as AppNamespace;
	const relations = createRelations(domain);
	const shared = { app, clock, relations, domain, elsewhere };
	const presence = new Presence({
		...shared,
		others: [main],
		onWatch(socket, room) {
			const state = calls.stateIn(room);
			if (state) socket.emit('callState', state);
		}
	});
	options.callLines.attach({ app, presence, relations });
	const typing = new Typing(shared);
	const unsubscribe = domain.subscribe(createFanOut({ app, presence, typing, log }));
	noteLastSeen(presence, domain, clock, log);

	const context = { ...options, app, presence, typing };
	guardHandshake(context);
	app.on('connection', (socket) => {
		tellSession(app, elsewhere, socket);
		onConnect(context, socket);
	});
	const stopWatchdog = startWatchdog({
		namespace: app,
		end(session) {
			calls.sessionEnded(session);
			endSession(app, session);
		},
		sessions,
		clock,
		log
	});

	return {
		isConnected: (session) =>
			app.adapter.rooms.has(sessionGroup(session)) || elsewhere.hasSession(session),
		main,
		namespaces: [app, main],
		presence,
		typing,
		sockets: () => ({ app: app.sockets.size, compat: main.sockets.size }),
		attach(server) {
			io.attach(server);
			guardEngine(io, clock);
		},
		async close() {
			unsubscribe();
			stopWatchdog();
			app.disconnectSockets(true);
			main.disconnectSockets(true);
			await io.close();
		}
	};
}

/** Other servers know whether a session has a page that is connected: it notifies by itself. */
function tellSession(app: AppNamespace, elsewhere: Elsewhere, socket: AppSocket): void {
	const { session } = socket.data.actor;
	elsewhere.tellSession(session, true);
	socket.on('disconnect', () => {
		if (!app.adapter.rooms.has(sessionGroup(session))) elsewhere.tellSession(session, false);
	});
}
