/**
 * A call that was pushed: rings until its time and no longer (V6), and what became of it takes the ring's place (V1).
 * Like every push it ends in a notification that is seen (PUSH-10).
 */
import {
	missedNotification,
	ringNotification,
	settledNotification
} from '../i18n/ring-notification.ts';
import type { Shown } from '../i18n/notification.ts';
import { LIMITS } from '../protocol/limits.ts';
import type { PushedCall, PushNote } from '../protocol/push.ts';

/** ms that a worker waits for the end of a ring: browsers give a push about 30 s. */
const WAIT_MAX = 25_000;

interface RingParts {
	/** language of the app; null: as the browser has it */
	locale: string | null;
	sound: boolean;
	/** ms, by this device's clock */
	now: () => number;
	show: (shown: Shown) => Promise<void>;
	/** whether the notification on screen still says that it rings */
	isShown: (call: string) => Promise<boolean>;
	/** ends after so many ms */
	after: (ms: number) => Promise<void>;
}

/**
 * For how long a call rings (ms), 0 or less: not any more. A push is kept no longer than a ring lasts, so what seems to have been
 * longer on its way, or to come before it was sent, came in time to a device whose clock is wrong.
 * @param now ms, by this device's clock
 */
function leftOf({ until, now: sent }: PushedCall, now: number): number {
	const isTrusted = sent === undefined || (now >= sent && now - sent <= LIMITS.ringFor);
	return Math.min(until - (isTrusted ? now : sent), LIMITS.ringFor);
}

/** Shows it. Rejects only when the browser would not show anything. */
export async function showCall(note: PushNote, call: PushedCall, parts: RingParts): Promise<void> {
	const { locale, sound, now, show, after, isShown } = parts;
	const words = { call: call.id, room: note.room, until: call.until, name: note.author };
	const missed = missedNotification(words, locale);
	if (call.over === 'missed' || call.over === 'cancelled') return show(missed);
	if (call.over) return show(settledNotification(words, locale));
	const left = leftOf(call, now());
	if (left <= 0) return show(missed);
	await show(ringNotification({ ...words, icon: note.icon, video: call.video }, locale, sound));
	// The last of the pushes of a ring: should the word that it is over never come, it does not ring on.
	if (left > WAIT_MAX) return;
	await after(left);
	if (await isShown(call.id)) await show(missed);
}
