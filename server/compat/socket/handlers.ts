/** What is done about each event of a client (compat-api, section 5). */
import type * as v from 'valibot';
import { refuse, RefusalError } from '../../../src/lib/protocol/refusal.ts';
import { FIRST_ROOM } from '../../domain/constants.ts';
import type { CompatContext } from '../context.ts';
import { ApiError } from '../errors.ts';
import type { Messages } from '../messages.ts';
import type { RoomAccess, RoomView } from '../ports.ts';
import type { Rooms } from '../rooms.ts';
import type { EventName, UP } from './client-events.ts';
import type { EventBroadcaster } from './event-broadcaster.ts';
import type { RoomSockets } from './room-sockets.ts';
import { directGroup, type CompatSocket, type SocketCaller } from './types.ts';

/** What a callback is given besides `ok: true`. */
type Done = Record<string, unknown> | undefined;
export type Handlers = {
	[E in EventName]: (
		socket: CompatSocket,
		sent: v.InferOutput<(typeof UP)[E]>,
		caller: SocketCaller
	) => Promise<Done>;
};
type MessageInput = Parameters<Messages['read']>[0];

interface HandlersOptions {
	context: CompatContext;
	rooms: Rooms;
	messages: Messages;
	broadcaster: EventBroadcaster;
	roomSockets: RoomSockets;
}

export function createHandlers(options: HandlersOptions): Handlers {
	const { rooms, broadcaster, roomSockets } = options;
	const { send, sendDirect } = createSending(options);

	const numbered = ({ who }: SocketCaller, number: number): Promise<RoomAccess> =>
		rooms.byNumber(who.person, number);
	const named = ({ who }: SocketCaller, room: string | null | undefined): Promise<RoomAccess> =>
		rooms.find(who.person, room ?? FIRST_ROOM);

	return {
		async join_room(socket, { room_id, password }, caller) {
			if (socket.data.guest) {
				throw new ApiError(403, 'Guests can only join public rooms by name and write there.');
			}
			const access = await numbered(caller, room_id);
			return roomSockets.enter(socket, caller, access, { password, byName: false });
		},
		async leave_room(socket, sent, caller) {
			const isNumbered = 'room_id' in sent;
			const access = isNumbered ? numbered(caller, sent.room_id) : named(caller, sent.room);
			await roomSockets.leave(socket, (await access).room);
		},
		async send_message(socket, sent, caller) {
			if ('receiver_id' in sent) return sendDirect(socket, caller, sent.receiver_id, sent);
			if ('room_id' in sent) {
				return send(socket, caller, (await numbered(caller, sent.room_id)).room, sent);
			}
			const { room } = await named(caller, sent.room);
			return send(socket, caller, room, { content: sent.message });
		},
		async typing_start(socket, { room_id }, caller) {
			roomSockets.setTyping(socket, (await numbered(caller, room_id)).room.id, true);
		},
		async typing_stop(socket, { room_id }, caller) {
			roomSockets.setTyping(socket, (await numbered(caller, room_id)).room.id, false);
		},
		async get_online_users(socket, { room_id }, caller) {
			const room = rooms.readable(await numbered(caller, room_id));
			return { ...(await roomSockets.sendOnline(socket, room, caller.who.person)) };
		},
		async avatar_updated(_socket, _sent, { who }) {
			await broadcaster.sendAvatar(who.person);
		},
		async join(socket, sent, caller) {
			const access = await named(caller, sent.room);
			if (socket.data.guest && access.room.private) throw new RefusalError(refuse('not_allowed'));
			return roomSockets.enter(socket, caller, access, { byName: true });
		},
		async typing(socket, { is_typing, room }, caller) {
			roomSockets.setTyping(socket, (await named(caller, room)).room.id, is_typing);
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
		const serialize = await serializeFor(caller.who.person, [view]);
		return { message: serialize.message(view, room.number) };
	}

	async function sendDirect(
		socket: CompatSocket,
		caller: SocketCaller,
		number: number,
		input: MessageInput
	) {
		if (socket.data.guest) throw new RefusalError(refuse('not_allowed'));
		// A text that cannot be sent begins no conversation.
		await messages.read(input);
		const other = await store.byNumber(number);
		if (!other) throw new RefusalError(refuse('no_such_person'));
		socket.data.direct = true;
		void socket.join(directGroup(caller.who.person));
		const room = await messages.openDirect(caller, other);
		const view = await messages.post(caller, room, input);
		const serialize = await serializeFor(caller.who.person, [view]);
		return { message: serialize.message(view, null, other.number) };
	}

	return { send, sendDirect };
}
