/** What happens when a socket's person becomes known, and when the socket ends. */
import type { StreamId } from '../../../src/lib/protocol/ids.ts';
import { personGroup, sessionGroup, streamGroup, streamsOf } from '../../socket/types.ts';
import type { CompatContext } from '../context.ts';
import { SOCKETS_MAX } from './admission.ts';
import type { EventBroadcaster } from './event-broadcaster.ts';
import type { Rejoin } from './rejoin.ts';
import type { RoomSockets } from './room-sockets.ts';
import { directGroup, type CompatNamespace, type CompatSocket } from './types.ts';

/** Socket.IO's reason for the end of a socket whose client closed it on purpose. */
const GOODBYE = 'client namespace disconnect';

interface LifecycleContext {
	context: CompatContext;
	main: CompatNamespace;
	broadcaster: EventBroadcaster;
	rejoin: Rejoin;
	roomSockets: RoomSockets;
}

/** The socket gets what is the person's, and the others see that the person is there. */
export function settle(
	{ context, main, broadcaster }: LifecycleContext,
	socket: CompatSocket
): void {
	const { log, presence, store } = context;
	const { actor, direct } = socket.data;
	void socket.join([personGroup(actor.person), sessionGroup(actor.session)]);
	if ((main.adapter.rooms.get(personGroup(actor.person))?.size ?? 0) > SOCKETS_MAX) {
		socket.disconnect(true);
		return;
	}
	if (direct) void socket.join(directGroup(actor.person));
	void socket.join(store.circle(actor.person).rooms.map(streamGroup));
	broadcaster.watchRequests(actor.person);
	presence.connected(socket).catch((error: unknown) => {
		log.error({ err: error }, 'presence failed');
	});
}

export function listenForDisconnect(parts: LifecycleContext, socket: CompatSocket): void {
	let streams: StreamId[] = [];
	socket.on('disconnecting', () => {
		streams = streamsOf(socket);
	});
	socket.on('disconnect', (...[reason]) => onDisconnect(parts, socket, reason, streams));
}

function onDisconnect(
	{ context, main, broadcaster, rejoin, roomSockets }: LifecycleContext,
	socket: CompatSocket,
	reason: unknown,
	streams: StreamId[]
): void {
	const { actor, typing } = socket.data;
	for (const room of typing) roomSockets.stopTyping(socket, room);
	// A client that says goodbye has left; one that was cut will be put back.
	if (reason === GOODBYE) roomSockets.leaveAll(socket);
	else rejoin.remember(socket);
	socket.conn.close();
	if (actor.person === '') return;
	context.presence.disconnected(socket, streams);
	if (main.adapter.rooms.has(personGroup(actor.person))) return;
	broadcaster.forgetRequests(actor.person);
}
