/** What people and conversations are called on screen. */
import { m } from '../../i18n/messages.ts';
import { calmName } from '../../markup/visible.ts';
import type { Card } from '../../protocol/change.ts';
import type { PersonId } from '../../protocol/ids.ts';
import type { RoomItem } from '../../state/client/client-types.ts';

const NOBODY: ReadonlySet<PersonId> = new Set();

/**
 * The display name, else the user name; a word for somebody whose card is not known, or whose account is no more.
 * @param doubtful those whose display name others have as well (mistakable.ts): the user name stands beside it
 */
export function nameOf(card: Card | null | undefined, doubtful = NOBODY): string {
	if (card?.deleted) return m.deleted_person();
	if (!card) return m.somebody();
	const name = calmName(card.display ?? card.name);
	return doubtful.has(card.id) ? `${name} (@${card.name})` : name;
}

/** A room by its own name, a direct conversation by that of the other person. */
export function roomNameOf(room: Pick<RoomItem, 'name' | 'direct'>, doubtful = NOBODY): string {
	return room.direct ? nameOf(room.direct.card, doubtful) : calmName(room.name) || m.unknown_room();
}
