/** What a notification says and offers, the same whether a page or the service worker shows it. */
import type { Stands, Unread } from '../db/notification-state.ts';
import { notificationText } from '../markup/plain-text.ts';
import type { RoomId } from '../protocol/ids.ts';
import type { PushNote } from '../protocol/push.ts';
import { baseLocale, locales, type Locale } from './generated/runtime.js';
import { m } from './messages.ts';

/** Words of a notification, in the person's language. */
export interface Words {
	/** several messages: how many */
	more(count: number): string;
	/** somebody sent files */
	files(count: number): string;
	/** nothing is known but that there is something */
	something: string;
	/** somebody called and was not answered */
	missedCall: string;
	/** what was told was taken back, or read elsewhere */
	nothing: string;
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
		vibrate?: number[];
	};
}

/** What is kept with a notification: for the tap on it, and for the next one in its place. */
export interface NoteData {
	room: RoomId;
	seq: number;
	/** messages that it stands for */
	count: number;
}

/** What is chosen for this device. */
interface Manner {
	sound: boolean;
	preview: boolean;
	/** false: takes the place of what was there without ringing anew */
	ring: boolean;
}

const LOUD: Manner = { sound: true, preview: true, ring: true };

/** What a notification of a message needs to say. */
type NoteWords = Pick<
	PushNote,
	| 'room'
	| 'count'
	| 'title'
	| 'direct'
	| 'author'
	| 'icon'
	| 'text'
	| 'files'
	| 'seq'
	| 'at'
	| 'test'
> & {
	/** it is a call that was not answered; it has no text */
	missed?: true;
};

/** The language whose words are used where the app has none chosen. @param languages of the browser */
function localeOf(chosen: string | null, languages: readonly string[]): Locale {
	const known = [chosen, ...languages.map((tag) => tag.split('-')[0])];
	return known.flatMap((tag) => locales.find((locale) => locale === tag) ?? [])[0] ?? baseLocale;
}

/** @param chosen language of the app; null: as the browser has it */
export const localeFor = (chosen: string | null): Locale => localeOf(chosen, navigator.languages);

/** @param chosen language of the app; null: as the browser has it */
export function wordsIn(chosen: string | null): Words {
	const locale = localeFor(chosen);
	return {
		more: (count) => m.push_more({ count }, { locale }),
		files: (count) => m.push_files({ count }, { locale }),
		something: m.push_something({}, { locale }),
		missedCall: m.push_missed_call({}, { locale }),
		nothing: m.push_nothing({}, { locale }),
		reply: m.reply({}, { locale }),
		markRead: m.push_mark_read({}, { locale }),
		works: m.push_works({}, { locale }),
		app: m.app_name({}, { locale })
	};
}

/** Pure: what is shown. @param note null: nothing is known but that there is something */
export function notificationOf(note: NoteWords | null, words: Words, manner = LOUD): Shown {
	const base = { icon: '/icons/icon-192.png', badge: '/icons/monochrome-512.png' };
	const silent = !manner.sound || !manner.ring;
	if (!note || note.test) {
		const body = note?.test ? words.works : words.something;
		return { title: words.app, options: { ...base, body, silent, tag: 'roost' } };
	}
	const said = note.missed ? words.missedCall : manner.preview ? note.text : '';
	const text = said || (note.files ? words.files(note.files) : words.something);
	const line = note.direct ? text : `${note.author}: ${text}`;
	const data: NoteData = { room: note.room, seq: note.seq, count: note.count };
	return {
		title: note.direct ? note.author : note.title || words.app,
		options: {
			...base,
			...(note.icon ? { icon: note.icon } : {}),
			body: note.count > 1 ? `${line}\n${words.more(note.count - 1)}` : line,
			// One notification per conversation: the next one takes its place.
			...{ tag: note.room, renotify: manner.ring, silent, timestamp: note.at, data },
			actions: [
				{ action: 'reply', type: 'text', title: words.reply, placeholder: words.reply },
				{ action: 'read', title: words.markRead }
			]
		}
	};
}

/** Pure: what takes the place of words that must not be shown any more, or were never to be (PUSH-10). */
export function nothingLeft({ room, seq, at }: NoteWords, words: Words): Shown {
	const data: NoteData = { room, seq, count: 0 };
	const { title, options } = notificationOf(null, words);
	return {
		title,
		options: { ...options, body: words.nothing, tag: room, data, silent: true, timestamp: at }
	};
}

/** Notifications that are on screen, as far as this app may see them. */
export interface OnScreen {
	getNotifications(filter?: { tag?: string }): Promise<readonly Notification[]>;
}

/** Where notifications are shown. */
export interface Screen extends OnScreen {
	showNotification(title: string, options: Shown['options']): Promise<void>;
}

/** How many messages the notification of a conversation stands for already. */
export async function countShown(screen: OnScreen, room: RoomId): Promise<number> {
	const [shown] = await screen.getNotifications({ tag: room });
	return (shown?.data as Partial<NoteData> | null | undefined)?.count ?? (shown ? 1 : 0);
}

/** What `notificationOf` needs to know of a message that is unread on this device. */
export function noteOf({ message, state, author }: Omit<Unread, 'is'>): Omit<NoteWords, 'count'> {
	return {
		room: message.room,
		title: state.room?.direct ? '' : (state.room?.name ?? ''),
		direct: state.room?.direct === true,
		author: author?.display ?? author?.name ?? '',
		...(author?.avatar ? { icon: author.avatar } : {}),
		text: notificationText(message.body),
		...(message.files ? { files: message.files.length } : {}),
		...(message.call ? { missed: true } : {}),
		seq: message.seq,
		at: message.at
	};
}

/**
 * Brings the notifications on screen to what stands now: one of which nothing is left is closed, one of a text that
 * was changed or taken back says what is unread instead, without ringing. One of a message that has not come to
 * this device yet stays: it is all there is of it.
 * @param stands what is known of a message that was told
 */
export async function refreshShown(
	screen: Screen,
	stands: (room: RoomId, seq: number) => Promise<Stands>,
	words: Words,
	manner: Pick<Manner, 'preview'>
): Promise<void> {
	for (const shown of await screen.getNotifications()) {
		const data = shown.data as NoteData | null;
		if (!data?.room) continue;
		const now = await stands(data.room, data.seq);
		if (now.is === 'unknown') continue;
		if (now.is === 'gone') {
			shown.close();
			continue;
		}
		const count = Math.max(1, Math.min(data.count, now.state.unread));
		const quietly = { ...manner, sound: false, ring: false };
		const next = notificationOf({ ...noteOf(now), count }, words, quietly);
		if (next.options.body !== shown.body) await screen.showNotification(next.title, next.options);
	}
}
