/** What a push carries, encrypted for one browser (RFC 8291). */
import * as v from 'valibot';
import { count, millis, uid } from './scalars.ts';
import { Frame } from './down.ts';

/** Bytes of a payload that every push service takes (RFC 8030 asks for 4,096, with the encryption's own part). */
export const PUSH_MAX = 3_800;

/** A call that rings, or rang, on a device with no page open. */
const PushedCall = v.object({
	id: uid,
	/** server time after which nothing rings: who hears of it later has missed it */
	until: millis,
	/** server time at which it was sent; absent in notes of an older release */
	now: v.optional(millis),
	video: v.boolean(),
	/** it does not ring any more, and why */
	over: v.optional(v.picklist(['answered', 'declined', 'cancelled', 'missed', 'over']))
});

export type PushedCall = v.InferOutput<typeof PushedCall>;

export const PushNote = v.object({
	/** the form of this note */
	v: v.literal(1),
	/** whom it is for; absent in notes of an older release */
	to: v.optional(v.string()),
	/** the room; empty in a test */
	room: v.string(),
	/** messages since the last push about this room */
	count,
	/** unread messages over all rooms */
	badge: count,
	/** name of the room; empty in a direct conversation */
	title: v.string(),
	direct: v.boolean(),
	/** who says it */
	author: v.string(),
	/** path of the author's picture */
	icon: v.optional(v.string()),
	/** what is said, cut; empty where the preview is off */
	text: v.string(),
	/** files that the message carries */
	files: v.optional(count),
	/** the message */
	id: v.string(),
	seq: count,
	/** of the message, as of which the words are */
	rev: v.optional(count),
	/** the message was told before, and has been changed or taken back since */
	changed: v.optional(v.literal(true)),
	at: millis,
	/** it is a call; who does not know of calls is told of it as of a message, or to look anew */
	call: v.optional(PushedCall),
	/** what a connected device would have got, if it fits: it is stored before the note is shown */
	frame: v.optional(Frame),
	/** the person asked to see whether it works */
	test: v.optional(v.boolean())
});
export type PushNote = v.InferOutput<typeof PushNote>;

/** PUT /api/push/subscription */
export const SubscriptionBody = v.object({
	endpoint: v.pipe(v.string(), v.maxLength(1_000)),
	keys: v.object({
		p256dh: v.pipe(v.string(), v.regex(/^[\w-]{80,100}=*$/)),
		auth: v.pipe(v.string(), v.regex(/^[\w-]{20,30}=*$/))
	})
});
export type SubscriptionBody = v.InferOutput<typeof SubscriptionBody>;

/** GET /api/push: the server's key, and whether this session has a subscription. */
export const PushState = v.object({ key: v.string(), subscribed: v.boolean() });
export type PushState = v.InferOutput<typeof PushState>;
