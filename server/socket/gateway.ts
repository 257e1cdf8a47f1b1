/** The socket door: Socket.IO on the server's own port, with the app's devices in the namespace /app. */
import type { IncomingMessage, Server as HttpServer } from 'node:http';
import { Server, type Namespace } from 'socket.io';
import { APP_NAMESPACE } from '../../src/lib/protocol/events.ts';
import { LIMITS } from '../../src/lib/protocol/limits.ts';
import { refuse } from '../../src/lib/protocol/refusal.ts';
import type { Sessions } from '../auth/sessions.ts';
import type { Doors } from '../doors.ts';
import type { Clock, Domain, FanOut } from '../domain/ports.ts';
import type { Log } from '../log.ts';
import { createFanOut } from './fan-out.ts';
import { guardHandshake, isOneTooMany } from './handshake.ts';
import { createPresence, type Presence } from './presence.ts';
import { createRelations } from './relations.ts';
import { listen } from './requests.ts';
import { noteLastSeen } from './last-seen.ts';
import {
	personGroup,
	sessionGroup,
	streamGroup,
	type AppNamespace,
	type AppSocket
} from './types.ts';
import { createTyping, type Typing } from './typing.ts';
import { endSession, watchSockets } from './watch.ts';

/** Together the longest time until a half-open line is noticed: 35 s (N2 allows 45). */
const PING_EVERY = 20_000;
const PONG_WITHIN = 15_000;
/** A connection that joins no namespace within this time is cut (S11). */
const HELLO_WITHIN = 10_000;
/** ms a closed connection may take to say goodbye. */
const GOODBYE_WITHIN = 1_000;
const AFTER_TOO_MANY = 10_000;

export interface Gateway {
	fanOut: FanOut;
	/** Whether a page of this session is connected. */
	isConnected(session: string): boolean;
	/** The default namespace, of the compatible API. Whoever uses it sees to it that it has a guard. */
	main: Namespace;
	/** Who is online and who types, whatever door they came through. */
	presence: Presence;
	typing: Typing;
	/** Starts letting devices in. */
	open(parts: GatewayParts): void;
	/** Answers on this server from now on. Call after all its request listeners were added. */
	attach(server: HttpServer): void;
	/** Cuts all sockets. */
	close(): Promise<void>;
}

interface GatewayParts {
	domain: Pick<Domain, 'streams' | 'friends' | 'strangers' | 'noteSeen' | 'otherOf'>;
	doors: Doors;
	sessions: Sessions;
	origins: () => Set<string>;
	limited: boolean;
	trustedProxies: number;
}

/**
 * The gateway exists before the domain, which needs its fan-out; `open` brings the two together.
 * @param cors origins whose pages may use the compatible API; null for all. The app's own namespace
 *   has a guard that does not depend on it.
 */
