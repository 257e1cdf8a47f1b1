/** What can be heard of in a conversation, in words. */
import { m } from '../../i18n/messages.ts';
import type { Level } from '../../state/notifications/level.svelte.ts';

export const LEVEL_NAMES: Record<Level, () => string> = {
	all: m.level_all,
	mentions: m.level_mentions,
	none: m.level_none
};
