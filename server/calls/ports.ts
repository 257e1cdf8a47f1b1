/** What calls need of the world: devices that are connected, the log, pushes, and servers that help media on its way. */
import type {
	CallAnswer,
	CallRequest,
	CallState,
	IceServer,
	Ring,
	Signal,
	SignalAnswer,
	SignalRequest,
	Unring
} from '../../src/lib/protocol/calls.ts';
import type { MessageRow } from '../../src/lib/protocol/change.ts';
import type { PersonId, RoomId } from '../../src/lib/protocol/ids.ts';
import type { Actor, Domain } from '../domain/ports.ts';

/** Devices that are connected, and what is sent to them. */
export interface Lines {
	isConnected(person: PersonId, device: string): boolean;
	/** whether it is told what happens in a room at this moment: its person is a member */
	hears(person: PersonId, device: string, room: RoomId): boolean;
	/** to all devices of a person */
	ring(person: PersonId, ring: Ring): void;
	/** @param device the one that answered or declined; null: none did */
	unring(person: PersonId, unring: Omit<Unring, 'here'>, device: string | null): void;
	/** to devices in the call, and to all that have its room on screen */
	tell(state: CallState): void;
	/** to one device */
	tellDevice(person: PersonId, device: string, state: CallState): void;
	signal(person: PersonId, device: string, signal: Signal): void;
	/** whether there is a block between two people, either way; of people who are connected */
	areBlocked(a: PersonId, b: PersonId): boolean;
	areFriends(a: PersonId, b: PersonId): boolean;
	/** somebody in a call counts as online as long as they are in it */
	keepOnline(person: PersonId, on: boolean): void;
}

/** Rings on devices that have no page open. */
export interface Ringer {
	/** @param row the call's message */
	ring(person: PersonId, ring: Ring, row: MessageRow): void;
	/** what rang on the person's devices does not any more */
	over(person: PersonId, call: string, why: Unring['why']): void;
}

/** Servers that help media on its way. */
export interface IceServers {
	/** whether media can be relayed */
	hasRelay: boolean;
	/** whether all media has to be */
	isRelayOnly: boolean;
	/** for somebody in a call, with credentials that end by themselves */
	for(person: PersonId): IceServer[];
}

/** The log, and what is known of rooms and people. */
export type CallDomain = Pick<
	Domain,
	| 'writeCall'
	| 'openCalls'
	| 'noteAlive'
	| 'callees'
	| 'card'
	| 'room'
	| 'maySpeak'
	| 'blockedWith'
	| 'subscribe'
>;

/** What devices ask about calls. Both reject with RefusalError. */
export interface CallAsks {
	ask(actor: Actor, ask: CallRequest): Promise<CallAnswer>;
	signal(actor: Actor, ask: SignalRequest): Promise<SignalAnswer>;
}

/** What calls are told of sockets, and tell them. */
export interface CallEvents {
	/** A device has a socket that hears of all its person's rooms. */
	connected(actor: Actor): void;
	/** A device has no socket any more. */
	disconnected(actor: Actor): void;
	sessionEnded(session: string): void;
	/** How the call of a room stands; null: there is none. */
	stateIn(room: RoomId): CallState | null;
}
