/** Tells news while pages are open: one notification per message and device, however many tabs there are. */
import type { Notices } from '../db/notices.ts';
import type { Prefs } from '../db/prefs.ts';
import {
	countShown,
	notificationOf,
	type OnScreen,
	type Shown,
	type Words
} from '../i18n/notification.ts';
import type { PersonId } from '../protocol/ids.ts';
import { PREF_KEYWORDS, PREF_QUIET, prefLevel, wants } from '../protocol/notify-rules.ts';
import type { News } from './notifications-news.ts';

/** Code points of a text that a notification shows, as in a push. */
const TEXT_MAX = 200;

/** What of the browser's registration is used here. */
export interface Screen extends OnScreen {
	showNotification(title: string, options: Shown['options']): Promise<void>;
}

export interface TellerParts {
	me: PersonId;
	notices: Pick<Notices, 'read' | 'claim'>;
	prefs: () => Prefs;
	/** whether a window that has the focus shows the room */
	isLookedAt: (room: string) => Promise<boolean>;
	/** where notifications are shown; null: they may not be */
	screen: () => Promise<Screen | null>;
	words: () => Words;
	/** Makes the sound; answers whether it could. */
	ring: () => boolean;
	/** resolves later in tabs that cannot make a sound, so that another one tells */
	yieldToOthers: () => Promise<void>;
	/** ms */
	now: () => number;
}

/** What is to be told of a room: the newest message, and how many there are. */
export interface Telling {
	newest: News;
	count: number;
}

/** Whom the person wants to hear of, by room. Pure. @param now ms */
export function toTell(news: readonly News[], prefs: Prefs, me: PersonId, now: number): Telling[] {
	const rooms = new Map<string, Telling>();
	for (const one of news) {
		const choices = {
			person: me,
			level: prefs.get(prefLevel(one.room)) ?? '',
			keywords: prefs.get(PREF_KEYWORDS) ?? '',
			quiet: prefs.get(PREF_QUIET) ?? ''
		};
		if (!wants(choices, one, one.message, one.answered, now)) continue;
		const before = rooms.get(one.room);
		const isNewer = !before || one.message.seq > before.newest.message.seq;
		rooms.set(one.room, {
			newest: isNewer ? one : before.newest,
			count: (before?.count ?? 0) + 1
		});
	}
	return [...rooms.values()];
}

/** Makes the verb that tells news. */
export function createTeller(parts: TellerParts): (news: readonly News[]) => Promise<void> {
	const { me, notices } = parts;

	async function show({ newest, count }: Telling, isRung: boolean): Promise<void> {
		const { sound, preview, wanted } = await notices.read(me);
		const screen = wanted ? await parts.screen() : null;
		if (!screen) return;
		const { message, author, room } = newest;
		const { title, options } = notificationOf(
			{
				room,
				count: count + (await countShown(screen, room)),
				title: newest.name,
				direct: newest.direct,
				author: author?.display ?? author?.name ?? '',
				...(author?.avatar ? { icon: author.avatar } : {}),
				text: [...message.body].slice(0, TEXT_MAX).join(''),
				...(message.files ? { files: message.files.length } : {}),
				seq: message.seq,
				at: message.at
			},
			parts.words(),
			{ sound: sound && !isRung, preview, ring: true }
		);
		await screen.showNotification(title, options);
	}

	async function tell(telling: Telling): Promise<void> {
		const { room, message } = telling.newest;
		const isSeen = await parts.isLookedAt(room);
		if (!isSeen) await parts.yieldToOthers();
		if (!(await notices.claim(me, room, message.seq)) || isSeen) return;
		const { sound } = await notices.read(me);
		await show(telling, sound && parts.ring());
	}

	return async (news) => {
		for (const telling of toTell(news, parts.prefs(), me, parts.now())) await tell(telling);
	};
}
