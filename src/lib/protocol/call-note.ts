/** What the log keeps of a call. */
import * as v from 'valibot';
import { millis, uid } from './scalars.ts';

/**
 * How a call ended. In a conversation of two: "missed" (nobody answered in time), "cancelled" (whoever called gave up),
 * "declined", "failed" (answered, but no connection came about). Everywhere: "done", "lost" (the server went away and
 * nobody came back).
 */
export const CallEnd = v.picklist(['done', 'missed', 'declined', 'cancelled', 'failed', 'lost']);
export type CallEnd = v.InferOutput<typeof CallEnd>;

/** A call as its message tells it. Its author is who started it, its `at` when. Times are the server's. */
export const CallNote = v.object({
	/** begun with a camera */
	video: v.optional(v.literal(true)),
	/** somebody else joined first at this time; a call lasted `ended - answered` */
	answered: v.optional(millis),
	/** absent: it is going on */
	ended: v.optional(millis),
	end: v.optional(CallEnd),
	/** who took part, by joining; at most LIMITS.callPeople */
	people: v.optional(v.array(uid))
});
export type CallNote = v.InferOutput<typeof CallNote>;

/** Whether who was called should hear of it as of something unread. */
export function isMissed({ end }: CallNote): boolean {
	return end === 'missed' || end === 'cancelled';
}
