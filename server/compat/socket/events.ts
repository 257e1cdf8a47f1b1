/** What clients may emit, and what is done about it (compat-api, section 5). */
import * as v from 'valibot';
import type { PersonId, RoomId } from '../../../src/lib/protocol/ids.ts';
import { refuse, RefusalError } from '../../../src/lib/protocol/refusal.ts';
import { personGroup, socketsIn } from '../../socket/types.ts';
import type { Typing } from '../../socket/typing.ts';
import { ApiError } from '../errors.ts';
import { read } from '../http/endpoint.ts';
import { MessageParts, type Messages } from '../messages.ts';
import { zoneless } from '../objects.ts';
import type { Compat } from '../parts.ts';
import type { RoomStand, RoomView } from '../ports.ts';
import { DEFAULT_ROOM, type Rooms } from '../rooms.ts';
import { idOrText } from '../schemas.ts';
import type { Live } from './live.ts';
import type { Recall } from './recall.ts';
import {
	directGroup,
	joinedGroup,
	namedGroup,
	type CompatNamespace,
	type CompatSocket,
	type SocketCaller
} from './types.ts';

const short = v.pipe(v.string(), v.maxLength(1_024));
const roomName = v.optional(v.nullable(short));
const text = v.pipe(v.string(), v.maxLength(100_000));

/** Event -> its payload. */
export const UP = {
	join_room: v.object({ room_id: idOrText, password: v.optional(v.nullable(short)) }),
	leave_room: v.union([v.object({ room_id: idOrText }), v.object({ room: short })]),
	send_message: v.union(
		[
			v.object({ room_id: idOrText, ...MessageParts }),
			v.object({ receiver_id: idOrText, ...MessageParts }),
			v.object({ message: text, room: roomName })
		],
		'room_id, receiver_id or message is missing, or of the wrong type'
	),
	typing_start: v.object({ room_id: idOrText }),
	typing_stop: v.object({ room_id: idOrText }),
	get_online_users: v.object({ room_id: idOrText }),
	avatar_updated: v.nullish(v.unknown()),
	join: v.object({ username: v.optional(v.nullable(short)), room: roomName }),
	typing: v.object({ is_typing: v.optional(v.boolean(), true), room: roomName })
} as const;
export type EventName = keyof typeof UP;

/** What a callback is given besides `ok: true`. */
type Done = Record<string, unknown> | undefined;
export type Handlers = {
	[E in EventName]: (
		socket: CompatSocket,
		sent: v.InferOutput<(typeof UP)[E]>,
		caller: SocketCaller
	) => Promise<Done> | Done;
};

interface Parts {
	compat: Compat;
	rooms: Rooms;
	messages: Messages;
	main: CompatNamespace;
	typing: Typing;
	live: Live;
	recall: Recall;
}

/** Reads a payload; rejects with ApiError in words for people. */
export function readEvent<E extends EventName>(
	name: E,
	raw: unknown
): v.InferOutput<(typeof UP)[E]> {
	if (
		name !== 'avatar_updated' &&
		(typeof raw !== 'object' || raw === null || Array.isArray(raw))
	) {
		throw new ApiError(422, `${name} needs an object.`);
	}
	return read(UP[name], raw);
}

