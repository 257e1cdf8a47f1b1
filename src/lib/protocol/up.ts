/**
 * What a device may ask. The same requests travel over the socket (event name = request name, the
 * answer is the acknowledgement) and over HTTP (`POST /api/sync/<name>`), with the same meaning.
 */
import * as v from 'valibot';
import { count, Cursor, millis, uid } from './change.ts';
import { LOBBY } from './ids.ts';
import { LIMITS } from './limits.ts';

const streamId = v.union([uid, v.literal(LOBBY)]);
/** Rough bound in UTF-16 units before exact rules in code points are applied by the domain. */
const text = (max: number) => v.pipe(v.string(), v.maxLength(max * 2));
const base = { id: uid, at: millis };

/** A message. Its act id is the message's uid. */
export const PostMessage = v.object({
	...base,
	kind: v.literal('message.post'),
	room: uid,
	body: text(LIMITS.messageMax),
	reply: v.optional(uid)
});
/** Another text for one's own message. */
export const EditMessage = v.object({
	...base,
	kind: v.literal('message.edit'),
	room: uid,
	message: uid,
	body: text(LIMITS.messageMax)
});
/** Takes a message back: its text is gone for everybody. */
export const RecallMessage = v.object({
	...base,
	kind: v.literal('message.recall'),
	room: uid,
	message: uid
});
/** A new room; private when it has a password. The device chooses the room's uid. */
export const CreateRoom = v.object({
	...base,
	kind: v.literal('room.create'),
	room: uid,
	name: text(LIMITS.roomNameMax),
	description: text(LIMITS.roomDescriptionMax),
	password: v.optional(text(LIMITS.passwordMaxBytes))
});
/** Another name or description. */
export const EditRoom = v.object({
	...base,
	kind: v.literal('room.edit'),
	room: uid,
	name: v.optional(text(LIMITS.roomNameMax)),
	description: v.optional(text(LIMITS.roomDescriptionMax))
});
export const JoinRoom = v.object({
	...base,
	kind: v.literal('room.join'),
	room: uid,
	password: v.optional(text(LIMITS.passwordMaxBytes))
});
export const LeaveRoom = v.object({ ...base, kind: v.literal('room.leave'), room: uid });
/** Puts somebody out of a room. */
export const RemoveMember = v.object({
	...base,
	kind: v.literal('member.remove'),
	room: uid,
	person: uid
});
/** How far the person has read; it only ever grows. */
export const MarkRead = v.object({ ...base, kind: v.literal('read.mark'), room: uid, upto: count });

export const Act = v.variant('kind', [
	PostMessage,
	EditMessage,
	RecallMessage,
	CreateRoom,
	EditRoom,
	JoinRoom,
	LeaveRoom,
	RemoveMember,
	MarkRead
]);
/** Anything a person does that others, or the person's other devices, can see. */
export type Act = v.InferOutput<typeof Act>;
export type ActKind = Act['kind'];

/** Acts in the order they are to be tried. Each is checked by itself, so one bad act costs only that act. */
export const ActsRequest = v.object({
	acts: v.pipe(v.array(v.unknown()), v.maxLength(LIMITS.actsPerRequest))
});
export type ActsRequest = { acts: Act[] };

/** "What came after my cursor?" for several streams at once. A null cursor means "I know nothing". */
export const PullRequest = v.object({
	streams: v.pipe(
		v.array(v.object({ id: streamId, cursor: v.nullable(Cursor) })),
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
 * `from <= seq <= to`, or (`part: 'side'`) everything of the stream that is not a message.
 */
export const AmendRequest = v.object({
	stream: uid,
	cursor: Cursor,
	part: v.union([v.literal('side'), v.object({ from: count, to: count })]),
	since: count
});
export type AmendRequest = v.InferOutput<typeof AmendRequest>;

/** "Where do all my streams stand?" Answering it is also what proves a connection alive. */
export const DigestRequest = v.object({});
export type DigestRequest = v.InferOutput<typeof DigestRequest>;

/** The room this device has on screen, or null; decides who is sent presence and typing. */
export const LookRequest = v.object({ room: v.nullable(uid) });
export type LookRequest = v.InferOutput<typeof LookRequest>;

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
