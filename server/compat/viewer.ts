/** Whose eyes an object is made for: what one person may know of another's coming and going. */
import { directId, type PersonId } from '../../src/lib/protocol/ids.ts';
import type { Presence } from '../socket/presence.ts';
import type { CompatStore } from './ports.ts';

export interface Viewer {
	/** Whether the other one is online, as far as the viewer may know: not across a block. */
	seesOnline(person: PersonId): boolean;
	/**
	 * Whether the viewer may know when the other one was last online: one's own, that of friends and of people
	 * with whom there is a direct conversation, but not across a block.
	 */
	seesLastSeen(person: PersonId): boolean;
}

/** @param viewer null: somebody who is nobody in particular, as in a broadcast */
export function createViewer(
	viewer: PersonId | null,
	presence: Pick<Presence, 'isOnline'>,
	store: Pick<CompatStore, 'circle' | 'members'>
): Viewer {
	if (viewer === null) {
		return {
			seesOnline: (person) => presence.isOnline(person),
			seesLastSeen: () => false
		};
	}
	let circle: ReturnType<CompatStore['circle']> | null = null;
	let blocked: ReadonlySet<PersonId> | null = null;

	function isBlocked(person: PersonId): boolean {
		circle ??= store.circle(viewer!);
		blocked ??= new Set(circle.blocked);
		return blocked.has(person);
	}

	return {
		seesOnline: (person) => presence.isOnline(person) && !isBlocked(person),
		seesLastSeen(person) {
			if (person === viewer) return true;
			if (isBlocked(person)) return false;
			if (circle!.friends.includes(person)) return true;
			return store.members(directId(viewer, person)).length > 0;
		}
	};
}
