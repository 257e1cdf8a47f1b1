/**
 * What stands beside or above the conversation: the panel about the room, open where there is room
 * for both and remembered; and the card of a person, opened from wherever a name or a picture is.
 */
import { MediaQuery } from 'svelte/reactivity';
import type { Card } from '../protocol/change.ts';
import type { PersonId } from '../protocol/ids.ts';

const KEY = 'roost-panel';

/** px from which conversation and panel stand side by side; the same number is in RoomScreen's styles */
const wide = new MediaQuery('min-width: 1180px', true);

function remembered(): boolean {
	try {
		return localStorage.getItem(KEY) !== 'closed';
	} catch {
		// A browser that refuses storage forgets the choice; nothing else is lost.
		return true;
	}
}

let wanted = $state(remembered());

export const panel = {
	/** whether there is room for both */
	get beside(): boolean {
		return wide.current;
	},
	get wanted(): boolean {
		return wanted;
	},
	want(open: boolean): void {
		wanted = open;
		try {
			localStorage.setItem(KEY, open ? 'open' : 'closed');
		} catch {
			// See above.
		}
	}
};

let shown = $state.raw<{ person: PersonId; card: Card | null } | null>(null);

export const profile = {
	/** whose card is open, with what was known of the person when it was opened */
	get shown(): { person: PersonId; card: Card | null } | null {
		return shown;
	}
};

/** Opens the card of a person. */
export function openProfile(who: Card | PersonId): void {
	shown = typeof who === 'string' ? { person: who, card: null } : { person: who.id, card: who };
}

export function closeProfile(): void {
	shown = null;
}
