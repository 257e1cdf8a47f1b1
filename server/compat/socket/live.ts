/**
 * What happens reaches this API's sockets: committed changes, presence and typing, in the events of its
 * clients (compat-api, section 5). Nothing of a room reaches a socket that has not joined it.
 */
import type { Card, ContactRow, MessageRow, Row } from '../../../src/lib/protocol/change.ts';
import type { Frame } from '../../../src/lib/protocol/down.ts';
import { isDirectId, type PersonId, type RoomId } from '../../../src/lib/protocol/ids.ts';
import type { FanOut } from '../../domain/ports.ts';
import type { Presence } from '../../socket/presence.ts';
import { personGroup, socketsIn, streamGroup } from '../../socket/types.ts';
import type { Typing } from '../../socket/typing.ts';
import { receiverOf } from '../objects.ts';
import type { Compat } from '../parts.ts';
import type { MessageView } from '../ports.ts';
import type { Recall } from './recall.ts';
import {
	directGroup,
	joinedGroup,
	namedGroup,
	type CompatNamespace,
	type CompatSocket,
	type JoinedRoom
} from './types.ts';

/** Edits whose telling is remembered, so that a pin or a reaction is not told as another edit. */
const EDITS_MAX = 1_000;

export interface Live {
	fanOut: FanOut;
	/** From now on people who are asked by this one are known, so that their answers can be told. */
	watchRequests(person: PersonId): void;
	forgetRequests(person: PersonId): void;
	/** Tells everybody who has to do with a person of the person's picture. */
	tellAvatar(person: PersonId): void;
	/** From now on nothing is told: timers of presence and typing may outlive the store. */
	close(): void;
	/** Number of the newest message told to anybody. */
	lastNumber(): number;
	/** The payload of a message in a room, in the form of the socket's document. */
	payload(view: MessageView, room: Omit<JoinedRoom, 'from'>): unknown;
}

interface Parts {
	compat: Compat;
	main: CompatNamespace;
	presence: Presence;
	typing: Typing;
	recall: () => Recall;
}

