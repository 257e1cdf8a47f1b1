/**
 * What this browser knows of notifying: what was chosen for it, where it takes pushes, and what was told.
 * Pages and the service worker share it, so that one message is told once, however many of them see it.
 */
import type { PersonId, RoomId } from '../protocol/ids.ts';
import { readNotificationNote } from './checked-notes.ts';
import { checkedNotes, noteStore, type NoteStore } from './device.ts';

/** All of it. */
export interface NotificationNote {
	/** whose device it is; whatever else is written here belongs to that account */
	account: PersonId | null;
	/** the person wants notifications on this device */
	wanted: boolean;
	sound: boolean;
	/** whether notifications show what was said */
	preview: boolean;
	/** language of the app; null: as the browser has it */
	locale: string | null;
	/** where the server was told to push to; null: nowhere */
	endpoint: string | null;
	/** seq of the last message of a room that was told, or seen as it came */
	told: Record<RoomId, number>;
}

export const NO_NOTIFICATION_NOTE: NotificationNote = {
	account: null,
	wanted: false,
	sound: true,
	preview: true,
	locale: null,
	endpoint: null,
	told: {}
};

/** What a person chooses for one device. */
export type NotificationChoices = Pick<NotificationNote, 'wanted' | 'sound' | 'preview' | 'locale'>;

export interface NotificationSettings {
	/** The note of an account; that of another account counts as none. */
	read(account: PersonId): Promise<NotificationNote>;
	/** Changes it; answers what it has become. */
	set(
		account: PersonId,
		change: Partial<Omit<NotificationNote, 'account'>>
	): Promise<NotificationNote>;
	/** Whether a message is still to be told; whoever asks first tells it. */
	claim(account: PersonId, room: RoomId, seq: number): Promise<boolean>;
	/** Whether what is kept belongs to this account. */
	owns(account: PersonId): Promise<boolean>;
	/** Forgets everything of an account. */
	forget(account: PersonId): Promise<void>;
}

const of = (account: PersonId, note: NotificationNote): NotificationNote =>
	note.account === account ? note : { ...NO_NOTIFICATION_NOTE, locale: note.locale, account };

/** Makes the store. Every verb rejects with StoreError when the browser refuses. */
export function notificationSettings(
	notes: NoteStore<NotificationNote> = noteStore('notices', NO_NOTIFICATION_NOTE)
): NotificationSettings {
	const store = checkedNotes(notes, (note) => readNotificationNote(note, NO_NOTIFICATION_NOTE));
	return {
		read: async (account) => of(account, await store.read()),
		set: (account, change) => store.change((note) => ({ ...of(account, note), ...change })),
		async claim(account, room, seq) {
			let isFirst = false;
			await store.change((note) => {
				const mine = of(account, note);
				isFirst = seq > (mine.told[room] ?? 0);
				return isFirst ? { ...mine, told: { ...mine.told, [room]: seq } } : mine;
			});
			return isFirst;
		},
		owns: async (account) => (await store.read()).account === account,
		async forget(account) {
			await store.change((note) => (note.account === account ? NO_NOTIFICATION_NOTE : note));
		}
	};
}
