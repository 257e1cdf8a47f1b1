/** Sockets come into rooms, and leave them. Membership is the domain's; what a socket receives is decided here. */
import type { Card } from '../../../src/lib/protocol/change.ts';
import type { PersonId, RoomId } from '../../../src/lib/protocol/ids.ts';
import { refuse, RefusalError } from '../../../src/lib/protocol/refusal.ts';
import { personGroup, socketsIn } from '../../socket/types.ts';
import type { Typing } from '../../socket/typing.ts';
import type { CompatContext } from '../context.ts';
import { ApiError } from '../errors.ts';
import type { EventFacts, RoomAccess, RoomView } from '../ports.ts';
import type { Rooms } from '../rooms.ts';
import type { EventBroadcaster } from './event-broadcaster.ts';
import { noNeeds, readFacts } from './event-needs.ts';
import { createGreeting, type Greeting, type Welcome } from './greeting.ts';
import type { Progress } from './progress.ts';
import { putInto } from './rejoin.ts';
import type { RejoinStore } from './rejoin-store.ts';
import {
	joinedGroup,
	namedGroup,
	type CompatNamespace,
	type CompatSocket,
	type SocketCaller
} from './types.ts';

/** How a room is entered. */
interface Entry {
	password?: string | null | undefined;
	/** by name: the socket gets the forms of the clients that do so */
	byName: boolean;
}

interface RoomSocketsOptions {
	context: CompatContext;
	rooms: Rooms;
	main: CompatNamespace;
	typing: Typing;
	broadcaster: EventBroadcaster;
	rejoinStore: RejoinStore;
	progress: Progress;
}

/** What names a room to the clients of a socket. */
type NamedRoom = Pick<RoomView, 'id' | 'number' | 'name'>;

/** What was read for a socket that enters a room. */
interface Entered {
	room: RoomView;
	/** seq of the last message that was told there */
	from: number;
	members: Card[];
	facts: EventFacts;
}

export class RoomSockets {
	readonly #options: RoomSocketsOptions;
	readonly #greeting: Greeting;

	constructor(options: RoomSocketsOptions) {
		this.#options = options;
		this.#greeting = createGreeting(options);
	}

	/**
	 * Makes the person a member, and the socket one that receives the room; answers what it is welcomed with.
	 * Rejects with ApiError or RefusalError.
	 */
	async enter(
		socket: CompatSocket,
		caller: SocketCaller,
		{ room, isMember }: RoomAccess,
		{ password, byName }: Entry
	): Promise<Welcome> {
		const { rooms, context } = this.#options;
		if (!isMember) await rooms.join(caller.who, room, password ?? undefined);
		return context.turns.take(async () => {
			const entered = await this.#readEntered(socket, caller, room.id);
			return () => this.#enterNow(socket, caller.card, entered, byName);
		});
	}

	/** Who of a room is online, as this person may know; sends it, too. */
	sendOnline(socket: CompatSocket, room: RoomView, viewer: PersonId): Promise<object> {
		const { context } = this.#options;
		return context.turns.take(async () => {
			const facts = await this.#factsOf(viewer);
			const members = await context.store.membersAmong(room.id, context.presence.online());
			return () => {
				const online_users = this.#greeting.onlineFor(viewer, members, facts);
				const answer = { room_id: room.number, online_users };
				socket.emit('online_users_update', answer);
				return answer;
			};
		});
	}

	/** The socket receives the room no more; membership stays. */
	leave(socket: CompatSocket, room: NamedRoom): Promise<void> {
		const { turns } = this.#options.context;
		const { person } = socket.data.actor;
		return turns.take(async () => {
			const facts = await this.#factsOf(person);
			return () => {
				this.#forget(socket, room, facts);
				socket.emit('left_room', { room_id: room.number });
			};
		});
	}

	/** A client said goodbye: its socket leaves every room that it had joined. */
	leaveAll(socket: CompatSocket): void {
		const { broadcaster, rejoinStore } = this.#options;
		const { actor, joined } = socket.data;
		for (const id of joined.keys()) rejoinStore.forgetRoom(actor.session, id);
		if (joined.size === 0) return;
		broadcaster.follow('goodbye', async () => {
			const facts = await this.#factsOf(actor.person);
			return () => {
				for (const [id, { number, name }] of joined)
					this.#forget(socket, { id, number, name }, facts);
			};
		});
	}

