/** What the server may say: answers to requests (see up.ts) and frames that come by themselves. */
import * as v from 'valibot';
import { Card, Cursor, Row } from './change.ts';
import { count, millis } from './scalars.ts';
import { Refusal } from './refusal.ts';

/** Any request can be answered with a refusal of the whole. */
export const Refused = v.object({ refused: Refusal });
export type Refused = v.InferOutput<typeof Refused>;

/**
 * The answer to one act.
 * "accepted": it has happened, durably; `seq` is its number in `stream`, `rows` its outcome.
 * "refused": it has not and never will under this id.
 * "later": nothing is decided; send the same again after `refusal.after` ms.
 */
export const Result = v.variant('status', [
	v.object({
		status: v.literal('accepted'),
		id: v.string(),
		stream: v.string(),
		seq: count,
		rows: v.array(Row)
	}),
	v.object({
		status: v.literal('refused'),
		id: v.string(),
		refusal: Refusal,
		/** the message that stands under this id, with id_conflict by the same author */
		rows: v.optional(v.array(Row))
	}),
	v.object({ status: v.literal('later'), id: v.string(), refusal: Refusal })
]);
export type Result = v.InferOutput<typeof Result>;
export const ActsAnswer = v.object({ results: v.array(Result) });
export type ActsAnswer = v.InferOutput<typeof ActsAnswer>;

/** Rows with `from < rev <= upto`, ascending; `complete` when upto was the head at the moment of reading. */
export const Page = v.object({
	type: v.literal('page'),
	stream: v.string(),
	from: count,
	upto: Cursor,
	complete: v.boolean(),
	/** of a room, with a complete page: unread messages of this person at `upto`, and those that mention the person */
	unread: v.optional(count),
	mentioned: v.optional(count),
	rows: v.array(Row),
	cards: v.array(Card)
});
export type Page = v.InferOutput<typeof Page>;

/**
 * The newest page of a room, for a device that knows nothing or is far behind. All messages with
 * seq >= covered are in `rows`; below that the device has a hole. Other rows come by refreshes.
 */
export const SkipToNewest = v.object({
	type: v.literal('skipToNewest'),
	stream: v.string(),
	cursor: Cursor,
	covered: count,
	/** unread messages of this person at `cursor`, at most LIMITS.unreadMax */
	unread: count,
	/** unread messages that mention this person */
	mentioned: count,
	/** how far this person has read */
	read: count,
	rows: v.array(Row),
	cards: v.array(Card)
});
export type SkipToNewest = v.InferOutput<typeof SkipToNewest>;

/** The device's past is not the server's past: forget this stream's rows and begin anew (promise 18). */
export const Reset = v.object({
	type: v.literal('reset'),
	stream: v.string(),
	why: v.picklist(['instance', 'generation', 'ahead', 'hash', 'floor'])
});
export type Reset = v.InferOutput<typeof Reset>;

/** No such stream for this person, whether or not it exists. */
export const Gone = v.object({ type: v.literal('gone'), stream: v.string() });
export type Gone = v.InferOutput<typeof Gone>;

export const PullAnswer = v.object({
	/** at most one per stream asked for; a stream left out is to be asked for again */
	pages: v.array(v.variant('type', [Page, SkipToNewest, Reset, Gone]))
});
export type PullAnswer = v.InferOutput<typeof PullAnswer>;

/** Messages with `from <= seq <= to`, all of them, as of change `asOf`. */
export const History = v.object({
	type: v.literal('history'),
	stream: v.string(),
	from: count,
	to: count,
	asOf: count,
	rows: v.array(Row),
	cards: v.array(Card)
});
export type History = v.InferOutput<typeof History>;
export const HistoryAnswer = v.variant('type', [History, Reset, Gone]);
export type HistoryAnswer = v.InferOutput<typeof HistoryAnswer>;

/** The rows of the part that changed after `since`, up to change `upto`; `complete` when that was the head. */
export const Refresh = v.object({
	type: v.literal('refresh'),
	stream: v.string(),
	upto: count,
	complete: v.boolean(),
	rows: v.array(Row),
	cards: v.array(Card)
});
export type Refresh = v.InferOutput<typeof Refresh>;
export const RefreshAnswer = v.variant('type', [Refresh, Reset, Gone]);
export type RefreshAnswer = v.InferOutput<typeof RefreshAnswer>;

/** Answers to find and invite. */
export const Found = v.object({ card: v.nullable(Card) });
export type Found = v.InferOutput<typeof Found>;
export const Invited = v.object({
	/** null: the link opens nothing (any more) */
	room: v.nullable(
		v.object({
			id: v.string(),
			name: v.string(),
			description: v.string(),
			private: v.boolean(),
			members: count
		})
	)
});
export type Invited = v.InferOutput<typeof Invited>;

/** The heads of all streams of this person. */
export const Heads = v.object({
	person: Card,
	instance: v.string(),
	generation: count,
	/** server time in ms */
	now: millis,
	/** stream id -> [head, hash, kind] */
	heads: v.record(
		v.string(),
		v.tuple([count, v.string(), v.picklist(['room', 'feed', 'directory'])])
	)
});
export type Heads = v.InferOutput<typeof Heads>;

/**
 * A hint that a stream moved on. To be applied only by a device that stands exactly at `from`
 * with hash `prev`; any other device drops it, or pulls.
 */
export const Frame = v.object({
	stream: v.string(),
	from: count,
	prev: v.string(),
	upto: Cursor,
	rows: v.array(Row),
	cards: v.array(Card)
});
export type Frame = v.InferOutput<typeof Frame>;

/**
 * Who of a room is online; sent to devices that have the room on screen. `full` replaces what was
 * known. Under the person's own id: who of the friends is.
 */
export const Presence = v.object({
	room: v.string(),
	full: v.boolean(),
	on: v.array(v.string()),
	off: v.array(v.string()),
	/** friends, or the other one of a direct conversation: when they were last online (ms, server time) */
	seen: v.optional(v.record(v.string(), millis))
});
export type Presence = v.InferOutput<typeof Presence>;

/** Person ids now typing in a room; an empty list ends it. */
export const Typing = v.object({ room: v.string(), people: v.array(v.string()) });
export type Typing = v.InferOutput<typeof Typing>;

/** The server closes this session's connection for good, or asks for a newer app. */
export const DisconnectReason = v.object({ refused: Refusal });
export type DisconnectReason = v.InferOutput<typeof DisconnectReason>;
