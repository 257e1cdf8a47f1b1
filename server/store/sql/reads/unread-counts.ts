/** How many messages of a room somebody has not read, and how many of those name them. */
import { LIMITS } from '../../../../src/lib/protocol/limits.ts';
import type { Steps } from '../steps.ts';
import type { ReadContext } from './read-context.ts';

/** Counts, up to LIMITS.unreadMax. */
export function* unreadIn(
	{ statements }: ReadContext,
	room: string,
	person: string
): Steps<{ unread: number; mentioned: number }> {
	const { countUnread, countMentions } = statements.messages;
	const unread = (yield* countUnread.get(room, person, LIMITS.unreadMax)) ?? 0;
	// Nothing unread: nothing of it can be a mention.
	const mentioned =
		unread === 0 ? 0 : ((yield* countMentions.get(room, person, LIMITS.unreadMax)) ?? 0);
	return { unread, mentioned };
}
