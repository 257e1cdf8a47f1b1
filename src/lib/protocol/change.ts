/**
 * What a stream consists of. A **change** is one numbered thing that happened in a stream; a
 * **row** is the present state of one thing in it. Devices are sent rows, never bodies of old
 * changes, so deleted text cannot come back (promise 8).
 *
 * `seq` is the number of the change that created a row, `rev` the number of the last change that
 * touched it. Both count within one stream.
 */
import * as v from 'valibot';
import { CallNote, isMissed } from './call-note.ts';
import { count, millis, uid, uid7 } from './scalars.ts';

/** A position in a stream that only the server can vouch for. */
export const Cursor = v.object({
	/** uuid of the database */
	i: v.string(),
	/** generation of the database: raised by a restore */
	g: count,
	/** the last change known */
	s: count,
	/** the hash chained up to that change, 16 hex digits; empty at 0 */
	h: v.string()
});
export type Cursor = v.InferOutput<typeof Cursor>;

/** What everybody may know about a person. `v` grows with each change of it. */
export const Card = v.object({
	id: uid,
	number: count,
	name: v.string(),
	display: v.optional(v.string()),
	bio: v.optional(v.string()),
	/** path of the picture on the server, beginning with "/" */
	avatar: v.optional(v.string()),
	/** the account is no more; the name is one that nobody has */
	deleted: v.optional(v.literal(true)),
	v: count
});
export type Card = v.InferOutput<typeof Card>;

export const Role = v.picklist(['owner', 'admin', 'member']);
export type Role = v.InferOutput<typeof Role>;

/** What a system message tells. Who did it is the message's author. */
export const SystemNote = v.object({
	what: v.picklist([
		'joined',
		'left',
		'removed',
		'banned',
		'renamed',
		'described',
		'opened',
		'closed',
		'admin',
		'member',
		'owner',
		'pinned'
	]),
	/** whom it happened to, where that is not the author */
	person: v.optional(uid),
	/** the new name of the room */
	text: v.optional(v.string()),
	/** seq of the message that was pinned */
	seq: v.optional(count)
});
export type SystemNote = v.InferOutput<typeof SystemNote>;

/** Where a forwarded text comes from; says nothing of the room in which it was said. */
export const Origin = v.object({
	author: uid,
	/** the author's name at that time */
	name: v.string(),
	at: millis
});
export type Origin = v.InferOutput<typeof Origin>;

/** An emoji under a message, and the numbers of the people who put it there. */
export const Reaction = v.tuple([v.string(), v.array(count)]);
export type Reaction = v.InferOutput<typeof Reaction>;

/** A name as it is written behind an @ in a text, and whose it was. */
export const Mention = v.tuple([v.string(), uid]);
export type Mention = v.InferOutput<typeof Mention>;

/** A file that a message carries. Who may see the message may fetch it, nobody else. */
export const FileCard = v.object({
	id: uid7,
	/** what it was called where it comes from */
	name: v.string(),
	/** bytes */
	size: count,
	/** MIME type, told by its bytes */
	type: v.string(),
	/** what it is shown as; everything that is no "image", "video" or "audio" is a download */
	kind: v.picklist(['image', 'video', 'audio', 'file']),
	/** px, of images (and of films whose maker's device could tell) */
	width: v.optional(count),
	height: v.optional(count),
	/** ms, of films and sounds whose maker's device could tell */
	duration: v.optional(count),
	/** thumbhash of an image, or of a film's poster, base64: what is shown until it has come */
	hash: v.optional(v.string())
});
export type FileCard = v.InferOutput<typeof FileCard>;

/** A message as every member of its room sees it. */
export const MessageRow = v.object({
	kind: v.literal('message'),
	id: uid,
	number: count,
	room: uid,
	seq: count,
	rev: count,
	author: uid,
	/** empty once deleted */
	body: v.string(),
	/** server time, never smaller than that of an earlier message of the room */
	at: millis,
	/** what the author's clock said; for display only, orders nothing */
	sent: v.optional(millis),
	reply: v.optional(uid),
	/** seq of the message replied to; only when it is in the same room */
	replySeq: v.optional(count),
	mentions: v.optional(v.array(Mention)),
	reactions: v.optional(v.array(Reaction)),
	forward: v.optional(Origin),
	files: v.optional(v.array(FileCard)),
	/** when it was pinned */
	pinned: v.optional(millis),
	edited: v.optional(millis),
	deleted: v.optional(v.literal(true)),
	type: v.optional(v.picklist(['system', 'image', 'file'])),
	/** with type "system" */
	system: v.optional(SystemNote),
	/** with type "system", in the place of `system`: the message is a call */
	call: v.optional(CallNote)
});
export type MessageRow = v.InferOutput<typeof MessageRow>;

/** Whether somebody said it and has not taken it back: such messages count as unread and notify. So do missed calls: isCounted. */
export function isSaid(row: Pick<MessageRow, 'type' | 'deleted'>): boolean {
	return row.type !== 'system' && !row.deleted;
}

/** Whether it counts as unread for those who have not seen it and did not do it themselves. */
export function isCounted(row: Pick<MessageRow, 'type' | 'deleted' | 'call'>): boolean {
	return isSaid(row) || (row.call !== undefined && isMissed(row.call));
}

/** The room itself. */
export const RoomRow = v.object({
	kind: v.literal('room'),
	id: uid,
	number: count,
	rev: count,
	name: v.string(),
	description: v.string(),
	private: v.boolean(),
	/** a conversation of two; has no name, password or roles */
	direct: v.optional(v.literal(true)),
	owner: uid,
	/** seqs of the pinned messages, the latest pin first */
	pins: v.optional(v.array(count)),
	at: millis,
	deleted: v.optional(v.literal(true))
});
export type RoomRow = v.InferOutput<typeof RoomRow>;

