/** What counts on tab and app: everything unread, but for silenced rooms. Pure. */
import { chosenLevel, prefLevel } from '../../notify/rules.ts';
import type { Prefs, RoomItem } from '../client/client-types.ts';

type Counted = Pick<RoomItem, 'id' | 'unread'>;

/** Rooms of which the person wants to hear nothing. */
export function silencedRooms(rooms: readonly Counted[], prefs: Prefs): ReadonlySet<string> {
	const isSilenced = ({ id }: Counted): boolean =>
		chosenLevel(prefs.get(prefLevel(id)) ?? '') === 'none';
	return new Set(rooms.filter(isSilenced).map(({ id }) => id));
}

/** Unread messages in all other rooms. */
export const unreadOf = (rooms: readonly Counted[], silenced: ReadonlySet<string>): number =>
	rooms.reduce((sum, { id, unread }) => sum + (silenced.has(id) ? 0 : unread), 0);