export function createLive({ compat, main, presence, typing, recall }: Parts): Live {
	const { objects, store } = compat;
	/** message -> when it was edited, as last told */
	const edits = new Map<string, number>();
	/** person who is connected -> people whose answer to a request is awaited */
	const asked = new Map<PersonId, Set<PersonId>>();
	/** room -> who types there, as last told */
	const typists = new Map<RoomId, Set<PersonId>>();
	const avatars = new Map<PersonId, string>();
	let last = store.lastNumber();
	let closed = false;

	const has = (group: string) => main.adapter.rooms.has(group);

	/** Sockets of everybody who shares a room or a friendship with a person, the person's own included. */
	function circle(person: PersonId) {
		const { rooms, friends, strangers } = store.circle(person);
		const groups = [personGroup(person), ...rooms.map(streamGroup), ...friends.map(personGroup)];
		return main.to(groups).except(strangers.map(personGroup));
	}

	function isNewEdit({ id, edited }: MessageRow): boolean {
		if (edited === undefined || edits.get(id) === edited) return false;
		edits.delete(id);
		edits.set(id, edited);
		if (edits.size > EDITS_MAX) edits.delete(edits.keys().next().value!);
		return true;
	}

	const payload: Live['payload'] = (view, room) =>
		room.byName ? objects.d3Message(view, room.name) : objects.message(view, room.number);

	function joinedBySomebody(room: RoomId): JoinedRoom | null {
		for (const socket of socketsIn(main, joinedGroup(room))) {
			const joined = socket.data.joined.get(room);
			if (joined) return joined;
		}
		return null;
	}

	/** What became of a message: event -> who is told what. */
	function tellRoom(
		room: RoomId,
		{ number, name }: { number: number; name: string },
		row: MessageRow
	) {
		const everybody = main.to(joinedGroup(room));
		if (row.deleted) {
			everybody.emit('message_deleted', { id: row.number, room_id: number });
			return;
		}
		const author = store.card(row.author);
		if (!author) return;
		const view = { row, author };
		if (row.rev === row.seq) {
			everybody.except(namedGroup(room)).emit('new_message', objects.message(view, number));
			main.to(namedGroup(room)).emit('new_message', objects.d3Message(view, name));
		} else if (isNewEdit(row)) {
			everybody.emit('message_edited', objects.message(view, number));
		}
	}

	function tellDirect(room: RoomId, row: MessageRow) {
		const pair = store.members(room);
		const [a, b] = pair;
		const author = pair.find(({ id }) => id === row.author);
		if (!a || !b || !author) return;
		const both = main.to(streamGroup(room));
		if (row.deleted) {
			both.emit('message_deleted', { id: row.number, room_id: null });
			return;
		}
		const receiver = receiverOf(author.number, [a.number, b.number]);
		const message = objects.message({ row, author }, null, receiver);
		if (row.rev === row.seq) {
			both.emit('private_message', message);
			main.to([a, b].map(({ id }) => directGroup(id))).emit('new_message', message);
		} else if (isNewEdit(row)) {
			both.emit('message_edited', message);
		}
	}

	function messages({ stream, rows }: Frame): void {
		const told = rows.filter((row): row is MessageRow => row.kind === 'message' && !row.system);
		for (const row of told) last = Math.max(last, row.number);
		if (told.length === 0) return;
		if (isDirectId(stream)) {
			if (has(streamGroup(stream))) for (const row of told) tellDirect(stream, row);
			return;
		}
		// Whoever has joined a room knows its number and name: nothing has to be looked up for them.
		const room = joinedBySomebody(stream);
		if (room) for (const row of told) tellRoom(stream, room, row);
	}

	/** Rooms change their names; sockets that have joined them learn it with the next event. */
	function renamed(stream: RoomId, row: Row): void {
		if (row.kind !== 'room' || !has(joinedGroup(stream))) return;
		for (const socket of socketsIn(main, joinedGroup(stream))) {
			const joined = socket.data.joined.get(stream);
			if (joined) joined.name = row.name;
		}
	}

	/** A request, or what became of one, as it stands in the feed of the person who is told. */
	function contact(person: PersonId, row: ContactRow): void {
		if (!has(personGroup(person))) return;
		const mine = main.to(personGroup(person));
		const awaited = asked.get(person);
		const wasAsked = awaited?.delete(row.id) ?? false;
		const [id, card] = [row.card.number, objects.card(row.card)];
		const { name } = row.card;
		if (row.state === 'outgoing') awaited?.add(row.id);
		if (row.blocked) return;
		if (row.state === 'incoming') {
			const message = `${name} wants to be your friend.`;
			mine.emit('friend_request', { id, requester: card, message });
		} else if (wasAsked && row.state === 'friend') {
			const message = `${name} has accepted your friend request.`;
			mine.emit('friend_request_accepted', { id, friend: card, message });
		} else if (wasAsked && row.state === 'none' && store.actor(person, row.rev) !== person) {
			const message = `${name} has rejected your friend request.`;
			mine.emit('friend_request_rejected', { id, friend: card, message });
		}
	}

	function tellAvatar(person: PersonId): void {
		const card = store.card(person);
		if (!card) return;
		avatars.set(person, card.avatar ?? '');
		const { number: user_id, name: username, avatar: avatar_url = '' } = card;
		circle(person).emit('user_avatar_updated', { user_id, username, avatar_url });
	}

	function ownCard(card: Card): void {
		if ((avatars.get(card.id) ?? '') !== (card.avatar ?? '')) tellAvatar(card.id);
	}

	function frame(frame: Frame): void {
		messages(frame);
		for (const row of frame.rows) {
			renamed(frame.stream, row);
			if (row.kind === 'contact') contact(frame.stream, row);
			if (row.kind === 'self') ownCard(row.card);
		}
	}

	/** Ends delivery at once on all the person's sockets (compat-api, section 6). */
	function leave(person: PersonId, stream: RoomId): void {
		let wasIn: { number: number; name: string } | null = null;
		for (const socket of socketsIn(main, personGroup(person))) {
			const { data } = socket;
			recall().forgetRoom(data.who.session, stream);
			const joined = data.joined.get(stream);
			for (const group of [streamGroup(stream), joinedGroup(stream), namedGroup(stream)]) {
				void socket.leave(group);
			}
			data.joined.delete(stream);
			data.typing.delete(stream);
			if (!joined) continue;
			wasIn = joined;
			socket.emit('left_room', { room_id: joined.number });
		}
		const card = wasIn && store.card(person);
		if (!wasIn || !card) return;
		main.to(joinedGroup(stream)).emit('user_left', {
			user_id: card.number,
			username: card.name,
			room_id: wasIn.number,
			room: wasIn.name
		});
	}

	presence.onChange((person, online) => {
		if (closed) return;
		const card = store.card(person);
		if (!card || card.deleted) return;
		const who = { user_id: card.number, username: card.name };
		const others = circle(person);
		others.emit('user_status_update', { ...who, is_online: online });
		others.emit(online ? 'user_online' : 'user_offline', who);
	});

	/** D3 is told of each person by itself. */
	function tellTypists(room: RoomId, people: Set<PersonId>): void {
		const before = typists.get(room) ?? new Set();
		if (people.size > 0) typists.set(room, people);
		else typists.delete(room);
		if (!has(namedGroup(room))) return;
		const name = joinedBySomebody(room)?.name;
		for (const person of new Set([...before, ...people])) {
			if (before.has(person) === people.has(person)) continue;
			const card = store.card(person);
			if (!card) continue;
			main
				.to(namedGroup(room))
				.except([person, ...store.circle(person).strangers].map(personGroup))
				.emit('user_typing', {
					user_id: card.number,
					username: card.name,
					is_typing: people.has(person),
					room: name
				});
		}
	}

	function tellTyping(socket: CompatSocket, room: RoomId, people: PersonId[]): void {
		const { joined, toldTyping, who } = socket.data;
		const others = people.filter(
			(person) => person !== who.person && !presence.isHidden(who.person, person)
		);
		const key = others.join();
		if (key === (toldTyping.get(room) ?? '')) return;
		toldTyping.set(room, key);
		const names = others.flatMap((person) => store.card(person)?.name ?? []);
		const told = { room_id: joined.get(room)!.number, typing_users: names };
		socket.emit('typing_update', told);
		socket.emit('typing_indicator_update', told);
	}

	typing.onTold((room, people) => {
		if (closed) return;
		tellTypists(room, new Set(people));
		for (const socket of socketsIn(main, joinedGroup(room))) tellTyping(socket, room, people);
	});

	return {
		payload,
		tellAvatar,
		close() {
			closed = true;
		},
		lastNumber: () => last,
		watchRequests(person) {
			if (asked.has(person)) return;
			const { outgoing } = store.requests(person);
			asked.set(person, new Set(outgoing.map(({ card }) => card.id)));
			avatars.set(person, store.card(person)?.avatar ?? '');
		},
		forgetRequests(person) {
			asked.delete(person);
			avatars.delete(person);
		},
		fanOut: {
			enter(person, stream) {
				for (const socket of socketsIn(main, personGroup(person))) {
					void socket.join(streamGroup(stream));
				}
			},
			leave,
			frame
		}
	};
}
