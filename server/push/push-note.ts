/** What a push says: what the device would get live, so that a tap opens the message without a network. */
import type { Ring, Unring } from '../../src/lib/protocol/calls.ts';
import type { Card, MessageRow } from '../../src/lib/protocol/change.ts';
import { isDirectId } from '../../src/lib/protocol/ids.ts';
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

/** What a device that does not know of calls shows of one. */
const SIGN = { voice: '\u{1F4DE}', video: '\u{1F3A5}' };

/**
 * A call that rings, or does not any more.
 * @param row its message
 * @param title name of its room; empty for a conversation of two
 * @param now ms
 * @param over why it does not ring any more
 */
export function callNote(
	to: string,
	{ by, until, video }: Ring,
	row: Pick<MessageRow, 'id' | 'room' | 'seq' | 'at'>,
	{ title, badge }: Pick<PushNote, 'title' | 'badge'>,
	now: number,
	over?: Unring['why']
): PushNote {
	const { id, room, seq, at } = row;
	return {
		...EMPTY,
		...{ to, room, title, badge, id, seq, at, count: 1 },
		direct: isDirectId(room),
		author: by.display ?? by.name,
		...(by.avatar ? { icon: by.avatar } : {}),
		text: video ? SIGN.video : SIGN.voice,
		...(over === undefined ? {} : { changed: true }),
		call: { id, until, now, video, ...(over === undefined ? {} : { over }) }
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
