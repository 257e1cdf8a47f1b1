/** A socket of this API, and the names of its groups. Those of people, sessions and streams are the app's. */
import type { Namespace, Socket } from 'socket.io';
import type { Card } from '../../../src/lib/protocol/change.ts';
import type { PersonId, RoomId } from '../../../src/lib/protocol/ids.ts';
import type { Actor } from '../../domain/ports.ts';
import type { JoinedBefore } from './rejoin-store.ts';

/** A room that a socket receives. */
export interface JoinedRoom {
	number: number;
	name: string;
	/** it joined by name, and gets the forms of the clients that do so */
	byName: boolean;
	/** seq at which it was joined: what is older was read over REST */
	from: number;
}

export interface SocketData {
	actor: Actor;
	/** came without an account */
	guest: boolean;
	/** wants private messages as new_message, too (compat-api, section 9) */
	direct: boolean;
	joined: Map<RoomId, JoinedRoom>;
	/** rooms in which this socket types */
	typing: Set<RoomId>;
	/** room -> what it was last told of who types there */
	toldTyping: Map<RoomId, string>;
	/** number of the last message that has certainly arrived at the client */
	delivered: () => number;
	/** rooms that its person left since the socket came: what is read meanwhile may not know it */
	left: Set<RoomId>;
	/** it has what is its person's, and was given what its session missed */
	isSettled: boolean;
	/** number of the last message up to which it was given everything when it came back */
	given: number;
	/** what its session's last socket had joined, until it is settled */
	kept: JoinedBefore[];
	/** its events are answered one after the other */
	turn: Promise<void>;
}

type Untyped = Record<string, (...sent: unknown[]) => void>;
type Nothing = Record<string, never>;
export type CompatNamespace = Namespace<Untyped, Untyped, Nothing, SocketData>;
export type CompatSocket = Socket<Untyped, Untyped, Nothing, SocketData>;

/** Sockets that have joined a room. */
export const joinedGroup = (room: RoomId): string => `in:${room}`;
/** Those of them that came by name. */
export const namedGroup = (room: RoomId): string => `name:${room}`;
/** Sockets of guests from one address, as limits count it. */
export const guestsGroup = (address: string): string => `guests:${address}`;
/** Those of a person that want private messages as new_message, too. */
export const directGroup = (person: PersonId): string => `direct:${person}`;

/** Somebody who uses a socket, with the present card. */
export interface SocketCaller {
	who: Actor;
	card: Card;
}
