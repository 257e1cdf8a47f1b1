/**
 * Pushes in the service worker: what came is stored first, so that a tap opens it without a network; then
 * it is shown, whatever went wrong before (P10: every push ends in a notification that is seen).
 */
import * as v from 'valibot';
import { PushNote } from '../protocol/push.ts';
import type { RoomId } from '../protocol/ids.ts';

/** ms that storing may take before the note is shown without it: browsers give a push about 30 s. */
const STORE_WITHIN = 8_000;

/** Words of a notification, in the person's language. */
export interface Words {
	/** several messages: how many */
	more(count: number): string;
	/** somebody sent files */
	files(count: number): string;
	/** nothing is known but that there is something */
	something: string;
	reply: string;
	markRead: string;
	/** the test */
	works: string;
	app: string;
}

/** A notification as the browser shows it. */
export interface Shown {
	title: string;
	options: NotificationOptions & {
		actions?: { action: string; type?: 'button' | 'text'; title: string; placeholder?: string }[];
		renotify?: boolean;
		timestamp?: number;
	};
}

/** What is kept with a notification, for the tap on it. */
export interface NoteData {
	room: RoomId;
	seq: number;
}

/** What a push says; null when it says nothing that is understood. */
export function readPush(text: string | null): PushNote | null {
	if (text === null) return null;
	try {
		const parsed = v.safeParse(PushNote, JSON.parse(text));
		return parsed.success ? parsed.output : null;
	} catch {
		// Not ours, or of a later release: something is shown all the same.
		return null;
	}
}

/** Pure: what is shown for a push. */
export function notificationOf(note: PushNote | null, words: Words): Shown {
	const base = { icon: '/icons/icon-192.png', badge: '/icons/monochrome-512.png' };
	if (!note || note.test) {
		const body = note?.test ? words.works : words.something;
		return { title: words.app, options: { ...base, body, tag: 'roost' } };
	}
	const text = note.text || (note.files ? words.files(note.files) : words.something);
	const said = note.direct ? text : `${note.author}: ${text}`;
	const data: NoteData = { room: note.room, seq: note.seq };
	return {
		title: note.direct ? note.author : note.title || words.app,
		options: {
			...base,
			...(note.icon ? { icon: note.icon } : {}),
			body: note.count > 1 ? `${said}\n${words.more(note.count - 1)}` : said,
			// One notification per conversation: the next one takes its place.
			...{ tag: note.room, renotify: true, timestamp: note.at, data },
			actions: [
				{ action: 'reply', type: 'text', title: words.reply, placeholder: words.reply },
				{ action: 'read', title: words.markRead }
			]
		}
	};
}

export interface PushParts {
	words: () => Words;
	/** stores what came with the push, or fetches it */
	store: (note: PushNote) => Promise<void>;
	show: (shown: Shown) => Promise<void>;
	badge: (count: number) => Promise<void>;
	/** ends after so many ms */
	after: (ms: number) => Promise<void>;
	report: (fault: unknown) => void;
}

/** Handles a push from its coming to its being seen. Rejects only when the browser would not show anything. */
export async function handlePush(text: string | null, parts: PushParts): Promise<void> {
	const note = readPush(text);
	if (note && !note.test) {
		const stored = parts.store(note).catch(parts.report);
		await Promise.race([stored, parts.after(STORE_WITHIN)]);
		await parts.badge(note.badge).catch(parts.report);
	}
	await parts.show(notificationOf(note, parts.words()));
}
