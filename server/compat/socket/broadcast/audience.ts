/** Who is told of things: groups of sockets, without those between whom and the person there is a block. */
import type { PersonId, RoomId } from '../../../../src/lib/protocol/ids.ts';
import { personGroup, socketsIn, streamGroup } from '../../../socket/types.ts';
import type { Circle } from '../../ports.ts';
import { joinedGroup, type CompatNamespace, type JoinedRoom } from '../types.ts';

export interface Audience {
	/** Everybody who shares a room or a friendship with a person, the person's own sockets included. */
	around(person: PersonId, circle: Circle): ReturnType<CompatNamespace['to']>;
	/** Sockets of a group, except those of people between whom and somebody there is a block. */
	in(group: string, blocked?: Iterable<PersonId>): ReturnType<CompatNamespace['to']>;
	isEmpty(group: string): boolean;
	/** How sockets know a room that they have joined; null when no socket has. */
	joinedRoom(room: RoomId): JoinedRoom | null;
	/** How one of a person's sockets knows a room that it has joined; null when none has. */
	joinedBy(person: PersonId, room: RoomId): JoinedRoom | null;
}

export function createAudience(main: CompatNamespace): Audience {
	function joinedIn(group: string, room: RoomId): JoinedRoom | null {
		for (const socket of socketsIn(main, group)) {
			const joined = socket.data.joined.get(room);
			if (joined) return joined;
		}
		return null;
	}

	return {
		around(person, { rooms, friends, blocked }) {
			const groups = [personGroup(person), ...rooms.map(streamGroup), ...friends.map(personGroup)];
			return main.to(groups).except(blocked.map(personGroup));
		},
		in: (group, blocked = []) => main.to(group).except([...blocked].map(personGroup)),
		isEmpty: (group) => !main.adapter.rooms.has(group),
		joinedRoom: (room) => joinedIn(joinedGroup(room), room),
		joinedBy: (person, room) => joinedIn(personGroup(person), room)
	};
}
