/** Socket.IO's server, and the guard of the connections below it. */
import type { IncomingMessage } from 'node:http';
import { Server } from 'socket.io';
import { LIMITS } from '../../src/lib/protocol/limits.ts';
import { SOCKET_PATH } from '../../src/lib/protocol/paths.ts';
import type { Clock } from '../domain/ports.ts';

/** Together the longest time until a half-open line is noticed: 35 s (NET-2 allows 45). */
const PING_EVERY = 20_000;
const PONG_WITHIN = 15_000;
/** A connection that joins no namespace within this time is cut (SOCKET-11). */
const HELLO_WITHIN = 10_000;
/** ms a closed connection may take to say goodbye. */
const GOODBYE_WITHIN = 1_000;
/** Seconds for which a browser remembers an answer about CORS. */
const CORS_MAX_AGE = 600;

/** @param corsOrigins origins whose pages may connect; null: all */
export function createSocketServer(corsOrigins: string[] | null): Server {
	return new Server({
		path: SOCKET_PATH,
		serveClient: false,
		maxHttpBufferSize: LIMITS.eventBytes,
		pingInterval: PING_EVERY,
		pingTimeout: PONG_WITHIN,
		connectTimeout: HELLO_WITHIN,
		// Compression costs more of a core than it saves of the line for messages of this size.
		perMessageDeflate: false,
		httpCompression: false,
		cors: {
			origin: corsOrigins ?? '*',
			allowedHeaders: ['authorization', 'content-type'],
			maxAge: CORS_MAX_AGE
		}
	});
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
		guard: (request: IncomingMessage, response: unknown, next: (error?: Error) => void) => void
	): void;
}

/**
 * Refuses connections that no honest client opens: script-tag polling could be read by any site, and a second
 * connection under the id of a WebSocket, or one from another address, can only be somebody else's (SOCKET-2).
 * Connections that were closed are gone soon after. Call once Socket.IO is attached.
 */
export function guardEngine(io: Server, clock: Clock): void {
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
	// A client that does not answer the closing handshake would keep the line open for another 30 s.
	engine.on('connection', (connection) => {
		connection.once('close', () => {
			const line = connection.transport.socket;
			if (line) clock.after(GOODBYE_WITHIN, () => line.terminate());
		});
	});
}
