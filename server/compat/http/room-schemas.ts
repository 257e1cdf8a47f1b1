/** What all calls about rooms share. */
import * as v from 'valibot';

/** The heading of these calls in the documents. */
export const ROOMS_TAG = 'Rooms';

/** The parameter of paths that name a room. */
export const RoomKey = v.object({
	room: v.pipe(v.string(), v.description('The id of a room; or its name, where that is no id'))
});

export const optionalText = v.optional(v.nullable(v.pipe(v.string(), v.maxLength(4_000))));
