/** Sockets come into rooms, and leave them. Membership is the domain's; what a socket receives is decided here. */
import type { Card } from '../../../src/lib/protocol/change.ts';
import type { RoomId } from '../../../src/lib/protocol/ids.ts';
import { refuse, RefusalError } from '../../../src/lib/protocol/refusal.ts';
import { personGroup, socketsIn } from '../../socket/types.ts';
import type { Typing } from '../../socket/typing.ts';
import type { CompatContext } from '../context.ts';
import { ApiError } from '../errors.ts';
import type { RoomAccess, RoomView } from '../ports.ts';
import type { Rooms } from '../rooms.ts';
import type { EventBroadcaster } from './event-broadcaster.ts';
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
}

/** What names a room to the clients of a socket. */
type NamedRoom = Pick<RoomView, 'id' | 'number' | 'name'>;

export class RoomSockets {
	readonly #options: RoomSocketsOptions;

	constructor(options: RoomSocketsOptions) {
		this.#options = options;
	}

	/**
	 * Makes the person a member, and the socket one that receives the room; answers the room as it is then.
	 * Rejects with ApiError or RefusalError.
	 */
	async enter(
		socket: CompatSocket,
		caller: SocketCaller,
		{ room, isMember }: RoomAccess,
		{ password, byName }: Entry
	): Promise<RoomView> {
		const { rooms, context } = this.#options;
		const { who, card } = caller;
		if (!isMember) await rooms.join(who, room, password ?? undefined);
		// What was true before a wait may be so no more.
		const now = context.store.room(who.person, { id: room.id });
		if (!now?.isMember) throw new RefusalError(refuse('not_a_member'));
		if (!socket.connected) return now.room;
		const isNew = !socket.data.joined.has(room.id) && !this.#isElsewhere(socket, room.id);
		this.#receive(socket, room, byName);
		if (isNew) this.#announce(socket, room, card);
		return now.room;
	}

	/** The socket receives the room no more; membership stays. */
	leave(socket: CompatSocket, room: NamedRoom): void {
		this.#forget(socket, room);
		socket.emit('left_room', { room_id: room.number });
	}

	/** A client said goodbye: its socket leaves every room that it had joined. */
	leaveAll(socket: CompatSocket): void {
		for (const [id, { number, name }] of socket.data.joined) {
			this.#forget(socket, { id, number, name });
		}
	}

	/** @throws ApiError unless the socket has joined the room */
	setTyping(socket: CompatSocket, room: RoomId, on: boolean): void {
		if (!socket.data.joined.has(room)) throw new ApiError(403, 'Join the room first.');
		if (!on) return this.stopTyping(socket, room);
		socket.data.typing.add(room);
		this.#options.typing.set(socket.data.actor.person, room, true);
	}

	stopTyping(socket: CompatSocket, room: RoomId): void {
		if (!socket.data.typing.delete(room)) return;
		this.#options.typing.end(socket.data.actor.person, room);
	}

	#receive(socket: CompatSocket, { id, number, name }: RoomView, byName: boolean): void {
		const { store } = this.#options.context;
		const from = socket.data.joined.get(id)?.from ?? store.head(id);
		socket.data.joined.set(id, { number, name, byName, from });
		void socket.join(joinedGroup(id));
		if (byName) void socket.join(namedGroup(id));
		else void socket.leave(namedGroup(id));
	}

	/** Tells the others that somebody has come; across a block nobody is told. */
	#announce(socket: CompatSocket, { id, number, name }: NamedRoom, card: Card): void {
		const blocked = this.#options.context.store.circle(card.id).blocked.map(personGroup);
		const payload = { user_id: card.number, username: card.name, room_id: number, room: name };
		socket.to(joinedGroup(id)).except(blocked).emit('user_joined', payload);
	}

	/** Tells the others, unless the person is still there by another socket. */
	#forget(socket: CompatSocket, { id, number, name }: NamedRoom): void {
		const { broadcaster, rejoinStore } = this.#options;
		const { actor, joined, toldTyping } = socket.data;
		this.stopTyping(socket, id);
		rejoinStore.forgetRoom(actor.session, id);
		const wasIn = joined.delete(id);
		toldTyping.delete(id);
		void socket.leave(joinedGroup(id));
		void socket.leave(namedGroup(id));
		if (wasIn && !this.#isElsewhere(socket, id)) {
			broadcaster.sendLeft(actor.person, id, { number, name });
		}
	}

	/** Whether another socket of the same person has joined the room, too. */
	#isElsewhere(socket: CompatSocket, room: RoomId): boolean {
		for (const other of socketsIn(this.#options.main, personGroup(socket.data.actor.person))) {
			if (other !== socket && other.data.joined.has(room)) return true;
		}
		return false;
	}
}
