/**
 * Pushes in the service worker: what came is stored first, so that a tap opens it without a network; then what
 * stands of it now is shown, or that there is something, whatever went wrong before (PUSH-10: every push ends in a
 * notification that is seen).
 */
import * as v from 'valibot';
import type { Stands } from '../db/notification-state.ts';
import { noteOf, nothingLeft, notificationOf, wordsIn, type Shown } from '../i18n/notification.ts';
import type { PersonId, RoomId } from '../protocol/ids.ts';
import { PushNote } from '../protocol/push.ts';
import { showCall } from './ring.ts';

/** ms that storing may take before the note is shown without it: browsers give a push about 30 s. */
const STORE_WITHIN = 8_000;
/** ms for each of the small things before it is shown. */
const READ_WITHIN = 2_000;

/** What is chosen for this device. */
export interface Choices {
	/** language of the app; null: as the browser has it */
	locale: string | null;
	sound: boolean;
	preview: boolean;
}
export const NOTHING_CHOSEN: Choices = { locale: null, sound: true, preview: true };

/** Reads what was pushed; null: nothing that this release understands. */
export function readPush(text: string | null): PushNote | null {
	if (text === null) return null;
	try {
		const read = v.safeParse(PushNote, JSON.parse(text));
		return read.success ? read.output : null;
	} catch {
		// Not ours, or of a later release: something is shown all the same.
		return null;
	}
}

/** Nothing is known, not even whether the person is in that room. */
const UNTOLD: Stands = { is: 'unknown', isIn: false };

function wordless({ files: _, ...note }: PushNote): PushNote {
	return { ...note, text: '' };
}

export interface PushParts {
	/** who is signed in on this device; null: nobody */
	owner: () => Promise<PersonId | null>;
	choices: () => Promise<Choices>;
	/** stores what came with the push, asks how it stands now, and answers what is known of it then */
	store: (note: PushNote) => Promise<Stands>;
	/** whether it is still to be told: a page may have been faster */
	claim: (room: RoomId, seq: number) => Promise<boolean>;
	/** messages that the conversation's notification on screen stands for */
	countShown: (room: string) => Promise<number>;
	show: (shown: Shown) => Promise<void>;
	/** whether the notification of a call is on screen */
	isRinging: (call: string) => Promise<boolean>;
	/** ms, by this device's clock */
	now: () => number;
	badge: (count: number) => Promise<void>;
	/** brings the notifications on screen to what stands now. @param but the room just shown: it stays */
	refresh: (but: string | null) => Promise<void>;
	/** ends after so many ms */
	after: (ms: number) => Promise<void>;
	onError: (error: unknown) => void;
}

/** Handles a push from its coming to its being seen. Rejects only when the browser would not show anything. */
export async function handlePush(text: string | null, parts: PushParts): Promise<void> {
	const { after, onError } = parts;
	/** What fails or takes too long must not keep the rest from happening. */
	async function soon<T>(work: Promise<T>, instead: T, ms = READ_WITHIN): Promise<T> {
		const settled = work.catch((error: unknown) => {
			onError(error);
			return instead;
		});
		return Promise.race([settled, after(ms).then(() => instead)]);
	}

	const note = readPush(text);
	const { locale, ...manner } = await soon(parts.choices(), NOTHING_CHOSEN);
	const words = wordsIn(locale);
	const neutral = (of: PushNote | null): Promise<void> =>
		parts.show(notificationOf(of, words, { ...manner, ring: true }));
	if (!note || note.test) return neutral(note);
	// Words are for whoever they were said to: not for who has signed in since, nor for who has signed out.
	const owner = await soon(parts.owner(), null);
	if (owner === null || (note.to ?? owner) !== owner) return neutral(null);
	if (note.call) {
		await soon(parts.badge(note.badge), undefined);
		const { sound } = manner;
		await showCall(note, note.call, { ...parts, locale, sound, isShown: parts.isRinging });
		if (note.call.over) await soon(parts.store(note), UNTOLD, STORE_WITHIN);
		return;
	}
	const stands = await soon(parts.store(note), UNTOLD, STORE_WITHIN);
	await soon(parts.badge(note.badge), undefined);
	const before = await soon(parts.countShown(note.room), 0);
	// What could not be asked about may have been taken back: that somebody wrote is all that is said.
	if (stands.is === 'unknown' && !note.changed) {
		await neutral(stands.isIn ? wordless(note) : null);
	} else if (stands.is !== 'unread') {
		await parts.show(nothingLeft(note, words));
	} else {
		// What was told before and has changed is shown anew, without ringing: a push has to show something.
		const isNew = await soon(parts.claim(note.room, stands.message.seq), true);
		// A page told of it already: its notification is renewed as it is.
		const told = isNew ? Math.max(1, note.count) + before : Math.max(1, before);
		const count = Math.min(told, Math.max(1, stands.state.unread));
		const now = { ...noteOf(stands), count };
		await parts.show(notificationOf(now, words, { ...manner, ring: isNew }));
	}
	await soon(parts.refresh(note.room), undefined);
}
