/** What happens when a socket's person becomes known, and when the socket ends. */
import type { StreamId } from '../../../src/lib/protocol/ids.ts';
import type { Semaphore } from '../../semaphore.ts';
import { personGroup, sessionGroup, streamGroup, streamsOf } from '../../socket/types.ts';
import type { CompatContext } from '../context.ts';
import { SOCKETS_MAX } from './admission.ts';
import type { EventBroadcaster } from './event-broadcaster.ts';
import type { RejoinStore } from './rejoin-store.ts';
import type { Rejoin, ReturnNow } from './rejoin.ts';
import type { RoomSockets } from './room-sockets.ts';
import { directGroup, type CompatNamespace, type CompatSocket } from './types.ts';

/** Socket.IO's reason for the end of a socket whose client closed it on purpose. */
const GOODBYE = 'client namespace disconnect';

interface LifecycleContext {
	context: CompatContext;
	main: CompatNamespace;
	broadcaster: EventBroadcaster;
	/** sockets that read what they begin with and have missed: a crowd that comes back must not take all connections */
	reading: Semaphore;
	rejoin: Rejoin;
	rejoinStore: RejoinStore;
	roomSockets: RoomSockets;
}

/**
 * The socket is its person's from now on: memberships that change are heeded.
 * @returns false when the person has too many; then it is ended
 */
export function claim({ main }: Pick<LifecycleContext, 'main'>, socket: CompatSocket): boolean {
	const { actor, direct } = socket.data;
	socket.data.left.clear();
	void socket.join([personGroup(actor.person), sessionGroup(actor.session)]);
	if (direct) void socket.join(directGroup(actor.person));
	if ((main.adapter.rooms.get(personGroup(actor.person))?.size ?? 0) <= SOCKETS_MAX) return true;
	socket.disconnect(true);
	return false;
}

/** The socket is nobody's again. */
export function disown(
	{ main, broadcaster }: Pick<LifecycleContext, 'main' | 'broadcaster'>,
	socket: CompatSocket
): void {
	const { person, session } = socket.data.actor;
	const streams = streamsOf(socket).map(streamGroup);
	const groups = [personGroup(person), sessionGroup(session), directGroup(person), ...streams];
	for (const group of groups) void socket.leave(group);
	if (!main.adapter.rooms.has(personGroup(person))) broadcaster.forgetRequests(person);
}

/**
 * The socket gets what is the person's and what its session missed, and the others see that the person is there.
 * Rejects when that cannot be read; then it has none of it.
 */
export async function settle(parts: LifecycleContext, socket: CompatSocket): Promise<void> {
	const { context, reading, rejoin, rejoinStore } = parts;
	const { session } = socket.data.actor;
	const kept = await rejoinStore.take(session);
	// Should it end before it is settled, the next one comes back to it.
	if (socket.connected) socket.data.kept = kept;
	else rejoinStore.keep(session, kept);
	const before = await reading.run(async () => {
		await hearFromNow(parts, socket);
		// It may have ended while it waited; then it comes back to nothing.
		return rejoin.read(socket, socket.connected ? kept : []);
	});
	await context.turns.take(async () => {
		const now = await rejoin.readRest(socket, before);
		return () => begin(parts, socket, now);
	});
}

/** Events of the person's rooms and requests concern the socket, whatever it waits for. */
async function hearFromNow(
	{ context, broadcaster }: LifecycleContext,
	socket: CompatSocket
): Promise<void> {
	const { actor, left } = socket.data;
	const { card, rooms, asked } = await context.store.beginning(actor.person);
	if (!socket.connected) return;
	void socket.join(rooms.filter((room) => !left.has(room)).map(streamGroup));
	broadcaster.watchRequests(actor.person, asked, card);
}

function begin({ context, rejoin }: LifecycleContext, socket: CompatSocket, now: ReturnNow): void {
	if (socket.connected) {
		rejoin.restore(socket, now);
		socket.data.isSettled = true;
		socket.data.kept = [];
	}
	context.presence.connected(socket).catch((error: unknown) => {
		context.log.error({ err: error }, 'presence failed');
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
