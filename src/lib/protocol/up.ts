/**
 * What a device may ask. The same requests travel over the socket (event name = request name, the
 * answer is the acknowledgement) and over HTTP (`POST /api/sync/<name>`), with the same meaning.
 */
import * as v from 'valibot';
import { Cursor } from './change.ts';
import { count, millis, uid, uid7 } from './scalars.ts';
import { DIRECTORY, type PersonId, type StreamId } from './ids.ts';
import { LIMITS } from './limits.ts';

const streamId = v.union([uid, v.literal(DIRECTORY)]);
/** Rough bound in UTF-16 units before exact rules in code points are applied by the domain. */
const text = (max: number) => v.pipe(v.string(), v.maxLength(max * 2));
const base = { id: uid7, at: millis };

/** A message. Its act id is the message's uid. */
export const PostMessage = v.object({
	...base,
	kind: v.literal('message.post'),
	room: uid,
	body: text(LIMITS.messageMax),
	reply: v.optional(uid),
	/** the message that is passed on; the server puts its text in the place of `body` */
	forward: v.optional(uid),
	/** files that have been handed in under these ids; the text may then be empty */
	files: v.optional(v.pipe(v.array(uid7), v.minLength(1), v.maxLength(LIMITS.filesMax)))
});
/** Another text for one's own message. */
const EditMessage = v.object({
	...base,
	kind: v.literal('message.edit'),
	room: uid,
	message: uid,
	body: text(LIMITS.messageMax)
});
/** Takes a message back: its text is gone for everybody. */
const RecallMessage = v.object({
	...base,
	kind: v.literal('message.recall'),
	room: uid,
	message: uid
});
/** Puts an emoji under a message, or takes it away. */
const ReactToMessage = v.object({
	...base,
	kind: v.literal('message.react'),
	room: uid,
	message: uid,
	emoji: v.pipe(v.string(), v.maxLength(64)),
	on: v.boolean()
});
/** Pins a message in its room, or unpins it. */
const PinMessage = v.object({
	...base,
	kind: v.literal('message.pin'),
	room: uid,
	message: uid,
	on: v.boolean()
});
/** Tells the administrators of a message, with its words as this device has them. */
const ReportMessage = v.object({
	...base,
	kind: v.literal('message.report'),
	room: uid,
	message: uid,
	reason: text(LIMITS.reasonMax),
	/** rev of the message that was on screen: its text may have been edited since */
	seen: count
});

