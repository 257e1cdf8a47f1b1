/** The lists of rooms as runes, inside a component. */
import type { Client, DirectoryItem, Prefs, RoomItem } from '../client/client-types.ts';
import { chosenLevel, prefLevel } from '../../notify/rules.ts';
import { isArchived, pinnedAt, type Said } from '../../read-model/room-sections.ts';
import { fromLive } from './from-live.svelte.ts';

const NONE: Prefs = new Map();

/** My rooms (undefined until read from the device) and all that can be found. */
export function openRooms(client: () => Client | null): {
	readonly rooms: readonly RoomItem[] | undefined;
	readonly directory: DirectoryItem[];
	/** empty until read from the device */
	readonly prefs: Prefs;
} {
	const rooms = fromLive(() => client()?.rooms.list());
	const directory = fromLive(() => client()?.rooms.directory());
	const prefs = fromLive(() => client()?.prefs());
	return {
		get rooms() {
			return rooms.current;
		},
		get directory() {
			return directory.current ?? [];
		},
		get prefs() {
			return prefs.current ?? NONE;
		}
	};
}

/** Inside a component: where a conversation stands in the person's list. */
export function followPlace(
	client: Client,
	room: () => Said
): { readonly pinned: boolean; readonly archived: boolean } {
	const live = fromLive(() => client.prefs());
	const prefs = $derived(live.current ?? NONE);
	return {
		get pinned() {
			return !this.archived && pinnedAt(room().id, prefs) !== null;
		},
		get archived() {
			const level = chosenLevel(prefs.get(prefLevel(room().id)) ?? '');
			return isArchived(room(), prefs, level === 'none');
		}
	};
}
