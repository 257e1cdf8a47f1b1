/** Looks after open sockets: cuts those that do not read, and those whose session has ended. */
import { refuse } from '../../src/lib/protocol/refusal.ts';
import type { Sessions } from '../auth/sessions.ts';
import type { Clock } from '../domain/ports.ts';
import { createProgressWatch, type ProgressWatch } from '../line-progress.ts';
import type { Log } from '../log.ts';
import { bytesTakenBy, bytesWaiting, cut, type Wire } from './wire.ts';
import { sessionGroup, type AnyNamespace, type AppNamespace, type PersonSocket } from './types.ts';

/** Bytes that may wait for a socket that takes nothing (SOCKET-13); it pulls what it missed when it comes back. */
const BEHIND_MAX = 1_000_000;
/** Bytes that may wait for a socket that reads, however slowly: what it costs is bounded. */
const BEHIND_MAX_READING = 3_000_000;
/** ms for which a socket that is far behind may take nothing. A slow line takes something every few 100 ms. */
const STILL_MAX = 5_000;
/** ms for which any socket may take nothing of what waits for it. */
const STILL_MAX_AT_ALL = 30_000;
/** ms between two looks at what is not yet read. */
const LOOK_EVERY = 1_000;
/** Every so many looks sessions are checked too, so that any end of a session counts within 5 s (promise 13). */
const SESSIONS_EVERY = 4;

/** Ends all sockets of a session, telling them why. */
export function endSession(app: AppNamespace, session: string): void {
	app.to(sessionGroup(session)).emit('disconnectReason', { refused: refuse('session_ended') });
	app.in(sessionGroup(session)).disconnectSockets(true);
}

type WatchedSocket = PersonSocket & { conn: unknown };

interface WatchdogOptions<S extends WatchedSocket> {
	/** the one whose sockets are looked after */
	namespace: AnyNamespace<S>;
	/** ends all its sockets of a session */
	end: (session: string) => void;
	sessions: Pick<Sessions, 'onEnded' | 'isAlive'>;
	clock: Clock;
	log: Log;
}

/** @returns stops watching */
export function startWatchdog<S extends WatchedSocket>(options: WatchdogOptions<S>): () => void {
	const { namespace, end, sessions, clock, log } = options;
	const stalls = createStallCheck(clock);
	let round = 0;
	let stopTimer = clock.after(LOOK_EVERY, look);
	const stopListening = sessions.onEnded(end);

	function look(): void {
		round += 1;
		for (const socket of namespace.sockets.values()) cutIfStalled(socket, stalls, log);
		if (round % SESSIONS_EVERY === 0) {
			endDeadSessions(options).catch((error: unknown) => {
				log.error({ err: error }, 'sessions could not be checked');
			});
		}
		stopTimer = clock.after(LOOK_EVERY, look);
	}

	return () => {
		stopListening();
		stopTimer();
	};
}

function cutIfStalled(
	{ conn, data }: WatchedSocket,
	isStalled: (wire: Wire, waiting: number) => boolean,
	log: Log
): void {
	const wire = conn as Wire;
	const waiting = bytesWaiting(wire);
	if (!isStalled(wire, waiting)) return;
	log.info({ session: data.actor.session, bytes: waiting }, 'cut a socket that does not read');
	cut(wire);
}

/** @returns tells whether a connection with so many bytes waiting takes too little of them */
function createStallCheck(clock: Clock): (wire: Wire, waiting: number) => boolean {
	const watches = new WeakMap<Wire, ProgressWatch>();
	return (wire, waiting) => {
		// A poll takes everything at once: with polling, what waits tells how long nobody has asked.
		const most = wire.transport.socket ? BEHIND_MAX_READING : BEHIND_MAX;
		if (waiting > most) return true;
		const watch = watches.get(wire) ?? createProgressWatch();
		watches.set(wire, watch);
		const still = watch.stalledFor(waiting, bytesTakenBy(wire), clock.now());
		return still >= (waiting > BEHIND_MAX ? STILL_MAX : STILL_MAX_AT_ALL);
	};
}

/** Sessions also end silently: by their age, or with their account. */
async function endDeadSessions({
	namespace,
	sessions,
	end
}: Pick<WatchdogOptions<WatchedSocket>, 'namespace' | 'sessions' | 'end'>): Promise<void> {
	const known = new Set<string>();
	for (const socket of namespace.sockets.values()) known.add(socket.data.actor.session);
	for (const session of known) if (!(await sessions.isAlive(session))) end(session);
}
