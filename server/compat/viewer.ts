/** Whose eyes an object is made for: what one person may know of another's coming and going. */
import { directId, type PersonId } from '../../src/lib/protocol/ids.ts';
import type { Presence } from '../socket/presence.ts';
import type { CompatStore } from './ports.ts';

export interface Viewer {
	/** Whether the other one is online, as far as the viewer may know: not across a block. */
	seesOnline(person: PersonId): boolean;
}

/** @param blocked people between whom and the viewer there is a block; none for somebody who is nobody in particular */
export function createViewer(
	presence: Pick<Presence, 'isOnline'>,
	blocked: ReadonlySet<PersonId> = new Set()
): Viewer {
	return { seesOnline: (person) => presence.isOnline(person) && !blocked.has(person) };
}

/**
 * Whether the viewer may know when the other one was last online: one's own, that of friends and of people with whom
 * there is a direct conversation, but not across a block.
 */
export async function seesLastSeen(
	store: Pick<CompatStore, 'circle' | 'members'>,
	viewer: PersonId,
	person: PersonId
): Promise<boolean> {
	if (person === viewer) return true;
	const { blocked, friends } = await store.circle(viewer);
	if (blocked.includes(person)) return false;
	if (friends.includes(person)) return true;
	return (await store.members(directId(viewer, person))).length > 0;
}
