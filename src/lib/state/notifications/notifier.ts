/** Tells news while pages are open: one notification per message and device, however many tabs there are. */
import type { NotificationSettings } from '../../db/notification-settings.ts';
import type { Prefs } from '../../db/prefs.ts';
import {
	countShown,
	noteOf,
	notificationOf,
	type Screen,
	type Words
} from '../../i18n/notification.ts';
import type { Stands } from '../../db/notification-state.ts';
import type { PersonId, RoomId } from '../../protocol/ids.ts';
import { PREF_KEYWORDS, PREF_QUIET, prefLevel, wants } from '../../notify/rules.ts';
import type { News } from './news.ts';

interface NotifierParts {
	me: PersonId;
	notices: Pick<NotificationSettings, 'read' | 'claim'>;
	prefs: () => Prefs;
	/** what is known of a message that is to be told */
	stands: (room: RoomId, seq: number) => Promise<Stands>;
	/** whether a window that has the focus shows the room */
	isLookedAt: (room: string) => Promise<boolean>;
	/** where notifications are shown; null: they may not be */
	screen: () => Promise<Screen | null>;
	words: () => Words;
	/** Makes the sound; answers whether it could. */
	playSound: () => boolean;
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
export function createNotifier(parts: NotifierParts): (news: readonly News[]) => Promise<void> {
	const { me, notices } = parts;

	async function show({ newest, count }: Telling, isRung: boolean): Promise<void> {
		const { sound, preview, wanted } = await notices.read(me);
		const screen = wanted ? await parts.screen() : null;
		if (!screen) return;
		const now = await parts.stands(newest.room, newest.message.seq);
		// It was taken back while the browser was asked.
		if (now.is !== 'unread') return;
		const told = count + (await countShown(screen, newest.room));
		const note = { ...noteOf(now), count: Math.min(told, Math.max(1, now.state.unread)) };
		const manner = { sound: sound && !isRung, preview, ring: true };
		const { title, options } = notificationOf(note, parts.words(), manner);
		await screen.showNotification(title, options);
	}

	async function tell(telling: Telling): Promise<void> {
		const { room, message } = telling.newest;
		const isSeen = await parts.isLookedAt(room);
		if (!isSeen) await parts.yieldToOthers();
		if (!(await notices.claim(me, room, message.seq)) || isSeen) return;
		const { sound } = await notices.read(me);
		await show(telling, sound && parts.playSound());
	}

	return async (news) => {
		for (const telling of toTell(news, parts.prefs(), me, parts.now())) await tell(telling);
	};
}
