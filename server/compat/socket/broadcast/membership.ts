/** Sockets follow what becomes of their person's memberships and of the names of rooms. */
import type { PersonId, RoomId } from '../../../../src/lib/protocol/ids.ts';
import { personGroup, socketsIn, streamGroup } from '../../../socket/types.ts';
import type { RejoinStore } from '../rejoin-store.ts';
import { joinedGroup, namedGroup, type CompatNamespace, type JoinedRoom } from '../types.ts';

/** The person has become a member: what happens in the room concerns all the person's sockets. */
export function enterStream(main: CompatNamespace, person: PersonId, room: RoomId): void {
	for (const socket of socketsIn(main, personGroup(person))) void socket.join(streamGroup(room));
}

/**
 * Ends delivery at once on all the person's sockets (compat-api, section 6).
 * @returns the room as one of them had joined it; null when none had
 */
export function leaveStream(
	main: CompatNamespace,
	rejoinStore: RejoinStore,
	person: PersonId,
	room: RoomId
): JoinedRoom | null {
	let wasIn: JoinedRoom | null = null;
	for (const socket of socketsIn(main, personGroup(person))) {
		const { data } = socket;
		rejoinStore.forgetRoom(data.actor.session, room);
		const joined = data.joined.get(room);
		for (const group of [streamGroup(room), joinedGroup(room), namedGroup(room)]) {
			void socket.leave(group);
		}
		data.joined.delete(room);
		data.typing.delete(room);
		if (!joined) continue;
		wasIn = joined;
		socket.emit('left_room', { room_id: joined.number });
	}
	return wasIn;
}

/** Sockets that have joined a room use its new name from the next event on. */
export function renameRoom(main: CompatNamespace, room: RoomId, name: string): void {
	for (const socket of socketsIn(main, joinedGroup(room))) {
		const joined = socket.data.joined.get(room);
		if (joined) joined.name = name;
	}
}