export function createGateway(clock: Clock, log: Log, cors: string[] | null = null): Gateway {
	const io = new Server({
		path: '/socket.io/',
		serveClient: false,
		maxHttpBufferSize: LIMITS.eventBytes,
		pingInterval: PING_EVERY,
		pingTimeout: PONG_WITHIN,
		connectTimeout: HELLO_WITHIN,
		// Compression costs more of a core than it saves of the line for messages of this size.
		perMessageDeflate: false,
		httpCompression: false,
		cors: { origin: cors ?? '*', allowedHeaders: ['authorization', 'content-type'], maxAge: 600 }
	});
	const main = io.of('/');
	const app = io.of(APP_NAMESPACE) as unknown as AppNamespace;
	const relations = createRelations();
	const presence = createPresence(app, clock, relations, [main]);
	const typing = createTyping(app, clock, relations);
	const carried = createFanOut(app, presence);
	const fanOut: FanOut = {
		...carried,
		leave(person, stream) {
			carried.leave(person, stream);
			typing.end(person, stream);
		},
		related(person) {
			presence.related(person).catch((fault: unknown) => {
				log.error({ err: fault }, 'relations could not be read');
			});
		}
	};
	let stopWatching: (() => void) | null = null;

	/** Joins the groups of all streams; what changes while they are looked up is heeded (promise 11). */
	async function joinStreams(socket: AppSocket, { domain, sessions }: GatewayParts): Promise<void> {
		const { who } = socket.data;
		const streams = await domain.streams(who.person);
		const left = socket.data.leftMeanwhile;
		socket.data.leftMeanwhile = null;
		if (!socket.connected) return;
		if (!sessions.isAlive(who.session)) {
			socket.emit('farewell', { refused: refuse('session_ended') });
			socket.disconnect(true);
			return;
		}
		await socket.join(streams.filter((stream) => !left?.has(stream)).map(streamGroup));
		await presence.arrived(socket);
	}

	function welcome(socket: AppSocket, parts: GatewayParts): void {
		const { who } = socket.data;
		socket.data.leftMeanwhile = new Set();
		void socket.join([personGroup(who.person), sessionGroup(who.session)]);
		if (isOneTooMany(app, who)) {
			socket.emit('farewell', { refused: refuse('too_many', { after: AFTER_TOO_MANY }) });
			socket.disconnect(true);
			return;
		}
		socket.data.ready = joinStreams(socket, parts);
		socket.data.ready.catch((fault: unknown) => {
			parts.doors.refusalFor(fault, 'joining streams');
			socket.disconnect(true);
		});
		listen(socket, { doors: parts.doors, presence, typing, clock, limited: parts.limited });
		seeOff(socket);
	}

	function seeOff(socket: AppSocket): void {
		let streams: string[] = [];
		socket.on('disconnecting', () => {
			const groups = [...socket.rooms].filter((group) => group.startsWith('s:'));
			streams = groups.map((group) => group.slice(2));
		});
		socket.on('disconnect', () => {
			presence.departed(socket, streams);
			if (!app.adapter.rooms.has(personGroup(socket.data.who.person))) {
				typing.end(socket.data.who.person);
			}
			// A connection is for one namespace; left open without it, nobody would ever cut it.
			socket.conn.close();
		});
	}

	return {
		fanOut,
		isConnected: (session) => app.adapter.rooms.has(sessionGroup(session)),
		main,
		presence,
		typing,
		open(parts) {
			relations.bind(parts.domain);
			presence.bind(parts.domain.otherOf);
			noteLastSeen(presence, parts.domain, clock, log);
			guardHandshake({ app, ...parts });
			app.on('connection', (socket) => welcome(socket, parts));
			stopWatching = watchSockets(
				app,
				(session) => endSession(app, session),
				parts.sessions,
				clock,
				log
			);
		},
		attach(server) {
			io.attach(server);
			guardEngine(io, clock);
		},
		async close() {
			stopWatching?.();
			app.disconnectSockets(true);
			main.disconnectSockets(true);
			await io.close();
		}
	};
}

/** The parts of Engine.IO that its guard looks at. */
interface Connection {
	remoteAddress: string;
	transport: { name: string; socket?: { terminate(): void } };
	once(event: 'close', closed: () => void): void;
}
interface Engine {
	clients: Record<string, Connection>;
	on(event: 'connection', opened: (connection: Connection) => void): void;
	use(
		guard: (request: IncomingMessage, response: unknown, next: (fault?: Error) => void) => void
	): void;
}

/**
 * Script-tag polling could be read by any site, and a second connection under the id of a WebSocket,
 * or one from another address, can only be somebody else's (S2). Connections that were closed are
 * gone soon after.
 */
function guardEngine(io: Server, clock: Clock): void {
	const engine = io.engine as unknown as Engine;
	engine.use((request, _response, next) => {
		const query = new URL(request.url ?? '', 'http://localhost').searchParams;
		const sid = query.get('sid') ?? '';
		const known = Object.hasOwn(engine.clients, sid) ? engine.clients[sid]! : null;
		const taken =
			known !== null &&
			(known.transport.name === 'websocket' ||
				known.remoteAddress !== request.socket.remoteAddress);
		if (query.has('j') || taken) next(new Error('forbidden'));
		else next();
	});
	// Who does not answer the closing handshake would keep the line open for another 30 s.
	engine.on('connection', (connection) => {
		connection.once('close', () => {
			const line = connection.transport.socket;
			if (line) clock.after(GOODBYE_WITHIN, () => line.terminate());
		});
	});
}
