/**
 * Clients of this API reconnect by themselves, but never join their rooms again: sockets that were cut are put
 * back by the server, which also delivers what they missed (compat-api, section 4).
 */
import type { CompatContext } from '../context.ts';
import type { EventBroadcaster } from './event-broadcaster.ts';
import { isGuestSession } from './guests.ts';
import type { RejoinStore } from './rejoin-store.ts';
import { joinedGroup, namedGroup, type CompatSocket } from './types.ts';

/** Missed messages of one room that are delivered on coming back. */
const MISSED_MAX = 500;

export interface Rejoin {
	/** Keeps what a socket had joined; what may not have arrived will be delivered again. */
	remember(socket: CompatSocket): void;
	/** Puts a socket back where its session's last one was; nothing is sent in between, so order holds. */
	restore(socket: CompatSocket): void;
}

export function createRejoin(
	{ log, sessions, store }: Pick<CompatContext, 'log' | 'sessions' | 'store'>,
	rejoinStore: RejoinStore,
	broadcaster: EventBroadcaster
): Rejoin {
	async function forgetIfEnded(session: string): Promise<void> {
		if (!(await sessions.isAlive(session))) rejoinStore.forgetSession(session);
	}

	return {
		remember({ data: { actor, joined, delivered } }) {
			if (isGuestSession(actor.session)) return;
			const kept = [...joined].map(([room, { byName, from }]) => ({
				room,
				byName,
				seq: Math.max(from, store.seqUpTo(room, delivered()))
			}));
			rejoinStore.keep(actor.session, kept);
			forgetIfEnded(actor.session).catch((error: unknown) => {
				log.error({ err: error }, 'a session could not be looked up');
			});
		},
		restore(socket) {
			const { actor, joined } = socket.data;
			for (const { room: id, seq, byName } of rejoinStore.take(actor.session)) {
				const access = store.room(actor.person, { id });
				if (!access?.isMember) continue;
				const { number, name } = access.room;
				const room = { number, name, byName, from: seq };
				joined.set(id, room);
				void socket.join(joinedGroup(id));
				if (byName) void socket.join(namedGroup(id));
				for (const view of store.after(actor.person, id, seq, MISSED_MAX) ?? []) {
					socket.emit('new_message', broadcaster.payload(view, room, actor.person));
				}
			}
		}
	};
}
