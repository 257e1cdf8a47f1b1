/** The compatible API over Socket.IO: the default namespace, by token (compat-api, section 4). */
import type { Namespace } from 'socket.io';
import type { Card } from '../../../src/lib/protocol/change.ts';
import { refuse, RefusalError } from '../../../src/lib/protocol/refusal.ts';
import { createSemaphore } from '../../semaphore.ts';
import { startWatchdog } from '../../socket/socket-watchdog.ts';
import { sessionGroup } from '../../socket/types.ts';
import type { Typing } from '../../socket/typing.ts';
import type { CompatContext } from '../context.ts';
import { ApiError } from '../errors.ts';
import type { CompatStore } from '../ports.ts';
import { createMessages } from '../messages.ts';
import { createRooms } from '../rooms.ts';
import { guardNamespace } from './admission.ts';
import { cutOff } from './cut-off.ts';
import type { EventName } from './client-events.ts';
import { EventBroadcaster } from './event-broadcaster.ts';
import { listen } from './event-dispatcher.ts';
import { createGuests, isGuestSession } from './guests.ts';
import { createHandlers } from './handlers.ts';
import { claim, disown, listenForDisconnect, settle } from './lifecycle.ts';
import { createProgress } from './progress.ts';
import { createRejoinStore } from './rejoin-store.ts';
import { createSharedRejoin } from './shared-rejoin.ts';
import { createRejoin } from './rejoin.ts';
import { RoomSockets } from './room-sockets.ts';
import type { CompatNamespace, CompatSocket, SocketCaller } from './types.ts';

/** Sockets that read at once what they come back to; the others wait. */
const READING_MAX = 3;

interface CompatSockets {
	/** Ends all sockets of the API and remembers what they had joined; to be called before the store is closed. */
	close(): Promise<void>;
}

/** Lets sockets into the namespace, and answers and informs them. */
export async function createSockets(
	context: CompatContext,
	namespace: Namespace,
	typing: Typing
): Promise<CompatSockets> {
	const main = namespace as unknown as CompatNamespace;
	const parts = await createParts(context, main, typing);
	const { broadcaster, guests, progress, rejoinStore } = parts;
	const dispatch = {
		context,
		handlers: createHandlers(parts),
		callerOf: (socket: CompatSocket, event: EventName, sent: unknown) =>
			callerOf(parts, socket, event, sent)
	};
	guardNamespace(main, context, () => progress.sent);
	let isClosing = false;
	main.on('connection', (socket) => {
		// What it comes back to stays where it is kept.
		if (isClosing) return cutOff(socket);
		listenForDisconnect(parts, socket);
		listen(dispatch, socket);
		if (socket.data.actor.person === '' || !claim(parts, socket)) return;
		// Whatever its client says is answered after that.
		socket.data.turn = settle(parts, socket).catch((error: unknown) => {
			// Its store is closed under what a socket that was cut still reads.
			if (!isClosing) context.log.error({ err: error }, 'a socket could not begin');
			cutOff(socket);
		});
	});
	const stopWatchdog = watchSockets(parts);

	return {
		async close() {
			isClosing = true;
			stopWatchdog();
			guests?.close();
			broadcaster.close();
			await context.turns.close();
			main.disconnectSockets(true);
			await rejoinStore.close();
		}
	};
}

async function createParts(context: CompatContext, main: CompatNamespace, typing: Typing) {
	const { clock, store } = context;
	const rooms = createRooms(context);
	const messages = createMessages(context);
	const own = createRejoinStore(clock, store, await store.takeJoined());
	const { log, sharedLists } = context;
	const rejoinStore = sharedLists ? createSharedRejoin(own, sharedLists, log) : own;
	const progress = createProgress(await store.lastNumber());
	const broadcaster = new EventBroadcaster({ context, main, typing, rejoinStore, progress });
	const rejoin = createRejoin({ context, rejoinStore, progress });
	const shared = { context, main, rooms, broadcaster, rejoinStore, progress };
	const roomSockets = new RoomSockets({ ...shared, typing });
	const reading = createSemaphore(READING_MAX, Infinity, 0);
	const guests = context.config.guests ? createGuests(context) : null;
	return { ...shared, messages, reading, rejoin, roomSockets, guests };
}

type Parts = Awaited<ReturnType<typeof createParts>>;

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
		await becomeGuest(parts, socket, await guests.admit(username ?? '', data.actor.address ?? ''));
	}
	const card = await context.store.activeCard(data.actor.person);
	if (!card) throw new ApiError(403, 'This account is no more.');
	return { who: data.actor, card };
}

/** The socket is a guest's from now on. Rejects when it cannot be; then it is nobody's, as before. */
async function becomeGuest(parts: Parts, socket: CompatSocket, guest: Card): Promise<void> {
	const { data } = socket;
	// Another socket may have come by this name since it was looked at.
	if (parts.context.presence.isOnline(guest.id)) {
		throw new RefusalError(refuse('name_taken', { field: 'name' }));
	}
	// It may have ended meanwhile: then the guest did not come.
	if (!socket.connected) return;
	const nobody = data.actor;
	data.actor = { ...nobody, person: guest.id };
	if (!claim(parts, socket)) return;
	try {
		await settle(parts, socket);
	} catch (error) {
		disown(parts, socket);
		data.actor = nobody;
		throw error;
	}
}

/** Sessions of guests are in no table: one lasts as long as its person is there; somebody without a name is nobody yet. */
async function isGuestActive(
	main: CompatNamespace,
	store: Pick<CompatStore, 'activeCard'>,
	session: string
): Promise<boolean> {
	const sockets = [...main.sockets.values()];
	const person = sockets.find(({ data }) => data.actor.session === session)?.data.actor.person;
	return !person || (await store.activeCard(person)) !== null;
}

/** Ends sockets that do not read, and those whose session has ended. @returns stops it */
function watchSockets({ context, main, rejoinStore }: Parts): () => void {
	const { clock, log, sessions, store } = context;
	return startWatchdog({
		namespace: main,
		end(session) {
			rejoinStore.forgetSession(session);
			main.in(sessionGroup(session)).disconnectSockets(true);
		},
		sessions: {
			onEnded: (listener) => sessions.onEnded(listener),
			isAlive: async (session) =>
				isGuestSession(session) ? isGuestActive(main, store, session) : sessions.isAlive(session)
		},
		clock,
		log
	});
}
