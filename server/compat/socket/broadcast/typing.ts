/** Who types reaches the others who have joined the room, in the forms of both kinds of client. */
import type { PersonId, RoomId } from '../../../../src/lib/protocol/ids.ts';
import { personGroup, socketsIn } from '../../../socket/types.ts';
import type { CompatContext } from '../../context.ts';
import type { EventFacts } from '../../ports.ts';
import { noNeeds, readFacts } from '../event-needs.ts';
import { joinedGroup, namedGroup, type CompatNamespace, type CompatSocket } from '../types.ts';
import type { Audience } from './audience.ts';

/** @returns the turn that sends who types in a room now */
export function createTypingBroadcast(
	{ presence, store }: Pick<CompatContext, 'presence' | 'store'>,
	main: CompatNamespace,
	audience: Audience
): (room: RoomId, people: PersonId[]) => Promise<() => void> {
	/** room -> who types there, as last sent */
	const typists = new Map<RoomId, Set<PersonId>>();

	/** Sockets that joined by name are told of each person by itself. */
	function sendChanges(room: RoomId, people: Set<PersonId>, facts: EventFacts): void {
		const before = typists.get(room) ?? new Set();
		if (people.size > 0) typists.set(room, people);
		else typists.delete(room);
		if (audience.isEmpty(namedGroup(room))) return;
		const name = audience.joinedRoom(room)?.name;
		for (const person of new Set([...before, ...people])) {
			const isSame = before.has(person) === people.has(person);
			const card = isSame ? undefined : facts.cards.get(person);
			if (!card) continue;
			const { number: user_id, name: username } = card;
			audience
				.in(namedGroup(room), facts.blocked.get(person))
				.except(personGroup(person))
				.emit('user_typing', { user_id, username, is_typing: people.has(person), room: name });
		}
	}

	/** All others are told everybody who types, without themselves. */
	function sendList(
		socket: CompatSocket,
		room: RoomId,
		people: PersonId[],
		{ cards }: EventFacts
	): void {
		const { joined, toldTyping, actor } = socket.data;
		const others = people.filter(
			(person) => person !== actor.person && !presence.isHidden(actor.person, person)
		);
		const key = others.join();
		if (key === (toldTyping.get(room) ?? '')) return;
		toldTyping.set(room, key);
		const names = others.flatMap((person) => cards.get(person)?.name ?? []);
		const payload = { room_id: joined.get(room)!.number, typing_users: names };
		socket.emit('typing_update', payload);
		socket.emit('typing_indicator_update', payload);
	}

	async function read(room: RoomId, people: PersonId[]): Promise<EventFacts> {
		const needs = noNeeds();
		if (!audience.isEmpty(joinedGroup(room))) {
			for (const person of [...people, ...(typists.get(room) ?? [])]) needs.people.add(person);
		}
		return readFacts(store, needs);
	}

	return async (room, people) => {
		const facts = await read(room, people);
		return () => {
			sendChanges(room, new Set(people), facts);
			for (const socket of socketsIn(main, joinedGroup(room))) {
				sendList(socket, room, people, facts);
			}
		};
	};
}
