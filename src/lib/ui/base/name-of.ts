/** What people and conversations are called on screen. */
import { m } from '../../i18n/messages.ts';
import type { Card } from '../../protocol/change.ts';
import type { RoomItem } from '../../state/client-types.ts';

/** The display name, else the user name; a word for somebody whose card is not known, or whose account is no more. */
export function nameOf(card: Card | null | undefined): string {
	if (card?.deleted) return m.deleted_person();
	return card?.display ?? card?.name ?? m.somebody();
}

/** A room by its own name, a direct conversation by that of the other person. */
export function roomNameOf(room: Pick<RoomItem, 'name' | 'direct'>): string {
	return room.direct ? nameOf(room.direct.card) : room.name || m.unknown_room();
}
