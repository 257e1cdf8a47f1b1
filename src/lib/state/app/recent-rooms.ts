/** What the start page leads back to. */
import { isArchived } from '../../read-model/room-sections.ts';
import type { Prefs, RoomItem } from '../client/client-types.ts';

/** Conversations on the start page: two columns of three. */
const FEW = 6;

/** The conversations in which something was said last, the latest first: those that the person is in and keeps in sight. */
export function recentRooms(rooms: readonly RoomItem[], prefs: Prefs): RoomItem[] {
	const isInSight = (room: RoomItem): boolean =>
		room.state === 'in' &&
		room.last !== null &&
		!room.direct?.blocked &&
		!isArchived(room, prefs, false);
	return rooms
		.filter(isInSight)
		.sort((a, b) => (b.last?.at ?? 0) - (a.last?.at ?? 0))
		.slice(0, FEW);
}