/** One person's membership as the room sees it; `state: 'out'` is a tombstone that keeps the name. */
export const MemberRow = v.object({
	kind: v.literal('member'),
	/** the person */
	id: uid,
	room: uid,
	rev: count,
	role: Role,
	state: v.picklist(['in', 'out']),
	/** may not come back until let in again */
	banned: v.optional(v.literal(true)),
	/** may say nothing until then (server time) */
	muted: v.optional(millis),
	card: Card
});
export type MemberRow = v.InferOutput<typeof MemberRow>;

/** How far one member of a direct conversation or a small room has read. */
export const SeenRow = v.object({
	kind: v.literal('seen'),
	/** the person */
	id: uid,
	room: uid,
	rev: count,
	upto: count
});
export type SeenRow = v.InferOutput<typeof SeenRow>;

/** In a person's feed: a room that the person is in, or no longer. */
export const RoomMembershipRow = v.object({
	kind: v.literal('roomMembership'),
	/** the room */
	id: uid,
	rev: count,
	state: v.picklist(['in', 'out']),
	why: v.optional(v.picklist(['left', 'removed', 'banned', 'deleted']))
});
export type RoomMembershipRow = v.InferOutput<typeof RoomMembershipRow>;

/** In a person's feed: how far the person has read in a room. */
export const ReadRow = v.object({
	kind: v.literal('read'),
	/** the room */
	id: uid,
	rev: count,
	/** seq of the last message that was on screen */
	upto: count
});
export type ReadRow = v.InferOutput<typeof ReadRow>;

/** In a person's feed: what the person and somebody else are to one another. */
export const ContactRow = v.object({
	kind: v.literal('contact'),
	/** the other person */
	id: uid,
	rev: count,
	/** "outgoing": asked by this person and not answered; "incoming": asked by the other one */
	state: v.picklist(['none', 'outgoing', 'incoming', 'friend']),
	/** this person has blocked the other one */
	blocked: v.optional(v.literal(true)),
	/** since when */
	at: millis,
	card: Card
});
export type ContactRow = v.InferOutput<typeof ContactRow>;

/** In a person's feed: a text not yet sent, as the device that wrote last has it. */
export const DraftRow = v.object({
	kind: v.literal('draft'),
	/** the room */
	id: uid,
	rev: count,
	/** empty: there is none */
	body: v.string(),
	reply: v.optional(uid),
	/** another device wrote this at the same time; nothing of it is thrown away by itself */
	other: v.optional(v.string()),
	at: millis
});
export type DraftRow = v.InferOutput<typeof DraftRow>;

/** In a person's feed: a choice that holds on all devices of the person. */
export const PrefRow = v.object({
	kind: v.literal('pref'),
	/** what is chosen, for example "level:<room>" */
	id: v.string(),
	rev: count,
	/** JSON; empty: not chosen */
	value: v.string()
});
export type PrefRow = v.InferOutput<typeof PrefRow>;

/** In the feed of whoever made it: an invite link to a room. */
export const InviteRow = v.object({
	kind: v.literal('invite'),
	id: uid,
	rev: count,
	room: uid,
	/** the secret of the link: 128 random bits, base64url */
	token: v.string(),
	/** server time after which it no longer opens; absent: never ends by itself */
	expires: v.optional(millis),
	/** how many may still come in; absent: any number */
	left: v.optional(count),
	revoked: v.optional(v.literal(true)),
	at: millis
});
export type InviteRow = v.InferOutput<typeof InviteRow>;

/** In a person's feed: the person's own card. */
export const SelfRow = v.object({ kind: v.literal('self'), id: uid, rev: count, card: Card });
export type SelfRow = v.InferOutput<typeof SelfRow>;

/** What administrators tell everybody. */
const Announcement = v.object({ id: uid, text: v.string(), at: millis });
export type Announcement = v.InferOutput<typeof Announcement>;

/** In the directory: a room that can be found. */
export const DirectoryRow = v.object({
	kind: v.literal('directory'),
	/** the room */
	id: uid,
	number: count,
	rev: count,
	name: v.string(),
	description: v.string(),
	private: v.boolean(),
	deleted: v.optional(v.literal(true)),
	/** what administrators tell everybody; in the listing of the room that everybody has */
	announcement: v.optional(Announcement)
});
export type DirectoryRow = v.InferOutput<typeof DirectoryRow>;

export const Row = v.variant('kind', [
	MessageRow,
	RoomRow,
	MemberRow,
	SeenRow,
	RoomMembershipRow,
	ReadRow,
	ContactRow,
	DraftRow,
	PrefRow,
	InviteRow,
	SelfRow,
	DirectoryRow
]);
export type Row = v.InferOutput<typeof Row>;

/** Rows of a person's feed that devices keep as they are. */
export type OwnRow = ContactRow | DraftRow | PrefRow | InviteRow | SelfRow;
const OWN_KINDS: ReadonlySet<Row['kind']> = new Set([
	'contact',
	'draft',
	'pref',
	'invite',
	'self'
] satisfies OwnRow['kind'][]);

/** Whether a row is one of a person's feed that devices keep as it is. */
export function isOwnRow(row: Row): row is OwnRow {
	return OWN_KINDS.has(row.kind);
}

/** What kind of thing a stream is. */
export type StreamKind = 'room' | 'feed' | 'directory';