const password = text(LIMITS.passwordMaxBytes);
/** A new room; private when it has a password. The device chooses the room's uid. */
const CreateRoom = v.object({
	...base,
	kind: v.literal('room.create'),
	room: uid7,
	name: text(LIMITS.roomNameMax),
	description: text(LIMITS.roomDescriptionMax),
	password: v.optional(password)
});
/** Another name, description, or password; a room without password is public. */
export const EditRoom = v.object({
	...base,
	kind: v.literal('room.edit'),
	room: uid,
	name: v.optional(text(LIMITS.roomNameMax)),
	description: v.optional(text(LIMITS.roomDescriptionMax)),
	/** null opens the room to everybody */
	password: v.optional(v.nullable(password)),
	/** with a password: put out everybody but the owner and the admins */
	expel: v.optional(v.boolean())
});
export const DeleteRoom = v.object({ ...base, kind: v.literal('room.delete'), room: uid });
/** Enters a room: a public one, with the password, or by an invite link. */
export const JoinRoom = v.object({
	...base,
	kind: v.literal('room.join'),
	room: uid,
	password: v.optional(password),
	/** the secret of an invite link */
	invite: v.optional(v.pipe(v.string(), v.maxLength(64)))
});
const LeaveRoom = v.object({ ...base, kind: v.literal('room.leave'), room: uid });
/** Gives the room to another member. */
const HandOverRoom = v.object({
	...base,
	kind: v.literal('room.hand-over'),
	room: uid,
	person: uid
});
/** Begins the conversation of two; `room` must be their `directId`. */
const OpenDirect = v.object({
	...base,
	kind: v.literal('direct.open'),
	room: uid,
	person: uid
});
/** Puts somebody out of a room; with `ban` for good. */
const RemoveMember = v.object({
	...base,
	kind: v.literal('member.remove'),
	room: uid,
	person: uid,
	ban: v.optional(v.boolean())
});
/** Lets somebody who was banned come back. */
const UnbanMember = v.object({
	...base,
	kind: v.literal('member.unban'),
	room: uid,
	person: uid
});
/** Keeps a member from saying anything for so many ms; 0 ends it. */
const MuteMember = v.object({
	...base,
	kind: v.literal('member.mute'),
	room: uid,
	person: uid,
	for: v.pipe(count, v.maxValue(366 * 86_400_000))
});
const SetRole = v.object({
	...base,
	kind: v.literal('member.role'),
	room: uid,
	person: uid,
	role: v.picklist(['admin', 'member'])
});
/** Makes an invite link; the device chooses its secret, so that it can be shown at once. */
const CreateInvite = v.object({
	...base,
	kind: v.literal('invite.create'),
	room: uid,
	invite: uid7,
	token: v.pipe(v.string(), v.regex(/^[\w-]{22}$/)),
	/** ms from acceptance; absent: never ends by itself */
	lasts: v.optional(v.pipe(count, v.maxValue(366 * 86_400_000))),
	uses: v.optional(v.pipe(count, v.minValue(1), v.maxValue(LIMITS.inviteUsesMax)))
});
/** Ends an invite link of one's own, or (without `invite`) all links of the room. */
const RevokeInvite = v.object({
	...base,
	kind: v.literal('invite.revoke'),
	room: uid,
	invite: v.optional(uid)
});
/** How far the person has read; it only ever grows. */
const MarkRead = v.object({ ...base, kind: v.literal('read.mark'), room: uid, upto: count });
/** A text not yet sent, for the person's other devices. */
const SaveDraft = v.object({
	...base,
	kind: v.literal('draft.save'),
	room: uid,
	body: text(LIMITS.messageMax),
	reply: v.optional(uid),
	/** rev of the draft that the device knew when it wrote; 0 for none */
	base: count
});

/** Asks somebody to be friends; by id, or by exact user name where only that is known. */
const AskFriend = v.object({
	...base,
	kind: v.literal('friend.ask'),
	person: v.optional(uid),
	name: v.optional(text(LIMITS.nameMax))
});
const aboutPerson = <K extends string>(kind: K) =>
	v.object({ ...base, kind: v.literal(kind), person: uid });
const AcceptFriend = aboutPerson('friend.accept');
const RejectFriend = aboutPerson('friend.reject');
const CancelFriend = aboutPerson('friend.cancel');
const RemoveFriend = aboutPerson('friend.remove');
/** Ends a friendship and everything between the two, both ways. */
const BlockPerson = aboutPerson('person.block');
const UnblockPerson = aboutPerson('person.unblock');

/** Another user name, display name, or line about oneself. */
const EditProfile = v.object({
	...base,
	kind: v.literal('profile.edit'),
	name: v.optional(text(LIMITS.nameMax)),
	display: v.optional(text(LIMITS.displayMax)),
	bio: v.optional(text(LIMITS.bioMax))
});
/** Another picture (base64 of a JPEG, PNG or WebP), or none. */
const SetAvatar = v.object({
	...base,
	kind: v.literal('profile.avatar'),
	image: v.nullable(v.pipe(v.string(), v.maxLength(Math.ceil((LIMITS.avatarBytes * 4) / 3) + 4)))
});
/** A choice that holds on all devices; an empty value takes it back. */
const SetPref = v.object({
	...base,
	kind: v.literal('pref.set'),
	key: v.pipe(v.string(), v.regex(/^[a-z][\w:.-]{0,80}$/)),
	value: v.pipe(v.string(), v.maxLength(LIMITS.prefMax))
});

