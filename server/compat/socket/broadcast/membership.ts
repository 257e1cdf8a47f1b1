/** Sockets follow what becomes of their person's memberships and of the names of rooms. */
import type { PersonId, RoomId } from '../../../../src/lib/protocol/ids.ts';
import type { MembershipChange } from '../../../domain/store-port.ts';
import { personGroup, socketsIn, streamGroup } from '../../../socket/types.ts';
import type { RejoinStore } from '../rejoin-store.ts';
import { joinedGroup, namedGroup, type CompatNamespace, type JoinedRoom } from '../types.ts';

/**
 * What happens in a room concerns the sockets of its members. To be called at the publication itself: these groups
 * say at every moment who is a member, for presence, too.
 */
export function moveStreams(main: CompatNamespace, changes: readonly MembershipChange[]): void {
	for (const { person, room, in: isIn } of changes) {
		for (const socket of socketsIn(main, personGroup(person))) {
			if (isIn) {
				void socket.join(streamGroup(room));
				continue;
			}
			socket.data.left.add(room);
			void socket.leave(streamGroup(room));
		}
	}
}

/** Ends delivery on all the person's sockets (compat-api, section 6). */
export function leaveRoom(
	main: CompatNamespace,
	rejoinStore: RejoinStore,
	person: PersonId,
	room: RoomId
): void {
	for (const socket of socketsIn(main, personGroup(person))) {
		const { data } = socket;
		rejoinStore.forgetRoom(data.actor.session, room);
		const joined = data.joined.get(room);
		for (const group of [joinedGroup(room), namedGroup(room)]) void socket.leave(group);
		data.joined.delete(room);
		data.typing.delete(room);
		if (joined) socket.emit('left_room', { room_id: joined.number });
	}
}

/** Sockets that have joined a room use its new name from the next event on. */
export function renameRoom(main: CompatNamespace, room: RoomId, name: string): void {
	for (const socket of socketsIn(main, joinedGroup(room))) {
		const joined: JoinedRoom | undefined = socket.data.joined.get(room);
		if (joined) joined.name = name;
	}
}