	/** @throws ApiError unless the socket has joined the room */
	setTyping(socket: CompatSocket, room: RoomId, on: boolean): void {
		// A socket that has ended meanwhile stops typing no more.
		if (!socket.connected) return;
		if (!socket.data.joined.has(room)) throw new ApiError(403, 'Join the room first.');
		if (!on) return this.stopTyping(socket, room);
		socket.data.typing.add(room);
		this.#options.typing.set(socket.data.actor.person, room, true);
	}

	stopTyping(socket: CompatSocket, room: RoomId): void {
		if (!socket.data.typing.delete(room)) return;
		this.#options.typing.end(socket.data.actor.person, room);
	}

	/** Rejects with RefusalError when the person is no member, or may not be one in this way. */
	async #readEntered(socket: CompatSocket, { who }: SocketCaller, id: RoomId): Promise<Entered> {
		const { context, progress } = this.#options;
		// What was true before a wait may be so no more.
		const now = await context.store.room(who.person, { id });
		if (!now?.isMember) throw new RefusalError(refuse('not_a_member'));
		if (socket.data.guest && now.room.private) throw new RefusalError(refuse('not_allowed'));
		// That somebody who enters is online may not have been told yet.
		const online = new Set([...context.presence.online(), who.person]);
		const members = await context.store.membersAmong(id, online);
		const from = await context.store.seqUpTo(id, progress.told);
		return { room: now.room, from, members, facts: await this.#factsOf(who.person) };
	}

	#enterNow(
		socket: CompatSocket,
		card: Card,
		{ room, from, members, facts }: Entered,
		byName: boolean
	): Welcome {
		const { joined } = socket.data;
		if (socket.connected) {
			const isNew = !joined.has(room.id) && !this.#isElsewhere(socket, room.id);
			const { number, name } = room;
			putInto(socket, room.id, { number, name, byName, from: joined.get(room.id)?.from ?? from });
			if (isNew) this.#announce(socket, room, card, facts);
			if (byName) this.#greeting.announce(room, card, members, facts);
		}
		return this.#greeting.welcome(socket, room, members, facts);
	}

	/** The card of a person, and people between whom and the person there is a block. */
	#factsOf(person: PersonId): Promise<EventFacts> {
		const needs = noNeeds();
		if (person !== '') needs.people.add(person);
		return readFacts(this.#options.context.store, needs);
	}

	/** Tells the others that somebody has come; across a block nobody is told. */
	#announce(
		socket: CompatSocket,
		{ id, number, name }: NamedRoom,
		card: Card,
		facts: EventFacts
	): void {
		const blocked = [...(facts.blocked.get(card.id) ?? [])].map(personGroup);
		const payload = { user_id: card.number, username: card.name, room_id: number, room: name };
		socket.to(joinedGroup(id)).except(blocked).emit('user_joined', payload);
	}

	/** Tells the others, unless the person is still there by another socket. */
	#forget(socket: CompatSocket, { id, number, name }: NamedRoom, facts: EventFacts): void {
		const { broadcaster, rejoinStore } = this.#options;
		const { actor, joined, toldTyping } = socket.data;
		this.stopTyping(socket, id);
		rejoinStore.forgetRoom(actor.session, id);
		const wasIn = joined.delete(id);
		toldTyping.delete(id);
		void socket.leave(joinedGroup(id));
		void socket.leave(namedGroup(id));
		if (!wasIn || this.#isElsewhere(socket, id)) return;
		const [card, blocked] = [facts.cards.get(actor.person), facts.blocked.get(actor.person)];
		broadcaster.sendLeft({ card, blocked }, id, { number, name });
	}

	/** Whether another socket of the same person has joined the room, too. */
	#isElsewhere(socket: CompatSocket, room: RoomId): boolean {
		for (const other of socketsIn(this.#options.main, personGroup(socket.data.actor.person))) {
			if (other !== socket && other.data.joined.has(room)) return true;
		}
		return false;
	}
}
