/** What somebody is called on screen. */
import { m } from '../../i18n/messages.ts';
import type { Card } from '../../protocol/change.ts';

/** The display name, else the user name; a word for somebody whose card is not known, or whose account is no more. */
export function nameOf(card: Card | null | undefined): string {
	if (card?.deleted) return m.deleted_person();
	return card?.display ?? card?.name ?? m.somebody();
}
