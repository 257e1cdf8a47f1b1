/** The compatible API over Socket.IO: the default namespace, by token (compat-api, section 4). */
import type { Namespace } from 'socket.io';
import { startWatchdog } from '../../socket/socket-watchdog.ts';
import { sessionGroup } from '../../socket/types.ts';
import type { Typing } from '../../socket/typing.ts';
import type { CompatContext } from '../context.ts';
import { ApiError } from '../errors.ts';
import { createMessages } from '../messages.ts';
import { createRooms } from '../rooms.ts';
import { guardNamespace } from './admission.ts';
import type { EventName } from './client-events.ts';
import { EventBroadcaster } from './event-broadcaster.ts';
import { listen } from './event-dispatcher.ts';
import { createGuests, isGuestSession } from './guests.ts';
import { createHandlers } from './handlers.ts';
import { listenForDisconnect, settle } from './lifecycle.ts';
import { createRejoinStore } from './rejoin-store.ts';
import { createRejoin } from './rejoin.ts';
import { RoomSockets } from './room-sockets.ts';
import type { CompatNamespace, CompatSocket, SocketCaller } from './types.ts';

interface CompatSockets {
	/** Ends all sockets of the API and remembers what they had joined. */
	close(): void;
}

/** Lets sockets into the namespace, and answers and informs them. */
export function createSockets(
	context: CompatContext,
	namespace: Namespace,
	typing: Typing
): CompatSockets {
	const main = namespace as unknown as CompatNamespace;
	const parts = createParts(context, main, typing);
	const { broadcaster, guests, rejoin, rejoinStore } = parts;
	const dispatch = {
		context,
		handlers: createHandlers(parts),
		callerOf: (socket: CompatSocket, event: EventName, sent: unknown) =>
			callerOf(parts, socket, event, sent)
	};
	guardNamespace(main, context, () => broadcaster.lastNumber());
	main.on('connection', (socket) => {
		listenForDisconnect(parts, socket);
		listen(dispatch, socket);
		if (socket.data.actor.person === '') return;
		settle(parts, socket);
		if (socket.connected) rejoin.restore(socket);
	});
	const stopWatchdog = watchSockets(parts);

	return {
		close() {
			stopWatchdog();
			guests?.close();
			main.disconnectSockets(true);
			broadcaster.close();
			rejoinStore.close();
		}
	};
}

function createParts(context: CompatContext, main: CompatNamespace, typing: Typing) {
	const rooms = createRooms(context);
	const messages = createMessages(context);
	const rejoinStore = createRejoinStore(context.clock, context.store);
	const broadcaster = new EventBroadcaster({ context, main, typing, rejoinStore });
	const rejoin = createRejoin(context, rejoinStore, broadcaster);
	const roomSockets = new RoomSockets({ context, rooms, main, typing, broadcaster, rejoinStore });
	const guests = context.config.guests ? createGuests(context) : null;
	return { context, main, rooms, messages, rejoinStore, broadcaster, rejoin, roomSockets, guests };
}

type Parts = ReturnType<typeof createParts>;

/** Who emits, with the present name and picture; a guest becomes somebody by joining with a name. */
async function callerOf(
	parts: Parts,
	socket: CompatSocket,
	event: EventName,
	sent: unknown
): Promise<SocketCaller> {
	const { context, guests } = parts;
	const { data } = socket;
	if (data.actor.person === '') {
		if (event !== 'join' || !guests) throw new ApiError(403, 'Join with a name first.');
		const { username } = sent as { username?: string | null };
		const guest = await guests.admit(username ?? '', data.actor.address ?? '');
		data.actor = { ...data.actor, person: guest.id };
		settle(parts, socket);
	}
	const card = context.store.card(data.actor.person);
	if (!card) throw new ApiError(403, 'This account is no more.');
	return { who: data.actor, card };
}

/** Ends sockets that do not read, and those whose session has ended. @returns stops it */
function watchSockets({ context, main, rejoinStore }: Parts): () => void {
	const { clock, log, sessions } = context;
	return startWatchdog({
		namespace: main,
		end(session) {
			rejoinStore.forgetSession(session);
			main.in(sessionGroup(session)).disconnectSockets(true);
		},
		sessions: {
			onEnded: (listener) => sessions.onEnded(listener),
			// Sessions of guests are in no table.
			isAlive: async (session) => isGuestSession(session) || sessions.isAlive(session)
		},
		clock,
		log
	});
}
