/** What somebody is called on screen. */
import { m } from '$lib/i18n/messages';
import type { Card } from '$lib/protocol/change.ts';

/** The display name, else the user name; a word for somebody whose card is not known. */
export function nameOf(card: Card | null | undefined): string {
	return card?.display ?? card?.name ?? m.somebody();
}
