/**
 * What a stream consists of. A **change** is one numbered thing that happened in a stream; a
 * **row** is the present state of one thing in it. Devices are sent rows, never bodies of old
 * changes, so deleted text cannot come back (promise 8).
 *
 * `seq` is the number of the change that created a row, `rev` the number of the last change that
 * touched it. Both count within one stream.
 */
import * as v from 'valibot';
import { UUID7 } from './ids.ts';

export const uid = v.pipe(v.string(), v.regex(UUID7));
export const count = v.pipe(v.number(), v.integer(), v.minValue(0));
/** Milliseconds since the epoch, as an integer. */
export const millis = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(8.64e15));

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
	avatar: v.optional(v.string()),
	v: count
});
export type Card = v.InferOutput<typeof Card>;

export const Role = v.picklist(['owner', 'admin', 'member']);
export type Role = v.InferOutput<typeof Role>;

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
	edited: v.optional(millis),
	deleted: v.optional(v.literal(true)),
	type: v.optional(v.picklist(['system', 'image', 'file']))
});
export type MessageRow = v.InferOutput<typeof MessageRow>;

/** The room itself. */
export const RoomRow = v.object({
	kind: v.literal('room'),
	id: uid,
	number: count,
	rev: count,
	name: v.string(),
	description: v.string(),
	private: v.boolean(),
	owner: uid,
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
	card: Card
});
export type MemberRow = v.InferOutput<typeof MemberRow>;

/** In a person's feed: a room that the person is in, or no longer. */
export const PlaceRow = v.object({
	kind: v.literal('place'),
	/** the room */
	id: uid,
	rev: count,
	state: v.picklist(['in', 'out']),
	why: v.optional(v.picklist(['left', 'removed', 'deleted']))
});
export type PlaceRow = v.InferOutput<typeof PlaceRow>;

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

/** In the lobby: a room that can be found. */
export const ListingRow = v.object({
	kind: v.literal('listing'),
	/** the room */
	id: uid,
	number: count,
	rev: count,
	name: v.string(),
	description: v.string(),
	private: v.boolean(),
	deleted: v.optional(v.literal(true))
});
export type ListingRow = v.InferOutput<typeof ListingRow>;

export const Row = v.variant('kind', [
	MessageRow,
	RoomRow,
	MemberRow,
	PlaceRow,
	ReadRow,
	ListingRow
]);
export type Row = v.InferOutput<typeof Row>;

/** What kind of thing a stream is. */
export type StreamKind = 'room' | 'feed' | 'lobby';
