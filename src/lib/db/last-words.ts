/**
 * What stood in a window that went away: written at once, because a database may not come to it any more. Each window
 * has its own; the next one that opens the conversation takes over what no window has kept otherwise.
 */
import * as v from 'valibot';
import type { MessageId, PersonId, RoomId } from '../protocol/ids.ts';
import { millis } from '../protocol/scalars.ts';
import { foreignTexts, textsOf } from '../protocol/draft-texts.ts';
import type { Draft } from '../sync/ports.ts';
import { keep, keptNames, readKept } from './account-storage.ts';

/** What stood in a composer. */
export interface Written {
	body: string;
	reply: MessageId | null;
}

/** The last words of a window. */
export interface LastWords extends Written {
	/** what this window had kept of them before */
	over: string;
	/** device time in ms */
	at: number;
}

const Stored = v.object({
	body: v.string(),
	reply: v.nullable(v.string()),
	over: v.string(),
	at: millis
});

const nameOf = (room: RoomId, window: string): string => `draft:${room}:${window}`;

/** Keeps the words of a window that goes away; null: they are kept in the database. @param window its id */
export function keepLastWords(
	account: PersonId,
	room: RoomId,
	window: string,
	words: LastWords | null
): void {
	keep(account, nameOf(room, window), words && JSON.stringify(words));
}

/** The last words of all windows that went away from a conversation, which are then forgotten. */
export function takeLastWords(account: PersonId, room: RoomId): LastWords[] {
	return keptNames(account, nameOf(room, '')).flatMap((name) => {
		const words = readLastWords(readKept(account, name));
		keep(account, name, null);
		return words ?? [];
	});
}

function readLastWords(kept: string | null): LastWords | null {
	try {
		return v.parse(Stored, JSON.parse(kept ?? 'null'));
	} catch (error) {
		// Somebody else wrote under this name.
		if (error instanceof SyntaxError || v.isValiError(error)) return null;
		throw error;
	}
}

/**
 * The draft that is kept, with the last words of windows that could not keep them: the newest text first, the others
 * beside it. Pure.
 * @param isSaid whether a text was said since that time: then it is a draft no longer
 */
export function withLastWords(
	kept: Draft | null,
	last: readonly LastWords[],
	isSaid: (text: string, at: number) => boolean
): Draft | null {
	const words = last.filter(({ body, at }) => body === '' || !isSaid(body, at));
	if (words.length === 0) return kept;
	const isReplaced = (text: string): boolean =>
		words.some(({ over, body }) => over === text || (body !== '' && body.startsWith(text)));
	const before = kept && !isReplaced(kept.body) ? [{ reply: null, ...kept }] : [];
	const texts = [...words, ...before].filter(({ body }) => body !== '').sort((a, b) => b.at - a.at);
	const beside = textsOf(kept?.other).filter((text) => !isReplaced(text));
	const [first, ...others] = [...texts, ...beside.map((body) => ({ body, reply: null, at: 0 }))];
	if (!first) return null;
	const other = foreignTexts(
		others.map(({ body }) => body),
		first.body,
		() => false
	);
	const { base, sent } = kept ?? {};
	return {
		room: kept?.room ?? '',
		body: first.body,
		at: first.at,
		...(first.reply === null ? {} : { reply: first.reply }),
		...(base === undefined ? {} : { base }),
		...(sent === undefined ? {} : { sent }),
		...(other === null ? {} : { other })
	};
}
