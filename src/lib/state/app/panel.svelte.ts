/**
 * What stands beside or above the conversation: the panel about the room, open where there is room
 * for both and remembered; and the card of a person, opened from wherever a name or a picture is.
 */
import { MediaQuery } from 'svelte/reactivity';
import type { Card } from '../../protocol/change.ts';
import type { PersonId } from '../../protocol/ids.ts';
import { RememberedChoice } from '../../remembered-choice.svelte.ts';

/** px from which conversation and panel stand side by side; the same number is in RoomScreen's styles */
const wide = new MediaQuery('min-width: 1180px', true);

const choice = new RememberedChoice('roost-panel', ['open', 'closed']);

export const panel = {
	/** whether there is room for both */
	get beside(): boolean {
		return wide.current;
	},
	get wanted(): boolean {
		return choice.current === 'open';
	},
	want(open: boolean): void {
		choice.set(open ? 'open' : 'closed');
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
