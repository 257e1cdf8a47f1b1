/** Finding messages: what is asked, of the device itself or of the server, and what the server answers. */
import * as v from 'valibot';
import { Card, MessageRow } from './change.ts';
import { count, millis, uid } from './scalars.ts';

/** UTF-16 units of what is typed; more is not read (src/lib/search/query.ts). */
const QUERY_MAX = 200;
/** Messages of one answer, and rooms that a search can be bounded to. */
const RESULTS_MAX = 50;
const ROOMS_MAX = 200;

/** Which messages are wanted: all that is given must hold. Without words (query "") something else has to be given (src/lib/search/empty-search.ts). */
export const SearchRequest = v.object({
	/** as it was typed */
	query: v.pipe(v.string(), v.maxLength(QUERY_MAX)),
	/** said in one of these; those that one is not in find nothing */
	rooms: v.optional(v.pipe(v.array(uid), v.minLength(1), v.maxLength(ROOMS_MAX))),
	/** said in a conversation of two */
	direct: v.optional(v.literal(true)),
	/** said by */
	author: v.optional(uid),
	/** said at this moment or later, and before this one (ms, server time) */
	after: v.optional(millis),
	before: v.optional(millis),
	/** with a file */
	hasFile: v.optional(v.literal(true)),
	/** goes on with an earlier answer: its `next` */
	below: v.optional(count),
	limit: v.pipe(count, v.minValue(1), v.maxValue(RESULTS_MAX))
});
export type SearchRequest = v.InferOutput<typeof SearchRequest>;

/** Messages found, the latest first, with the cards of their authors. */
export const SearchAnswer = v.object({
	rows: v.array(MessageRow),
	cards: v.array(Card),
	/** where to go on; null: this was all */
	next: v.nullable(count),
	/** false: the time was up before everything had been looked at; going on at `next` finds more, and where that is null asking again does */
	complete: v.boolean()
});
export type SearchAnswer = v.InferOutput<typeof SearchAnswer>;

/** Moments of one question: the days of a month, and the one after it, in any calendar. */
const MOMENTS_MAX = 40;

/** Where in a room do these moments lie? For jumping to a date, and for a calendar. */
export const MomentsRequest = v.object({
	room: uid,
	/** ms, server time, ascending */
	times: v.pipe(
		v.array(millis),
		v.minLength(1),
		v.maxLength(MOMENTS_MAX),
		v.check((times) => times.every((time, i) => i === 0 || time >= times[i - 1]!))
	)
});
export type MomentsRequest = v.InferOutput<typeof MomentsRequest>;
export const MomentsAnswer = v.object({
	/** for each of them the seq of the first message at or after it that the person may see; null: there is none */
	seqs: v.array(v.nullable(count))
});
export type MomentsAnswer = v.InferOutput<typeof MomentsAnswer>;
