/** Counting what is unread, by the same rules wherever rows are kept. Pure. */
import type { MessageRow } from '../../protocol/change.ts';
import type { PersonId } from '../../protocol/ids.ts';
import type { StreamChange, StreamState } from '../ports.ts';
import { isCounted, isMention } from './stream-state.ts';

/** How many messages are unread, and how many of them mention the person. */
type UnreadCount = Pick<StreamState, 'unread' | 'mentioned'>;

/** How many of these messages count as unread for this person. */
export function countUnread(rows: MessageRow[], me: PersonId): UnreadCount {
	let unread = 0;
	let mentioned = 0;
	for (const row of rows) {
		if (!isCounted(row, me)) continue;
		unread++;
		if (isMention(row, me)) mentioned++;
	}
	return { unread, mentioned };
}

/** The count after a change that needs no counting; never below zero. */
export function movedUnread(
	{ unread, mentioned }: UnreadCount,
	change: Exclude<StreamChange['unread'], 'recount'>
): UnreadCount {
	if (change === null) return { unread, mentioned };
	const { mentions } = change;
	if ('set' in change) return { unread: Math.max(0, change.set), mentioned: Math.max(0, mentions) };
	return {
		unread: Math.max(0, unread + change.add),
		mentioned: Math.max(0, mentioned + mentions)
	};
}
