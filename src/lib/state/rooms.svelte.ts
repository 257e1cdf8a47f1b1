/** The lists of rooms as runes, inside a component. */
import type { Client, ListingItem, RoomItem } from './client-types.ts';
import { follow } from './live.svelte.ts';

/** My rooms (undefined until read from the device) and all that can be found. */
export function openRooms(client: () => Client | null): {
	readonly rooms: RoomItem[] | undefined;
	readonly listings: ListingItem[];
} {
	const rooms = follow(() => client()?.rooms());
	const listings = follow(() => client()?.listings());
	return {
		get rooms() {
			return rooms.current;
		},
		get listings() {
			return listings.current ?? [];
		}
	};
}
