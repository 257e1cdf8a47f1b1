/** The installed app's shortcuts to recent conversations. Their addresses are fixed; where those lead follows the list. */
import type { RoomItem } from '../client/client-types.ts';

/**
 * The conversation that is so many places down the list; null: there are not so many. Pure.
 * @param rooms as the list shows them, the most recent first
 * @param place from 1, as it stands in the address
 */
export function recentRoom(rooms: readonly RoomItem[], place: string): string | null {
	if (!/^[1-9]$/u.test(place)) return null;
	// What was only opened, or cannot be written in, is nowhere that one has been.
	const been = rooms.filter(
		({ state, direct, last }) =>
			(state === 'in' || state === 'creating') && (direct === null || last !== null)
	);
	return been[Number(place) - 1]?.id ?? null;
}
