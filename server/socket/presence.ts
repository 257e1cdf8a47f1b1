/**
 * Who of a room is online. A person is online while at least one of their sockets lives, and for a
 * short lease after the last one ended, so that a reload is no coming and going. Only sockets that
 * have the room on screen are told, at most once a second per room.
 */
import type { Presence as PresenceNote } from '../../src/lib/protocol/down.ts';
import type { PersonId, RoomId, StreamId } from '../../src/lib/protocol/ids.ts';
import type { Clock } from '../domain/ports.ts';
import {
	eyesGroup,
	personGroup,
	socketsIn,
	streamGroup,
	type AnyNamespace,
	type AppNamespace,
	type AppSocket,
	type PersonSocket
} from './types.ts';

/** ms a person stays online without a socket; with the pace below others know within 3 s. */
const LEASE = 1_500;
/** ms between two notes about one room. */
const PACE = 1_000;

export interface Presence {
	/** A socket, of whatever door, has joined all its person's streams. */
	arrived(socket: PersonSocket): void;
	/** A socket has gone. @param streams the streams whose frames it got */
	departed(socket: PersonSocket, streams: StreamId[]): void;
	isOnline(person: PersonId): boolean;
	/** Everybody who is online. */
	online(): Set<PersonId>;
	/** Calls back whenever somebody came online or went offline. */
	onChange(heard: (person: PersonId, online: boolean) => void): void;
	/**
	 * The socket has this room on screen from now on, or none. Nothing is told about a room that its
	 * person may not see; if they come in while it is on screen, it is told from then on.
	 */
	look(socket: AppSocket, room: RoomId | null): void;
	entered(person: PersonId, stream: StreamId): void;
	left(person: PersonId, stream: StreamId): void;
}

/** What has changed in a room since it was last told. */
interface Pending {
	on: Set<PersonId>;
	off: Set<PersonId>;
}

/**
 * @param app where presence is told
 * @param others namespaces of other doors, whose sockets make people as online as the app's
 */
export function createPresence(
	app: AppNamespace,
	clock: Clock,
	others: readonly AnyNamespace[] = []
): Presence {
	const doors: readonly AnyNamespace[] = [app, ...others];
	const pending = new Map<RoomId, Pending>();
	/** person -> ends the lease */
	const leases = new Map<PersonId, () => void>();
	/** people of whom it was said that they are online */
	const told = new Set<PersonId>();
	const listeners = new Set<(person: PersonId, online: boolean) => void>();

	const hasSocket = (person: PersonId) =>
		doors.some((door) => door.adapter.rooms.has(personGroup(person)));
	const isOnline = (person: PersonId) => leases.has(person) || hasSocket(person);

	function tell(person: PersonId, online: boolean): void {
		if (told.has(person) === online) return;
		if (online) told.add(person);
		else told.delete(person);
		for (const heard of listeners) heard(person, online);
	}

	function flush(room: RoomId): void {
		const { on, off } = pending.get(room)!;
		if (on.size === 0 && off.size === 0) {
			pending.delete(room);
			return;
		}
		app.to(eyesGroup(room)).emit('presence', { room, full: false, on: [...on], off: [...off] });
		pending.set(room, { on: new Set(), off: new Set() });
		clock.after(PACE, () => flush(room));
	}

	function note(room: RoomId, person: PersonId, online: boolean): void {
		if (!app.adapter.rooms.has(eyesGroup(room))) return;
		let change = pending.get(room);
		if (!change) {
			change = { on: new Set(), off: new Set() };
			pending.set(room, change);
			clock.after(0, () => flush(room));
		}
		(online ? change.off : change.on).delete(person);
		(online ? change.on : change.off).add(person);
	}

	/** Everybody online whose sockets get the room's frames: exactly its members. */
	function whole(room: RoomId): PresenceNote {
		const on = new Set<PersonId>();
		for (const door of doors) {
			for (const socket of socketsIn(door, streamGroup(room))) on.add(socket.data.who.person);
		}
		return { room, full: true, on: [...on], off: [] };
	}

	function look(socket: AppSocket, room: RoomId | null): void {
		if (socket.data.eyes !== null) void socket.leave(eyesGroup(socket.data.eyes));
		// The group of a room's stream holds exactly those who may see it, at every moment.
		const visible = room !== null && socket.rooms.has(streamGroup(room));
		socket.data.wish = room;
		socket.data.eyes = visible ? room : null;
		if (!visible) return;
		void socket.join(eyesGroup(room));
		socket.emit('presence', whole(room));
	}

	function streamsOf(socket: PersonSocket): StreamId[] {
		return [...socket.rooms]
			.filter((group) => group.startsWith('s:'))
			.map((group) => group.slice(2));
	}

	return {
		arrived(socket) {
			const { person } = socket.data.who;
			leases.get(person)?.();
			leases.delete(person);
			for (const stream of streamsOf(socket)) note(stream, person, true);
			tell(person, true);
		},
		departed(socket, streams) {
			const { person } = socket.data.who;
			if (hasSocket(person)) return;
			leases.get(person)?.();
			const end = clock.after(LEASE, () => {
				leases.delete(person);
				if (isOnline(person)) return;
				for (const stream of streams) note(stream, person, false);
				tell(person, false);
			});
			leases.set(person, end);
		},
		isOnline,
		online: () => new Set(told),
		onChange(heard) {
			listeners.add(heard);
		},
		look,
		entered(person, stream) {
			if (isOnline(person)) note(stream, person, true);
			// A room that was just made or joined is on screen before the server knows of it.
			for (const socket of socketsIn(app, personGroup(person))) {
				if (socket.data.wish === stream) look(socket, stream);
			}
		},
		left(person, stream) {
			for (const socket of socketsIn(app, personGroup(person))) {
				if (socket.data.eyes !== stream) continue;
				void socket.leave(eyesGroup(stream));
				socket.data.eyes = null;
			}
			note(stream, person, false);
		}
	};
}
