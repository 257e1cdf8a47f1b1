/** Who is told of things: groups of sockets, without those between whom and the person there is a block. */
import type { PersonId, RoomId } from '../../../../src/lib/protocol/ids.ts';
import { personGroup, socketsIn, streamGroup } from '../../../socket/types.ts';
import type { CompatStore } from '../../ports.ts';
import { joinedGroup, type CompatNamespace, type JoinedRoom } from '../types.ts';

export interface Audience {
	/** Everybody who shares a room or a friendship with a person, the person's own sockets included. */
	around(person: PersonId): ReturnType<CompatNamespace['to']>;
	/** Sockets of a group, except those of people between whom and this person there is a block. */
	in(group: string, person: PersonId): ReturnType<CompatNamespace['to']>;
	isEmpty(group: string): boolean;
	/** How sockets know a room that they have joined; null when no socket has. */
	joinedRoom(room: RoomId): JoinedRoom | null;
}

export function createAudience(
	main: CompatNamespace,
	store: Pick<CompatStore, 'circle'>
): Audience {
	return {
		around(person) {
			const { rooms, friends, blocked } = store.circle(person);
			const groups = [personGroup(person), ...rooms.map(streamGroup), ...friends.map(personGroup)];
			return main.to(groups).except(blocked.map(personGroup));
		},
		in: (group, person) => main.to(group).except(store.circle(person).blocked.map(personGroup)),
		isEmpty: (group) => !main.adapter.rooms.has(group),
		joinedRoom(room) {
			for (const socket of socketsIn(main, joinedGroup(room))) {
				const joined = socket.data.joined.get(room);
				if (joined) return joined;
			}
			return null;
		}
	};
}