export function createHandlers(parts: Parts): Handlers {
	const { compat, rooms, messages, main, typing, live, recall } = parts;
	const { objects, presence, store } = compat;

	const named = (room: string | null | undefined) => room ?? DEFAULT_ROOM;
	const onlineIn = (room: RoomView, viewer: PersonId | null) =>
		rooms.people(room, viewer).online.map(objects.card);

	/** Whether another socket of the same person has joined the room, too. */
	function isElsewhere(socket: CompatSocket, room: RoomId): boolean {
		for (const other of socketsIn(main, personGroup(socket.data.who.person))) {
			if (other !== socket && other.data.joined.has(room)) return true;
		}
		return false;
	}

	const user = ({ card }: SocketCaller, room: RoomView) => ({
		user_id: card.number,
		username: card.name,
		room_id: room.number,
		room: room.name
	});

	/** Makes the person a member, and the socket one that receives the room. */
	async function enter(
		socket: CompatSocket,
		caller: SocketCaller,
		stand: RoomStand,
		password: string | null | undefined,
		byName: boolean
	): Promise<RoomView> {
		const { who } = caller;
		const { room } = stand;
		if (!stand.isMember) await rooms.join(who, room, password ?? undefined);
		// What was true before a wait may be so no more.
		const now = store.room(who.person, { id: room.id });
		if (!now?.isMember) throw new RefusalError(refuse('not_a_member'));
		if (!socket.connected) return now.room;
		const isNew = !socket.data.joined.has(room.id) && !isElsewhere(socket, room.id);
		const from = socket.data.joined.get(room.id)?.from ?? store.head(room.id);
		socket.data.joined.set(room.id, { number: room.number, name: room.name, byName, from });
		void socket.join(joinedGroup(room.id));
		if (byName) void socket.join(namedGroup(room.id));
		else void socket.leave(namedGroup(room.id));
		if (isNew) {
			// Across a block nobody is told of the other's coming.
			const strangers = store.circle(who.person).strangers.map(personGroup);
			const others = socket.to(joinedGroup(room.id)).except(strangers);
			others.emit('user_joined', user(caller, room));
		}
		return now.room;
	}

	function welcome(socket: CompatSocket, room: RoomView) {
		const answer = {
			room_id: room.number,
			room_name: room.name,
			member_count: room.members,
			online_members: onlineIn(room, socket.data.who.person)
		};
		socket.emit('room_joined', answer);
		socket.emit('joined_room', { room_id: room.number });
		return answer;
	}

	function leave(socket: CompatSocket, caller: SocketCaller, { room }: RoomStand): void {
		stopTyping(socket, room.id);
		recall.forgetRoom(socket.data.who.session, room.id);
		const wasIn = socket.data.joined.delete(room.id);
		socket.data.toldTyping.delete(room.id);
		void socket.leave(joinedGroup(room.id));
		void socket.leave(namedGroup(room.id));
		if (wasIn && !isElsewhere(socket, room.id)) {
			socket.to(joinedGroup(room.id)).emit('user_left', user(caller, room));
		}
		socket.emit('left_room', { room_id: room.number });
	}

	function setTyping(socket: CompatSocket, { room }: RoomStand, on: boolean): void {
		if (!socket.data.joined.has(room.id)) {
			throw new ApiError(403, 'Join the room first.');
		}
		if (!on) return stopTyping(socket, room.id);
		socket.data.typing.add(room.id);
		typing.set(socket.data.who.person, room.id, true);
	}

	function stopTyping(socket: CompatSocket, room: RoomId): void {
		if (socket.data.typing.delete(room)) typing.end(socket.data.who.person, room);
	}

	async function send(
		socket: CompatSocket,
		caller: SocketCaller,
		{ room }: RoomStand,
		parts: Parameters<Messages['read']>[0]
	) {
		const view = await messages.post(caller, room.id, parts);
		stopTyping(socket, room.id);
		return { message: objects.message(view, room.number) };
	}

	async function sendDirect(
		socket: CompatSocket,
		caller: SocketCaller,
		number: number,
		parts: Parameters<Messages['read']>[0]
	) {
		if (socket.data.guest) throw new RefusalError(refuse('not_allowed'));
		// A text that cannot be sent begins no conversation.
		messages.read(parts);
		const other = store.byNumber(number);
		if (!other) throw new RefusalError(refuse('no_such_person'));
		socket.data.direct = true;
		void socket.join(directGroup(caller.who.person));
		const room = await messages.openDirect(caller, other);
		const view = await messages.post(caller, room, parts);
		return { message: objects.message(view, null, other.number) };
	}

	function guestsOnly(socket: CompatSocket): void {
		if (socket.data.guest) {
			throw new ApiError(403, 'Guests can only join public rooms by name and write there.');
		}
	}

	const numbered = ({ who }: SocketCaller, number: number) => rooms.byNumber(who.person, number);
	const byName = ({ who }: SocketCaller, room: string | null | undefined) =>
		rooms.find(who.person, named(room));

	return {
		async join_room(socket, { room_id, password }, caller) {
			guestsOnly(socket);
			const room = await enter(socket, caller, numbered(caller, room_id), password, false);
			return welcome(socket, room);
		},
		leave_room(socket, sent, caller) {
			const isById = 'room_id' in sent;
			leave(socket, caller, isById ? numbered(caller, sent.room_id) : byName(caller, sent.room));
		},
		send_message(socket, sent, caller) {
			if ('room_id' in sent) {
				return send(socket, caller, numbered(caller, sent.room_id), sent);
			}
			if ('receiver_id' in sent) return sendDirect(socket, caller, sent.receiver_id, sent);
			return send(socket, caller, byName(caller, sent.room), { content: sent.message });
		},
		typing_start(socket, { room_id }, caller) {
			setTyping(socket, numbered(caller, room_id), true);
		},
		typing_stop(socket, { room_id }, caller) {
			setTyping(socket, numbered(caller, room_id), false);
		},
		get_online_users(socket, { room_id }, caller) {
			const room = rooms.readable(numbered(caller, room_id));
			const answer = { room_id: room.number, online_users: onlineIn(room, caller.who.person) };
			socket.emit('online_users_update', answer);
			return answer;
		},
		avatar_updated(_socket, _sent, { who }) {
			live.tellAvatar(who.person);
		},
		async join(socket, sent, caller) {
			const stand = byName(caller, sent.room);
			if (socket.data.guest && stand.room.private) throw new RefusalError(refuse('not_allowed'));
			const room = await enter(socket, caller, stand, null, true);
			const message = `${caller.card.name} has joined.`;
			const timestamp = zoneless(compat.clock.now());
			main.to(namedGroup(room.id)).emit('system_message', { message, timestamp });
			// Read once, however many are told.
			const { online } = rooms.people(room, null);
			for (const one of socketsIn(main, namedGroup(room.id))) {
				const seen = online.filter(({ id }) => !presence.isHidden(one.data.who.person, id));
				one.emit('online_users', { users: seen.map(objects.card) });
			}
			return welcome(socket, room);
		},
		typing(socket, { is_typing, room }, caller) {
			setTyping(socket, byName(caller, room), is_typing);
		}
	};
}
