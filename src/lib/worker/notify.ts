/**
 * Pushes in the service worker: what came is stored first, so that a tap opens it without a network; then
 * it is shown, whatever went wrong before (P10: every push ends in a notification that is seen).
 */
import * as v from 'valibot';
import { notificationOf, wordsIn, type Shown } from '../i18n/notification.ts';
import { PushNote } from '../protocol/push.ts';

/** ms that storing may take before the note is shown without it: browsers give a push about 30 s. */
const STORE_WITHIN = 8_000;
/** ms for each of the small things before it is shown. */
const READ_WITHIN = 2_000;

/** Code points of a message that a notification shows. */
const PREVIEW = 200;

/** What is chosen for this device. */
export interface Choices {
	/** language of the app; null: as the browser has it */
	locale: string | null;
	sound: boolean;
	preview: boolean;
}
const UNKNOWN: Choices = { locale: null, sound: true, preview: true };

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

export interface PushParts {
	choices: () => Promise<Choices>;
	/** stores what came with the push, or fetches it; answers what the message says, empty while that is not known */
	store: (note: PushNote) => Promise<string>;
	/** whether it is still to be told: a page may have been faster */
	claim: (note: PushNote) => Promise<boolean>;
	/** messages that the conversation's notification on screen stands for */
	countShown: (room: string) => Promise<number>;
	show: (shown: Shown) => Promise<void>;
	badge: (count: number) => Promise<void>;
	/** takes away what was read elsewhere, but not what was just shown */
	closeRead: (shown: string) => Promise<void>;
	/** ends after so many ms */
	after: (ms: number) => Promise<void>;
	report: (fault: unknown) => void;
}

/** Handles a push from its coming to its being seen. Rejects only when the browser would not show anything. */
export async function handlePush(text: string | null, parts: PushParts): Promise<void> {
	const { after, report } = parts;
	/** What fails or takes too long must not keep the rest from happening. */
	async function soon<T>(work: Promise<T>, instead: T, ms = READ_WITHIN): Promise<T> {
		const settled = work.catch((fault: unknown) => {
			report(fault);
			return instead;
		});
		return Promise.race([settled, after(ms).then(() => instead)]);
	}

	const note = readPush(text);
	const { locale, ...manner } = await soon(parts.choices(), UNKNOWN);
	if (!note || note.test) {
		return parts.show(notificationOf(note, wordsIn(locale), { ...manner, ring: true }));
	}
	const said = await soon(parts.store(note), '', STORE_WITHIN);
	await soon(parts.badge(note.badge), undefined);
	const ring = await soon(parts.claim(note), true);
	const before = await soon(parts.countShown(note.room), 0);
	// A page told of it already: its notification is renewed as it is.
	const count = ring ? note.count + before : Math.max(1, before);
	// Whoever keeps words out of pushes has them here once they were fetched.
	const words = note.text || [...said].slice(0, PREVIEW).join('');
	await parts.show(
		notificationOf({ ...note, count, text: words }, wordsIn(locale), { ...manner, ring })
	);
	await soon(parts.closeRead(note.room), undefined);
}
