/**
 * Who of a room is online. Only sockets that have the room on screen are sent it, at most once a second per room.
 * The list of friends is treated like a room whose id is the person's own. Across a block nothing is sent.
 */
import type { Presence as PresenceEvent } from '../../src/lib/protocol/down.ts';
import {
	isDirectId,
	type PersonId,
	type RoomId,
	type StreamId
} from '../../src/lib/protocol/ids.ts';
import type { WatchRequest } from '../../src/lib/protocol/up.ts';
import type { Clock, Domain } from '../domain/ports.ts';
import { OnlinePeople, type OnlineListener } from './online-people.ts';
import { PresenceUpdates, UPDATE_EVERY } from './presence-updates.ts';
import type { Relations } from './relations.ts';
import {
	personGroup,
	socketsIn,
	streamGroup,
	streamsOf,
	viewersGroup,
	type AnyNamespace,
	type AppNamespace,
	type AppSocket,
	type PersonSocket
} from './types.ts';

interface PresenceOptions {
	/** where presence is sent */
	app: AppNamespace;
	/** other namespaces whose sockets make people as online as the app's */
	others: readonly AnyNamespace[];
	clock: Clock;
	relations: Relations;
	/** tells the other one of a direct conversation, and when they were last online */
	domain: Pick<Domain, 'otherOf'>;
}

export class Presence {
	readonly #options: PresenceOptions;
	readonly #namespaces: readonly AnyNamespace[];
	readonly #people: OnlinePeople;
	readonly #updates: PresenceUpdates;

	constructor(options: PresenceOptions) {
		const { app, others, clock, relations } = options;
		this.#options = options;
		this.#namespaces = [app, ...others];
		this.#people = new OnlinePeople(this.#namespaces, clock);
		this.#updates = new PresenceUpdates(app, clock, relations);
	}

	isOnline(person: PersonId): boolean {
		return this.#people.isOnline(person);
	}

	/** Everybody who is online. */
	online(): Set<PersonId> {
		return this.#people.all();
	}

	/** Whether nothing of one person's coming and going may be sent to the other: there is a block. */
	isHidden(viewer: PersonId, person: PersonId): boolean {
		return this.#options.relations.areBlocked(viewer, person);
	}

	/** The listener is called when somebody came online or went offline. */
	onChange(listener: OnlineListener): void {
		this.#people.onChange(listener);
	}

	/**
	 * A socket, of whatever namespace, has joined all its person's streams. Somebody who is gone again by the time that
	 * this can be told has come all the same: the going is told, too.
	 */
	async connected(socket: PersonSocket): Promise<void> {
		const { person } = socket.data.actor;
		await this.#options.relations.load(person);
		if (!this.isOnline(person)) return;
		this.#update(person, streamsOf(socket), true);
		this.#people.connected(person);
	}

	/** A socket has closed. @param streams the streams whose frames it got */
	disconnected(socket: PersonSocket, streams: StreamId[]): void {
		const { clock, relations } = this.#options;
		const { person } = socket.data.actor;
		this.#people.disconnected(person, () => {
			this.#update(person, streams, false);
			relations.gone(person, clock.now());
			// The updates that say so still need them, within a second.
			clock.after(2 * UPDATE_EVERY, () => {
				if (!this.isOnline(person)) relations.forget(person);
			});
		});
	}

	/**
	 * The socket has this room on screen from now on, or none, and the list of friends or not. Nothing is sent
	 * of a room that its person may not see; if they come in while it is on screen, it is sent from then on.
	 */
	watch(socket: AppSocket, { room, friends }: WatchRequest): void {
		this.#watchRoom(socket, room);
		this.#watchFriends(socket, friends === true);
	}

	/** Friends or blocks of a person have changed. */
	async relationsChanged(person: PersonId): Promise<void> {
		const { app, relations } = this.#options;
		for (const affected of await relations.reload(person)) {
			for (const socket of socketsIn(app, personGroup(affected))) {
				const { viewedRoom } = socket.data;
				if (viewedRoom !== null) socket.emit('presence', this.#inRoom(viewedRoom, affected));
				if (socket.rooms.has(viewersGroup(affected))) {
					socket.emit('presence', this.#ofFriends(affected));
				}
			}
		}
	}

	/** A person has become a member of a room. */
	entered(person: PersonId, room: RoomId): void {
		if (this.isOnline(person)) this.#updates.add(room, person, true);
		// A room that was just made or joined is on screen before the server knows of it.
		for (const socket of socketsIn(this.#options.app, personGroup(person))) {
			if (socket.data.requestedRoom === room) this.#watchRoom(socket, room);
		}
	}

	/** A person is no longer a member of a room. */
	left(person: PersonId, room: RoomId): void {
		for (const socket of socketsIn(this.#options.app, personGroup(person))) {
			if (socket.data.viewedRoom !== room) continue;
			void socket.leave(viewersGroup(room));
			socket.data.viewedRoom = null;
		}
		this.#updates.add(room, person, false);
	}

	#update(person: PersonId, streams: StreamId[], online: boolean): void {
		const friends = this.#options.relations.friends(person).keys();
		for (const room of [...streams, ...friends]) this.#updates.add(room, person, online);
	}

	#watchRoom(socket: AppSocket, room: RoomId | null): void {
		if (socket.data.viewedRoom !== null) void socket.leave(viewersGroup(socket.data.viewedRoom));
		// The group of a room's stream holds exactly those who may see it, at every moment.
		const visible = room !== null && socket.rooms.has(streamGroup(room));
		socket.data.requestedRoom = room;
		socket.data.viewedRoom = visible ? room : null;
		if (!visible) return;
		void socket.join(viewersGroup(room));
		const { person } = socket.data.actor;
		socket.emit('presence', this.#inRoom(room, person));
		if (isDirectId(room)) void this.#sendLastSeen(socket, room, person);
	}

	#watchFriends(socket: AppSocket, on: boolean): void {
		const { person } = socket.data.actor;
		const group = viewersGroup(person);
		if (on === socket.rooms.has(group)) return;
		if (!on) return void socket.leave(group);
		void socket.join(group);
		socket.emit('presence', this.#ofFriends(person));
	}

	/** Sends when the other one of a direct conversation was last online. */
	async #sendLastSeen(socket: AppSocket, room: RoomId, viewer: PersonId): Promise<void> {
		const other = await this.#options.domain.otherOf(room, viewer);
		if (!other || other.seen === 0 || socket.data.viewedRoom !== room) return;
		if (this.isOnline(other.person) || this.isHidden(viewer, other.person)) return;
		const seen = { [other.person]: other.seen };
		socket.emit('presence', { room, full: false, on: [], off: [], seen });
	}

	/** Everybody online whose sockets get the room's frames: exactly its members, but for blocked ones. */
	#inRoom(room: RoomId, viewer: PersonId): PresenceEvent {
		const on = new Set<PersonId>();
		for (const namespace of this.#namespaces) {
			for (const { data } of socketsIn(namespace, streamGroup(room))) {
				if (!this.isHidden(viewer, data.actor.person)) on.add(data.actor.person);
			}
		}
		return { room, full: true, on: [...on], off: [] };
	}

	/** Friends who are online, and when the others were. */
	#ofFriends(person: PersonId): PresenceEvent {
		const friends = this.#options.relations.friends(person);
		const on = [...friends.keys()].filter((friend) => this.isOnline(friend));
		const seen = [...friends].filter(([friend, at]) => at > 0 && !this.isOnline(friend));
		return { room: person, full: true, on, off: [], seen: Object.fromEntries(seen) };
	}
}
