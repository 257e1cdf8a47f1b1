/** What a push says: what the device would get live, so that a tap opens the message without a network. */
import type { Card } from '../../src/lib/protocol/change.ts';
import { notificationText } from '../../src/lib/markup/plain-text.ts';
import { hidesPreview } from '../../src/lib/notify/rules.ts';
import { PUSH_MAX, type PushNote } from '../../src/lib/protocol/push.ts';
import type { PendingChange, PendingPush } from './push-queue.ts';
import type { NotifiedRoom, Tellable } from './push-store.ts';

/**
 * @param current the message as it is now
 * @param badge unread messages of the person
 */
export function noteOf(
	{ subscription, frame, message, count }: PendingPush,
	room: NotifiedRoom,
	current: Tellable,
	author: Card | null,
	badge: number
): PushNote {
	const isHidden = hidesPreview(current.hidePreview);
	// Without a frame the worker fetches what is missing.
	const isWhole = !isHidden && current.rev === message.rev;
	return {
		v: 1,
		to: subscription.person,
		room: message.room,
		count,
		badge,
		title: room.direct ? '' : room.name,
		direct: room.direct,
		author: author?.display ?? author?.name ?? '',
		...(author?.avatar ? { icon: author.avatar } : {}),
		text: isHidden ? '' : notificationText(current.body),
		...(message.files ? { files: message.files.length } : {}),
		id: message.id,
		seq: message.seq,
		rev: current.rev,
		at: message.at,
		...(isWhole ? { frame: { ...frame, cards: author ? [author] : [] } } : {})
	};
}

/** A note that says nothing of a message. */
const EMPTY: PushNote = {
	v: 1,
	room: '',
	count: 0,
	badge: 0,
	title: '',
	direct: false,
	author: '',
	text: '',
	id: '',
	seq: 0,
	at: 0
};

/** What the device shows of a room is not so any more: it looks for itself. @param at ms */
export function changedNote(
	{ subscription, room, seq }: PendingChange,
	badge: number,
	at: number
): PushNote {
	return {
		...EMPTY,
		to: subscription.person,
		room,
		badge,
		seq,
		at,
		changed: true
	};
}

/** A notification on trial. @param at ms */
export function testNote(at: number): PushNote {
	return { ...EMPTY, count: 1, at, test: true };
}

/** As much as a push may carry: the frame is left out before the text is. */
export function encodeNote(note: PushNote): string {
	const whole = JSON.stringify(note);
	if (Buffer.byteLength(whole) <= PUSH_MAX) return whole;
	const { frame: _frame, ...words } = note;
	return JSON.stringify(words);
}

/** The least that makes a notification, for services that take less. */
export function encodeShortNote(note: PushNote): string {
	const { frame: _frame, text: _text, ...least } = note;
	return JSON.stringify({ ...least, text: '' });
}
