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
import type { Elsewhere, ElsewhereChange } from './elsewhere.ts';
import { ElsewhereInRooms } from './elsewhere-in-rooms.ts';
import { fewAtATime } from './few-at-a-time.ts';
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

/** Questions to the database at once, when something of everybody is read anew. */
const AT_ONCE = 4;

interface PresenceOptions {
	/** where presence is sent */
	app: AppNamespace;
	/** other namespaces whose sockets make people as online as the app's */
	others: readonly AnyNamespace[];
	clock: Clock;
	relations: Relations;
	/** tells the other one of a direct conversation, and when they were last online */
	domain: Pick<Domain, 'otherOf'>;
	/** who is online by other servers */
	elsewhere: Elsewhere;
	/** called when a socket has a room on screen from now on, which it may see */
	onWatch: (socket: AppSocket, room: RoomId) => void;
}

export class Presence {
	readonly #options: PresenceOptions;
	readonly #namespaces: readonly AnyNamespace[];
	readonly #people: OnlinePeople;
	readonly #updates: PresenceUpdates;
	readonly #inRooms: ElsewhereInRooms;

	constructor(options: PresenceOptions) {
		const { app, others, clock, relations, elsewhere } = options;
		this.#options = options;
		this.#namespaces = [app, ...others];
		this.#people = new OnlinePeople(this.#namespaces, clock, elsewhere);
		this.#updates = new PresenceUpdates(app, clock, relations);
		this.#inRooms = new ElsewhereInRooms(elsewhere);
		elsewhere.onChange((changes) => this.#changedElsewhere(changes));
		// A block stands in the feed of whoever blocks, which is followed only where they are connected themselves.
		elsewhere.onDoubt(() =>
			fewAtATime(relations.known(), AT_ONCE, (person) => this.relationsChanged(person))
		);
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

	/** Whoever is in a call is online as long as that lasts, also while their device has no socket. */
	keepOnline(person: PersonId, on: boolean): void {
		this.#people.keep(person, on);
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
		if (!this.#people.isHere(person)) return;
		const places = this.#placesOf(person, streamsOf(socket));
		this.#update(person, places, true);
		this.#options.elsewhere.tellPerson(person, true, places);
		this.#people.connected(person);
	}

	/** A socket has closed. @param streams the streams whose frames it got */
	disconnected(socket: PersonSocket, streams: StreamId[]): void {
		const { clock, elsewhere, relations } = this.#options;
		const { person } = socket.data.actor;
		const tellGone = () => {
			elsewhere.tellPerson(person, false, this.#placesOf(person, streams));
			// The updates that say so still need them, within a second.
			clock.after(2 * UPDATE_EVERY, () => {
				if (!this.#people.isHere(person)) relations.forget(person);
			});
		};
		this.#people.disconnected(person, tellGone, () => {
			this.#update(person, this.#placesOf(person, streams), false);
			relations.gone(person, clock.now());
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
				if (viewedRoom !== null) this.#sendRoom(socket, viewedRoom);
				if (socket.rooms.has(viewersGroup(affected))) {
					socket.emit('presence', this.#ofFriends(affected));
				}
			}
		}
	}

	/** A person has become a member of a room. */
	entered(person: PersonId, room: RoomId): void {
		this.#inRooms.changed(room);
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

	/** Where it is told that the person comes and goes: rooms, and lists of friends. */
	#placesOf(person: PersonId, streams: StreamId[]): StreamId[] {
		return [...streams, ...this.#options.relations.friends(person).keys()];
	}

	#update(person: PersonId, places: StreamId[], online: boolean): void {
		for (const room of places) this.#updates.add(room, person, online);
	}

	#changedElsewhere(changes: ElsewhereChange[]): void {
		const { clock, relations } = this.#options;
		this.#inRooms.changed();
		for (const { person, places } of changes) {
			const online = this.isOnline(person);
			if (!online) relations.gone(person, clock.now(), places ?? []);
			this.#update(person, places ?? [], online);
			// Of servers that are gone, everybody tells.
			this.#people.changedElsewhere(person, places === null);
		}
		if (changes.some(({ places }) => places === null)) void this.#sendAnew();
	}

	/** Sends everybody who looks at a room, or the list of friends, who is there now. Each room is read once. */
	#sendAnew(): Promise<void> {
		const { app } = this.#options;
		const rooms = new Set<RoomId>();
		for (const socket of app.sockets.values()) {
			const { actor, viewedRoom } = socket.data;
			if (viewedRoom !== null) rooms.add(viewedRoom);
			if (socket.rooms.has(viewersGroup(actor.person))) {
				socket.emit('presence', this.#ofFriends(actor.person));
			}
		}
		return fewAtATime(rooms, AT_ONCE, async (room) => {
			const there = (await this.#inRooms.of(room)) ?? [];
			for (const socket of socketsIn(app, viewersGroup(room))) this.#emitRoom(socket, room, there);
		});
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
		this.#sendRoom(socket, room);
		if (isDirectId(room)) void this.#sendLastSeen(socket, room, person);
		this.#options.onWatch(socket, room);
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

	#sendRoom(socket: AppSocket, room: RoomId): void {
		const there = this.#inRooms.of(room);
		if (there) void there.then((people) => this.#emitRoom(socket, room, people));
		else this.#emitRoom(socket, room, []);
	}

	#emitRoom(socket: AppSocket, room: RoomId, there: readonly PersonId[]): void {
		// It may have another room on screen by now.
		if (socket.data.viewedRoom !== room) return;
		socket.emit('presence', this.#inRoom(room, socket.data.actor.person, there));
	}

	/**
	 * Everybody online whose sockets get the room's frames: exactly its members, but for blocked ones.
	 * @param there those of them who are online by other servers
	 */
	#inRoom(room: RoomId, viewer: PersonId, there: readonly PersonId[]): PresenceEvent {
		const on = new Set(there.filter((person) => !this.isHidden(viewer, person)));
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
