/**
 * What sockets had joined when their connection ended, kept for a while: clients of this API reconnect
 * by themselves, but never join their rooms again (compat-api, section 4).
 */
import type { RoomId } from '../../../src/lib/protocol/ids.ts';
import type { Clock } from '../../domain/ports.ts';
import type { CompatWrites, Joined } from '../ports.ts';

/** ms for which it is kept; the contract asks for ten minutes at least. */
const KEPT_FOR = 15 * 60_000;
/** Sockets of one session that are remembered. */
const KEPT_MAX = 20;

export type JoinedBefore = Pick<Joined, 'room' | 'seq' | 'arrived' | 'byName'>;

export interface RejoinStore {
	/** A socket has gone that had joined these rooms. */
	keep(session: string, rooms: JoinedBefore[]): void;
	/** What the session's socket that went last had joined; it is then forgotten. */
	take(session: string): Promise<JoinedBefore[]>;
	/** The session has left the room: no socket of it comes back there. */
	forgetRoom(session: string, room: RoomId): void;
	forgetSession(session: string): void;
	/** Hands everything to the store, for the time in which the server is down. */
	close(): Promise<void>;
}

/** @param before what the store kept while the server was down */
export function createRejoinStore(
	clock: Clock,
	store: Pick<CompatWrites, 'keepJoined'>,
	before: readonly Joined[]
): RejoinStore {
	/** session -> sockets that went, the last one last */
	const gone = new Map<string, { at: number; rooms: JoinedBefore[] }[]>();
	let stop = clock.after(KEPT_FOR, sweep);

	for (const { session, at, ...room } of before) {
		const [known] = gone.get(session) ?? [];
		if (known) known.rooms.push(room);
		else gone.set(session, [{ at, rooms: [room] }]);
	}

	const isFresh = ({ at }: { at: number }) => clock.now() - at <= KEPT_FOR;

	function sweep(): void {
		for (const [session, sockets] of gone) {
			const fresh = sockets.filter(isFresh);
			if (fresh.length > 0) gone.set(session, fresh);
			else gone.delete(session);
		}
		stop = clock.after(KEPT_FOR, sweep);
	}

	return {
		keep(session, rooms) {
			if (rooms.length === 0) return;
			const sockets = [...(gone.get(session) ?? []), { at: clock.now(), rooms }];
			gone.set(session, sockets.slice(-KEPT_MAX));
		},
		async take(session) {
			const sockets = (gone.get(session) ?? []).filter(isFresh);
			const last = sockets.pop();
			if (sockets.length > 0) gone.set(session, sockets);
			else gone.delete(session);
			return last?.rooms ?? [];
		},
		forgetRoom(session, room) {
			for (const socket of gone.get(session) ?? []) {
				socket.rooms = socket.rooms.filter((one) => one.room !== room);
			}
		},
		forgetSession: (session) => void gone.delete(session),
		async close() {
			stop();
			const all = [...gone].flatMap(([session, sockets]) =>
				sockets.flatMap(({ at, rooms }) => rooms.map((room) => ({ session, at, ...room })))
			);
			if (all.length > 0) await store.keepJoined(all);
		}
	};
}
