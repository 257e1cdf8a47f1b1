/** The life of a socket of the app: it joins the groups of its person's streams, is listened to, and ends. */
import { refuse } from '../../src/lib/protocol/refusal.ts';
import type { StreamId } from '../../src/lib/protocol/ids.ts';
import type { Sessions } from '../auth/sessions.ts';
import type { CallEvents } from '../calls/ports.ts';
import type { Dispatcher } from '../dispatcher.ts';
import type { Clock, Domain } from '../domain/ports.ts';
import { isOneTooMany } from './handshake.ts';
import type { Presence } from './presence.ts';
import { listen } from './requests.ts';
import {
	deviceGroup,
	personGroup,
	sessionGroup,
	streamGroup,
	streamsOf,
	type AppNamespace,
	type AppSocket
} from './types.ts';
import type { Typing } from './typing.ts';

/** ms after which a person who has too many sockets may have fewer. */
const AFTER_TOO_MANY = 10_000;

interface ConnectionContext {
	app: AppNamespace;
	domain: Pick<Domain, 'streams'>;
	sessions: Pick<Sessions, 'isAlive'>;
	dispatcher: Dispatcher;
	presence: Presence;
	typing: Typing;
	clock: Clock;
	calls: CallEvents;
	/** whether sockets are limited (RATE_LIMITS) */
	limited: boolean;
}

/** A socket has passed the handshake. */
export function onConnect(context: ConnectionContext, socket: AppSocket): void {
	const { app, dispatcher } = context;
	const { actor } = socket.data;
	socket.data.leftMeanwhile = new Set();
	void socket.join([
		personGroup(actor.person),
		sessionGroup(actor.session),
		deviceGroup(actor.person, actor.device)
	]);
	if (isOneTooMany(app, actor)) {
		socket.emit('disconnectReason', { refused: refuse('too_many', { after: AFTER_TOO_MANY }) });
		socket.disconnect(true);
		return;
	}
	socket.data.ready = joinStreams(context, socket);
	socket.data.ready.catch((error: unknown) => {
		dispatcher.refusalFor(error, 'joining streams');
		socket.disconnect(true);
	});
	listen(socket, context);
	listenForDisconnect(context, socket);
}

/** Joins the groups of all streams; what changes while they are looked up is heeded (promise 11). */
async function joinStreams(
	{ domain, sessions, presence, calls }: ConnectionContext,
	socket: AppSocket
): Promise<void> {
	const { actor } = socket.data;
	const [streams, isAlive] = await Promise.all([
		domain.streams(actor.person),
		sessions.isAlive(actor.session)
	]);
	const left = socket.data.leftMeanwhile;
	socket.data.leftMeanwhile = null;
	if (!socket.connected) return;
	if (!isAlive) {
		socket.emit('disconnectReason', { refused: refuse('session_ended') });
		socket.disconnect(true);
		return;
	}
	await socket.join(streams.filter((stream) => !left?.has(stream)).map(streamGroup));
	await presence.connected(socket);
	if (socket.connected) calls.connected(actor);
}

function listenForDisconnect(
	{ app, presence, typing, calls }: ConnectionContext,
	socket: AppSocket
): void {
	const { actor } = socket.data;
	const { person, device } = actor;
	let streams: StreamId[] = [];
	socket.on('disconnecting', () => {
		streams = streamsOf(socket);
	});
	socket.on('disconnect', () => {
		if (!app.adapter.rooms.has(deviceGroup(person, device))) calls.disconnected(actor);
		presence.disconnected(socket, streams);
		if (!app.adapter.rooms.has(personGroup(person))) typing.end(person);
		// A connection is for one namespace; left open without it, nobody would ever cut it.
		socket.conn.close();
	});
}
