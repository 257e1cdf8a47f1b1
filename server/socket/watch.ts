/** Looks after open sockets: cuts those that do not read, and those whose session has ended. */
import { refuse } from '../../src/lib/protocol/refusal.ts';
import type { Sessions } from '../auth/sessions.ts';
import type { Clock } from '../domain/ports.ts';
import type { Log } from '../log.ts';
import { sessionGroup, type AnyNamespace, type AppNamespace, type PersonSocket } from './types.ts';

/** Bytes a socket may be behind before it is cut (S13); it pulls what it missed when it comes back. */
const BEHIND_MAX = 1_000_000;
/** ms between two looks at what is not yet read. */
const LOOK_EVERY = 1_000;
/** Every so many looks sessions are checked too, so that any end of a session counts within 5 s (promise 13). */
const SESSIONS_EVERY = 4;

/** The part of Engine.IO's connection that tells what waits to be sent. */
interface Wire {
	writeBuffer: { data?: unknown }[];
	transport: { socket?: { bufferedAmount: number; terminate(): void } };
}

function bytesWaiting(wire: Wire): number {
	let bytes = wire.transport.socket?.bufferedAmount ?? 0;
	for (const { data } of wire.writeBuffer) if (typeof data === 'string') bytes += data.length;
	return bytes;
}

/** Ends all sockets of a session, telling them why. */
export function endSession(app: AppNamespace, session: string): void {
	app.to(sessionGroup(session)).emit('farewell', { refused: refuse('session_ended') });
	app.in(sessionGroup(session)).disconnectSockets(true);
}

/**
 * @param door the namespace whose sockets are looked after
 * @param end ends all its sockets of a session
 * @returns stops watching
 */
export function watchSockets<S extends PersonSocket & { conn: unknown }>(
	door: AnyNamespace<S>,
	end: (session: string) => void,
	sessions: Pick<Sessions, 'onEnded' | 'isAlive'>,
	clock: Clock,
	log: Log
): () => void {
	let round = 0;
	let next = clock.after(LOOK_EVERY, look);
	const stopHearing = sessions.onEnded(end);

	function cutIfStalled(socket: S): void {
		const wire = socket.conn as Wire;
		const waiting = bytesWaiting(wire);
		if (waiting <= BEHIND_MAX) return;
		log.info(
			{ session: socket.data.who.session, bytes: waiting },
			'cut a socket that does not read'
		);
		// A closing handshake would wait behind everything else that is not read.
		wire.transport.socket?.terminate();
	}

	function look(): void {
		round += 1;
		for (const socket of door.sockets.values()) cutIfStalled(socket);
		if (round % SESSIONS_EVERY === 0) endDeadSessions();
		next = clock.after(LOOK_EVERY, look);
	}

	/** Sessions end without anybody saying so: by their age, or with their account. */
	function endDeadSessions(): void {
		const known = new Set<string>();
		for (const socket of door.sockets.values()) known.add(socket.data.who.session);
		for (const session of known) if (!sessions.isAlive(session)) end(session);
	}

	return () => {
		stopHearing();
		next();
	};
}
