/** Where a conversation stands in the person's list, and what they hear of it: on all devices, by the act "pref.set". */
import type { Prefs } from '../../db/prefs.ts';
import { chosenLevel, prefLevel, type Level } from '../../notify/rules.ts';
import type { RoomId } from '../../protocol/ids.ts';
import {
	archivedNow,
	isArchived,
	nextPinned,
	prefArchived,
	prefPinned,
	type Said
} from '../../read-model/room-sections.ts';
import type { Act } from './act.ts';

/** Each rejects with StoreError. */
export interface RoomPlaces {
	/** Keeps it at the top of the list, or no longer; what is pinned is not archived. */
	pin(room: RoomId, on: boolean): Promise<void>;
	/** Takes it out of the list until something new is said there, or puts it back; what is archived is not pinned. */
	archive(room: Said, on: boolean): Promise<void>;
	/** What the person wants to hear of it; null: as it is where nothing is chosen. */
	setLevel(room: Said, level: Level | null): Promise<void>;
}

interface Parts {
	act: Act;
	/** what is chosen now, what waits included */
	prefs: () => Promise<Prefs>;
}

export function createRoomPlaces({ act, prefs }: Parts): RoomPlaces {
	async function set(key: string, value: string, known: Prefs): Promise<void> {
		if ((known.get(key) ?? '') !== value) await act({ kind: 'pref.set', key, value });
	}

	return {
		async pin(room, on) {
			const known = await prefs();
			if (on) await set(prefArchived(room), '', known);
			if (!on || !known.has(prefPinned(room)))
				await set(prefPinned(room), on ? String(nextPinned(known)) : '', known);
		},
		async archive(room, on) {
			const known = await prefs();
			if (on) await set(prefPinned(room.id), '', known);
			await set(prefArchived(room.id), on ? String(archivedNow(room)) : '', known);
		},
		async setLevel(room, level) {
			const known = await prefs();
			const isSilenced = chosenLevel(known.get(prefLevel(room.id)) ?? '') === 'none';
			// What had come back by itself stays in the list when it is silenced.
			if (!isArchived(room, known, isSilenced)) await set(prefArchived(room.id), '', known);
			await set(prefLevel(room.id), level === null ? '' : JSON.stringify(level), known);
		}
	};
}
