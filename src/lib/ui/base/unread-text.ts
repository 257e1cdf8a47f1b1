/** How many are unread, as it is shown. */
import { LIMITS } from '../../protocol/limits.ts';

/** The number; "999+" where the server stopped counting. */
export const unreadText = (unread: number): string =>
	unread >= LIMITS.unreadMax ? `${LIMITS.unreadMax - 1}+` : String(unread);
