/** The app's namespace, typed, and the names of its groups of sockets. */
import type { Namespace, Socket } from 'socket.io';
import type { DownEvents, UpEvents } from '../../src/lib/protocol/events.ts';
import type { PersonId, RoomId, StreamId } from '../../src/lib/protocol/ids.ts';
import type { Actor } from '../domain/ports.ts';

/** What is known of a socket once its handshake was accepted. */
export interface SocketData {
	actor: Actor;
	/** resolves once the socket gets the frames of all its person's streams */
	ready: Promise<void>;
	/** streams that its person went out of while `ready` was not reached; null afterwards */
	leftMeanwhile: Set<StreamId> | null;
	/** the room it has on screen and may see: what happens there is told */
	viewedRoom: RoomId | null;
	/** the room it says to have on screen */
	requestedRoom: RoomId | null;
}

type Nothing = Record<string, never>;
export type AppNamespace = Namespace<UpEvents, DownEvents, Nothing, SocketData>;
export type AppSocket = Socket<UpEvents, DownEvents, Nothing, SocketData>;

/** A socket of any namespace: whose it is, and the groups that it is in. */
export interface PersonSocket {
	rooms: Set<string>;
	data: { actor: Actor };
}
/** What is read of any namespace. */
export interface AnyNamespace<S extends PersonSocket = PersonSocket> {
	adapter: { rooms: Map<string, Set<string>> };
	sockets: ReadonlyMap<string, S>;
}

/** Sockets that get a stream's frames. */
export const streamGroup = (stream: StreamId): string => `s:${stream}`;
/** The streams whose frames a socket gets. */
export function streamsOf({ rooms }: Pick<PersonSocket, 'rooms'>): StreamId[] {
	const prefix = streamGroup('');
	return [...rooms]
		.filter((group) => group.startsWith(prefix))
		.map((group) => group.slice(prefix.length));
}
/** All sockets of a person. */
export const personGroup = (person: PersonId): string => `p:${person}`;
/** All sockets of one device of a person: one, but for a moment when it connects anew. */
export const deviceGroup = (person: PersonId, device: string): string => `d:${person}:${device}`;
/** All sockets of a session. */
export const sessionGroup = (session: string): string => `session:${session}`;
/** Sockets that have a room on screen. */
export const viewersGroup = (room: RoomId): string => `viewers:${room}`;

/** The sockets of a group, at this moment. */
export function* socketsIn<S extends PersonSocket>(
	namespace: AnyNamespace<S>,
	group: string
): Generator<S> {
	for (const id of namespace.adapter.rooms.get(group) ?? []) {
		const socket = namespace.sockets.get(id);
		if (socket) yield socket;
	}
}
