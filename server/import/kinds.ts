/** What can be brought in, and who reads it. */
import { openChatroom } from './chatroom-reader.ts';
import { openMattermostExport } from './mattermost-reader.ts';
import { openRoostExport } from './roost-reader.ts';
import { openSlackExport } from './slack-reader.ts';
import type { Source } from './source.ts';
import { openTelegramChat } from './telegram-reader.ts';

/** Opens a file. Rejects with ImportError when it is not of that kind. @param now ms */
type Opener = (path: string, now: number) => Promise<Source>;

export const KINDS = {
	roost: openRoostExport,
	chatroom: openChatroom,
	slack: openSlackExport,
	mattermost: openMattermostExport,
	telegram: openTelegramChat
} satisfies Record<string, Opener>;

export const isKind = (kind: string): kind is keyof typeof KINDS => Object.hasOwn(KINDS, kind);
