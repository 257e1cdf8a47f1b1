/** What is done about each event of a client (compat-api, section 5). */
import type * as v from 'valibot';
import type { Card } from '../../../src/lib/protocol/change.ts';
import type { PersonId } from '../../../src/lib/protocol/ids.ts';
import { refuse, RefusalError } from '../../../src/lib/protocol/refusal.ts';
import { FIRST_ROOM } from '../../domain/constants.ts';
import { personGroup, socketsIn } from '../../socket/types.ts';
import type { CompatContext } from '../context.ts';
import { ApiError } from '../errors.ts';
import type { Messages } from '../messages.ts';
import type { RoomAccess, RoomView } from '../ports.ts';
import type { Rooms } from '../rooms.ts';
import { isoWithoutZone } from '../serializers.ts';
import type { EventName, UP } from './client-events.ts';
import type { EventBroadcaster } from './event-broadcaster.ts';
import type { RoomSockets } from './room-sockets.ts';
import {
	directGroup,
	namedGroup,
	type CompatNamespace,
	type CompatSocket,
	type SocketCaller
} from './types.ts';

/** What a callback is given besides `ok: true`. */
type Done = Record<string, unknown> | undefined;
export type Handlers = {
	[E in EventName]: (
		socket: CompatSocket,
		sent: v.InferOutput<(typeof UP)[E]>,
		caller: SocketCaller
	) => Promise<Done> | Done;
};
type MessageInput = Parameters<Messages['read']>[0];

interface HandlersOptions {
	context: CompatContext;
	rooms: Rooms;
	messages: Messages;
	main: CompatNamespace;
	broadcaster: EventBroadcaster;
	roomSockets: RoomSockets;
}

export function createHandlers(options: HandlersOptions): Handlers {
	const { rooms, broadcaster, roomSockets } = options;
	const { send, sendDirect } = createSending(options);
	const { welcome, announce, onlineIn } = createGreeting(options);

	const numbered = ({ who }: SocketCaller, number: number): RoomAccess =>
		rooms.byNumber(who.person, number);
	const named = ({ who }: SocketCaller, room: string | null | undefined): RoomAccess =>
		rooms.find(who.person, room ?? FIRST_ROOM);

	return {
		async join_room(socket, { room_id, password }, caller) {
			if (socket.data.guest) {
				throw new ApiError(403, 'Guests can only join public rooms by name and write there.');
			}
			const access = numbered(caller, room_id);
			return welcome(
				socket,
				await roomSockets.enter(socket, caller, access, { password, byName: false })
			);
		},
		leave_room(socket, sent, caller) {
			const { room } =
				'room_id' in sent ? numbered(caller, sent.room_id) : named(caller, sent.room);
			roomSockets.leave(socket, room);
		},
		send_message(socket, sent, caller) {
			if ('room_id' in sent) return send(socket, caller, numbered(caller, sent.room_id).room, sent);
			if ('receiver_id' in sent) return sendDirect(socket, caller, sent.receiver_id, sent);
			return send(socket, caller, named(caller, sent.room).room, { content: sent.message });
		},
		typing_start(socket, { room_id }, caller) {
			roomSockets.setTyping(socket, numbered(caller, room_id).room.id, true);
		},
		typing_stop(socket, { room_id }, caller) {
			roomSockets.setTyping(socket, numbered(caller, room_id).room.id, false);
		},
		get_online_users(socket, { room_id }, caller) {
			const room = rooms.readable(numbered(caller, room_id));
			const answer = { room_id: room.number, online_users: onlineIn(room, caller.who.person) };
			socket.emit('online_users_update', answer);
			return answer;
		},
		avatar_updated(_socket, _sent, { who }) {
			broadcaster.sendAvatar(who.person);
		},
		async join(socket, sent, caller) {
			const access = named(caller, sent.room);
			if (socket.data.guest && access.room.private) throw new RefusalError(refuse('not_allowed'));
			const room = await roomSockets.enter(socket, caller, access, { byName: true });
			announce(room, caller.card);
			return welcome(socket, room);
		},
		typing(socket, { is_typing, room }, caller) {
			roomSockets.setTyping(socket, named(caller, room).room.id, is_typing);
		}
	};
}

function createSending({ context, messages, roomSockets }: HandlersOptions) {
	const { serializeFor, store } = context;

	async function send(
		socket: CompatSocket,
		caller: SocketCaller,
		room: RoomView,
		input: MessageInput
	) {
		const view = await messages.post(caller, room.id, input);
		roomSockets.stopTyping(socket, room.id);
		return { message: serializeFor(caller.who.person).message(view, room.number) };
	}

	async function sendDirect(
		socket: CompatSocket,
		caller: SocketCaller,
		number: number,
		input: MessageInput
	) {
		if (socket.data.guest) throw new RefusalError(refuse('not_allowed'));
		// A text that cannot be sent begins no conversation.
		messages.read(input);
		const other = store.byNumber(number);
		if (!other) throw new RefusalError(refuse('no_such_person'));
		socket.data.direct = true;
		void socket.join(directGroup(caller.who.person));
		const room = await messages.openDirect(caller, other);
		const view = await messages.post(caller, room, input);
		return { message: serializeFor(caller.who.person).message(view, null, other.number) };
	}

	return { send, sendDirect };
}

function createGreeting({ context, main, rooms }: HandlersOptions) {
	const { clock, presence, serializeFor, store } = context;

	const onlineIn = (room: RoomView, viewer: PersonId) =>
		rooms.people(room, viewer).online.map(serializeFor(viewer).card);

	/** Tells a socket that it is in a room. */
	function welcome(socket: CompatSocket, room: RoomView) {
		const answer = {
			room_id: room.number,
			room_name: room.name,
			member_count: room.members,
			online_members: onlineIn(room, socket.data.actor.person)
		};
		socket.emit('room_joined', answer);
		socket.emit('joined_room', { room_id: room.number });
		return answer;
	}

	/** Tells sockets that joined by name of somebody who did, too; across a block only who is online. */
	function announce(room: RoomView, { id, name }: Card): void {
		const group = namedGroup(room.id);
		const blocked = store.circle(id).blocked.map(personGroup);
		const message = `${name} has joined.`;
		const timestamp = isoWithoutZone(clock.now());
		main.to(group).except(blocked).emit('system_message', { message, timestamp });
		// Read once, however many are told.
		const { online } = rooms.people(room, null);
		for (const socket of socketsIn(main, group)) {
			const viewer = socket.data.actor.person;
			const seen = online.filter((card) => !presence.isHidden(viewer, card.id));
			socket.emit('online_users', { users: seen.map(serializeFor(null).card) });
		}
	}

	return { welcome, announce, onlineIn };
}
