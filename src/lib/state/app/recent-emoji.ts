/** The emoji that a person used last on this device. */
import * as v from 'valibot';
import { keep, readKept } from '../../db/account-storage.ts';
import type { PersonId } from '../../protocol/ids.ts';

const KEY = 'emoji';
/** Emoji remembered as used. */
const RECENT = 24;
const Recent = v.pipe(v.array(v.string()), v.maxLength(RECENT));

/** Emoji that a person used last on this device, the latest first. */
export function recentEmoji(me: PersonId): string[] {
	try {
		return v.parse(Recent, JSON.parse(readKept(me, KEY) ?? '[]'));
	} catch (error) {
		// Somebody else wrote under this name.
		if (error instanceof SyntaxError || v.isValiError(error)) return [];
		throw error;
	}
}

/** The list after one more use. */
export function withRecent(recent: readonly string[], emoji: string): string[] {
	return [emoji, ...recent.filter((one) => one !== emoji)].slice(0, RECENT);
}

/** Remembers that a person used an emoji. */
export function rememberEmoji(me: PersonId, emoji: string): void {
	keep(me, KEY, JSON.stringify(withRecent(recentEmoji(me), emoji)));
}