export const Act = v.variant('kind', [
	PostMessage,
	EditMessage,
	RecallMessage,
	ReactToMessage,
	PinMessage,
	ReportMessage,
	CreateRoom,
	EditRoom,
	DeleteRoom,
	JoinRoom,
	LeaveRoom,
	HandOverRoom,
	OpenDirect,
	RemoveMember,
	UnbanMember,
	MuteMember,
	SetRole,
	CreateInvite,
	RevokeInvite,
	MarkRead,
	SaveDraft,
	AskFriend,
	AcceptFriend,
	RejectFriend,
	CancelFriend,
	RemoveFriend,
	BlockPerson,
	UnblockPerson,
	EditProfile,
	SetAvatar,
	SetPref
]);
/** Anything a person does that others, or the person's other devices, can see. */
export type Act = v.InferOutput<typeof Act>;

/**
 * The lane of an act: acts of one lane take effect in the order in which they were done. It is the
 * room, or the person's own feed for what concerns no room.
 */
export function laneOf(act: Act, me: PersonId): StreamId {
	return 'room' in act ? act.room : me;
}

/** Acts in the order they are to be tried. Each is checked by itself, so one bad act costs only that act. */
export const ActsRequest = v.object({
	acts: v.pipe(v.array(v.unknown()), v.maxLength(LIMITS.actsPerRequest))
});
export type ActsRequest = { acts: Act[] };

/** A cursor of no database's past: its stream is answered "reset". */
const NO_PAST: Cursor = { i: '', g: 0, s: 0, h: '' };

/**
 * "What came after my cursor?" for several streams at once. A null cursor means "I know nothing"; one that makes
 * no sense costs its own stream a reset, and the others nothing.
 */
export const PullRequest = v.object({
	streams: v.pipe(
		v.array(v.object({ id: streamId, cursor: v.fallback(v.nullable(Cursor), NO_PAST) })),
		v.maxLength(LIMITS.pullStreams)
	)
});
export type PullRequest = v.InferOutput<typeof PullRequest>;

/**
 * Messages of a hole: those with `after < seq < before`, the newest of them first when `end` is
 * "top" (the reader comes from above), the oldest first when it is "bottom".
 */
export const HistoryRequest = v.object({
	stream: uid,
	cursor: Cursor,
	after: count,
	before: count,
	end: v.picklist(['top', 'bottom']),
	limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(LIMITS.historyMessagesMax))
});
export type HistoryRequest = v.InferOutput<typeof HistoryRequest>;

/**
 * Brings rows that are held, but known only as of change `since`, up to date: the messages with
 * `from <= seq <= to`, or (`part: 'nonMessageRows'`) everything of the stream that is not a message.
 */
export const RefreshRequest = v.object({
	stream: uid,
	cursor: Cursor,
	part: v.union([v.literal('nonMessageRows'), v.object({ from: count, to: count })]),
	since: count
});
export type RefreshRequest = v.InferOutput<typeof RefreshRequest>;

/** Who has exactly this user name? Answered with what everybody may know, or nothing. */
export const FindRequest = v.object({ name: text(LIMITS.nameMax) });
export type FindRequest = v.InferOutput<typeof FindRequest>;

/** What is behind an invite link? */
export const InviteRequest = v.object({
	room: uid,
	invite: v.pipe(v.string(), v.maxLength(64))
});
export type InviteRequest = v.InferOutput<typeof InviteRequest>;

/** "Where do all my streams stand?" Answering it is also what proves a connection alive. */
export const HeadsRequest = v.object({});
export type HeadsRequest = v.InferOutput<typeof HeadsRequest>;

/**
 * What this device has on screen: a room or null, and whether the list of friends; decides who is
 * sent presence and typing.
 */
export const WatchRequest = v.object({ room: v.nullable(uid), friends: v.optional(v.boolean()) });
export type WatchRequest = v.InferOutput<typeof WatchRequest>;

/** The person began or ended typing in the room on screen. Never stored. */
export const TypingRequest = v.object({ room: uid, on: v.boolean() });
export type TypingRequest = v.InferOutput<typeof TypingRequest>;

/** What the socket handshake carries besides the cookie. */
export const Handshake = v.object({
	v: count,
	device: uid,
	/** whom the device takes itself to be; the cookie may by now belong to somebody else (promise 14) */
	person: v.optional(uid)
});
export type Handshake = v.InferOutput<typeof Handshake>;
