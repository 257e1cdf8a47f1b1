/** What is said when somebody enters a room: to who comes, and to sockets that joined by name. */
import type { Card } from '../../../src/lib/protocol/change.ts';
import type { PersonId } from '../../../src/lib/protocol/ids.ts';
import { personGroup, socketsIn } from '../../socket/types.ts';
import type { CompatContext } from '../context.ts';
import type { EventFacts, RoomView } from '../ports.ts';
import { createSerializers, isoWithoutZone, type UserCard } from '../serializers.ts';
import { createViewer } from '../viewer.ts';
import { namedGroup, type CompatNamespace, type CompatSocket } from './types.ts';

/** What a socket that enters a room is told, and its callback given. */
export interface Welcome {
	room_id: number;
	room_name: string;
	member_count: number;
	online_members: UserCard[];
	[more: string]: unknown;
}

export interface Greeting {
	/** Those of these members who are online, as far as somebody may know. */
	onlineFor(viewer: PersonId, members: readonly Card[], facts: EventFacts): UserCard[];
	/** Tells a socket that it is in a room. */
	welcome(
		socket: CompatSocket,
		room: RoomView,
		members: readonly Card[],
		facts: EventFacts
	): Welcome;
	/** Tells sockets that joined by name of somebody who did, too; across a block only who is online. */
	announce(room: RoomView, who: Card, members: readonly Card[], facts: EventFacts): void;
}

export function createGreeting({
	context: { clock, presence },
	main
}: {
	context: Pick<CompatContext, 'clock' | 'presence'>;
	main: CompatNamespace;
}): Greeting {
	const nobody = createViewer(presence);

	const onlineFor: Greeting['onlineFor'] = (viewer, members, { blocked, files }) => {
		const eyes = createViewer(presence, blocked.get(viewer));
		const online = members.filter(({ id }) => eyes.seesOnline(id));
		return online.map(createSerializers({ viewer: eyes, files }).card);
	};

	return {
		onlineFor,
		welcome(socket, room, members, facts) {
			const answer = {
				room_id: room.number,
				room_name: room.name,
				member_count: room.members,
				online_members: onlineFor(socket.data.actor.person, members, facts)
			};
			socket.emit('room_joined', answer);
			socket.emit('joined_room', { room_id: room.number });
			return answer;
		},
		announce(room, { id, name }, members, { blocked, files }) {
			const group = namedGroup(room.id);
			const except = [...(blocked.get(id) ?? [])].map(personGroup);
			const message = `${name} has joined.`;
			const timestamp = isoWithoutZone(clock.now());
			main.to(group).except(except).emit('system_message', { message, timestamp });
			// Made once, however many are told.
			const online = members.filter((card) => nobody.seesOnline(card.id));
			const serialize = createSerializers({ viewer: nobody, files });
			for (const socket of socketsIn(main, group)) {
				const viewer = socket.data.actor.person;
				const seen = online.filter((card) => !presence.isHidden(viewer, card.id));
				socket.emit('online_users', { users: seen.map(serialize.card) });
			}
		}
	};
}
