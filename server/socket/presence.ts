/**
 * Who of a room is online. A person is online while at least one of their sockets lives, and for a
 * short lease after the last one ended, so that a reload is no coming and going. Only sockets that
 * have the room on screen are told, at most once a second per room. The list of friends is treated
 * like a room whose id is the person's own. Across a block nobody is told anything.
 */
import type { Presence as PresenceNote } from '../../src/lib/protocol/down.ts';
import {
	isDirectId,
	type PersonId,
	type RoomId,
	type StreamId
} from '../../src/lib/protocol/ids.ts';
import type { LookRequest } from '../../src/lib/protocol/up.ts';
import type { Clock, Domain } from '../domain/ports.ts';
import { tellEyes } from './eyes.ts';
import type { Relations } from './relations.ts';
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
	arrived(socket: PersonSocket): Promise<void>;
	/** A socket has gone. @param streams the streams whose frames it got */
	departed(socket: PersonSocket, streams: StreamId[]): void;
	isOnline(person: PersonId): boolean;
	/** Whether nothing of one person's coming and going may be told to the other: there is a block. */
	isHidden(viewer: PersonId, person: PersonId): boolean;
	/** Everybody who is online. */
	online(): Set<PersonId>;
	/** Calls back whenever somebody came online or went offline. */
	onChange(heard: (person: PersonId, online: boolean) => void): void;
	/**
	 * The socket has this room on screen from now on, or none. Nothing is told about a room that its
	 * person may not see; if they come in while it is on screen, it is told from then on.
	 */
	look(socket: AppSocket, ask: LookRequest): void;
	/** Says whom to ask when the other one of a conversation of two was last online. */
	bind(otherOf: Domain['otherOf']): void;
	/** What a person is to others has changed. */
	related(person: PersonId): Promise<void>;
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
	relations: Relations,
	others: readonly AnyNamespace[] = []
): Presence {
	const doors: readonly AnyNamespace[] = [app, ...others];
	const pending = new Map<RoomId, Pending>();
	/** person -> ends the lease */
	const leases = new Map<PersonId, () => void>();
	/** people of whom it was said that they are online */
	const told = new Set<PersonId>();
	const listeners = new Set<(person: PersonId, online: boolean) => void>();
	let otherOf: Domain['otherOf'] = () => Promise.resolve(null);

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
		tellEyes(app, room, relations, [...on, ...off], (to, hidden) => {
			const shown = (people: Set<PersonId>) => [...people].filter((person) => !hidden(person));
			const part = { room, full: false, on: shown(on), off: shown(off) };
			if (part.on.length + part.off.length > 0)
				to.emit('presence', { ...part, ...seenOf(room, part) });
		});
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

	/** When people were last online is told only of friends and in conversations of two. */
	function seenOf(room: RoomId, { off }: { off: PersonId[] }): Pick<PresenceNote, 'seen'> {
		if (off.length === 0 || !(isDirectId(room) || isPerson(room))) return {};
		const now = clock.now();
		return { seen: Object.fromEntries(off.map((person) => [person, now])) };
	}

	/** The list of friends goes by the id of its person. */
	const isPerson = (room: string) => relations.friends(room).size > 0;

	function friendsNote(person: PersonId): PresenceNote {
		const friends = relations.friends(person);
		const on = [...friends.keys()].filter(isOnline);
		const seen = [...friends].filter(([friend, at]) => at > 0 && !isOnline(friend));
		return { room: person, full: true, on, off: [], seen: Object.fromEntries(seen) };
	}

	/** Everybody online whose sockets get the room's frames: exactly its members, but for strangers. */
	function whole(room: RoomId, viewer: PersonId): PresenceNote {
		const on = new Set<PersonId>();
		for (const door of doors) {
			for (const { data } of socketsIn(door, streamGroup(room))) {
				if (!relations.areStrangers(viewer, data.who.person)) on.add(data.who.person);
			}
		}
		return { room, full: true, on: [...on], off: [] };
	}

	function lookAtFriends(socket: AppSocket, on: boolean): void {
		const { person } = socket.data.who;
		const group = eyesGroup(person);
		if (on === socket.rooms.has(group)) return;
		if (!on) return void socket.leave(group);
		void socket.join(group);
		socket.emit('presence', friendsNote(person));
	}

	function look(socket: AppSocket, room: RoomId | null): void {
		if (socket.data.eyes !== null) void socket.leave(eyesGroup(socket.data.eyes));
		// The group of a room's stream holds exactly those who may see it, at every moment.
		const visible = room !== null && socket.rooms.has(streamGroup(room));
		socket.data.wish = room;
		socket.data.eyes = visible ? room : null;
		if (!visible) return;
		void socket.join(eyesGroup(room));
		const { person } = socket.data.who;
		socket.emit('presence', whole(room, person));
		if (isDirectId(room)) void tellLastSeen(socket, room, person);
	}

	async function tellLastSeen(socket: AppSocket, room: RoomId, viewer: PersonId): Promise<void> {
		const other = await otherOf(room, viewer);
		if (!other || other.seen === 0 || socket.data.eyes !== room) return;
		if (isOnline(other.person) || relations.areStrangers(viewer, other.person)) return;
		const seen = { [other.person]: other.seen };
		socket.emit('presence', { room, full: false, on: [], off: [], seen });
	}

	function streamsOf(socket: PersonSocket): StreamId[] {
		return [...socket.rooms]
			.filter((group) => group.startsWith('s:'))
			.map((group) => group.slice(2));
	}

	return {
		async arrived(socket) {
			const { person } = socket.data.who;
			await relations.load(person);
			if (!hasSocket(person)) return;
			leases.get(person)?.();
			leases.delete(person);
			for (const stream of streamsOf(socket)) note(stream, person, true);
			for (const friend of relations.friends(person).keys()) note(friend, person, true);
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
				for (const friend of relations.friends(person).keys()) note(friend, person, false);
				relations.gone(person, clock.now());
				tell(person, false);
				// Whoever was online is still told with the next note of each room, within a second.
				clock.after(2 * PACE, () => {
					if (!isOnline(person)) relations.forget(person);
				});
			});
			leases.set(person, end);
		},
		isOnline,
		isHidden: relations.areStrangers,
		online: () => new Set(told),
		onChange(heard) {
			listeners.add(heard);
		},
		look(socket, { room, friends }) {
			look(socket, room);
			lookAtFriends(socket, friends === true);
		},
		bind(ask) {
			otherOf = ask;
		},
		async related(person) {
			for (const affected of await relations.reload(person)) {
				for (const socket of socketsIn(app, personGroup(affected))) {
					const { eyes } = socket.data;
					if (eyes !== null) socket.emit('presence', whole(eyes, affected));
					if (socket.rooms.has(eyesGroup(affected))) {
						socket.emit('presence', friendsNote(affected));
					}
				}
			}
		},
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
