/**
 * Calls. A call is one message of its room (a system message with a `call` note), written by the server alone;
 * everything that is live travels beside the log, is never queued and never repeated after its time.
 * docs/protocol.md, "Calls".
 */
import * as v from 'valibot';
import { Card } from './change.ts';
import { CallEnd } from './call-note.ts';
import { LIMITS } from './limits.ts';
import { count, millis, uid, uid7 } from './scalars.ts';

const call = uid7;

/**
 * What a device asks about a call, acknowledged with a CallAnswer.
 * start: calls everybody of a direct conversation (or opens a call in a room). If one stands there, joins it.
 * join: answers, or takes part; with `again` after the link to the server was lost.
 * leave: hangs up, or cancels before anybody answered; `at` if it was some time ago (server time).
 * decline: "not now", for all devices of the person.
 * rings: this device has begun to ring.
 * ice: servers for the media's way anew.
 * alive: still in it; `with` are the devices from which something arrives.
 * failed: no connection to this device came about.
 */
export const CallRequest = v.variant('do', [
	v.object({ do: v.literal('start'), call, room: uid, video: v.boolean() }),
	v.object({
		do: v.literal('join'),
		call,
		room: uid,
		video: v.boolean(),
		again: v.optional(v.literal(true))
	}),
	v.object({ do: v.literal('leave'), call, at: v.optional(millis) }),
	v.object({ do: v.literal('decline'), call }),
	v.object({ do: v.literal('rings'), call }),
	v.object({ do: v.literal('ice'), call }),
	v.object({
		do: v.literal('alive'),
		call,
		with: v.pipe(v.array(uid), v.maxLength(LIMITS.callPeople))
	}),
	v.object({ do: v.literal('failed'), call, device: uid })
]);
export type CallRequest = v.InferOutput<typeof CallRequest>;

/** Somebody who is in a call, with the device that is. */
const Participant = v.object({
	person: Card,
	device: uid,
	/** since when (server time) */
	since: millis,
	/** the server has lost the device; media may go on */
	away: v.optional(v.literal(true))
});

/** How a call stands. Sent to those in it, and to devices that have its room on screen. */
export const CallState = v.object({
	call,
	room: uid,
	video: v.boolean(),
	/** server time at which it was started */
	begun: millis,
	/** when somebody else joined first */
	answered: v.optional(millis),
	/** it is over */
	ended: v.optional(v.object({ at: millis, end: CallEnd })),
	/** by joining */
	people: v.array(Participant),
	/** who is being called; `rings`: a device of theirs does; `busy`: they are in another call */
	rung: v.array(
		v.object({
			person: uid,
			rings: v.optional(v.literal(true)),
			busy: v.optional(v.literal(true))
		})
	),
	/** server time at which ringing ends */
	until: v.optional(millis),
	/** this device is not in it any more: the person went on with another one, or is out of the room */
	you: v.optional(v.picklist(['moved', 'removed']))
});
export type CallState = v.InferOutput<typeof CallState>;

/** A server that helps media to find its way (an RTCIceServer). */
export const IceServer = v.object({
	urls: v.array(v.string()),
	username: v.optional(v.string()),
	credential: v.optional(v.string())
});
export type IceServer = v.InferOutput<typeof IceServer>;

/** The answer to every CallRequest but for refusals. */
export const CallAnswer = v.object({
	/** null: it is over and nothing more is known */
	call: v.nullable(CallState),
	/** to start, join and ice */
	ice: v.optional(v.array(IceServer)),
	/** media may only take ways through a relay, so that nobody learns the other's address */
	relay: v.optional(v.literal(true))
});
export type CallAnswer = v.InferOutput<typeof CallAnswer>;

const sdp = v.pipe(v.string(), v.startsWith('v=0'), v.maxLength(LIMITS.signalBytes));
export const SessionDescription = v.object({ type: v.picklist(['offer', 'answer']), sdp });
export type SessionDescription = v.InferOutput<typeof SessionDescription>;
const Candidate = v.object({
	candidate: v.pipe(v.string(), v.maxLength(1_000)),
	sdpMid: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(16)))),
	sdpMLineIndex: v.optional(v.nullable(count)),
	usernameFragment: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(256))))
});

const signalBase = {
	call,
	/** which attempt of the two to find a way this belongs to; an older one is dropped */
	g: count,
	description: v.optional(SessionDescription),
	candidates: v.optional(v.pipe(v.array(Candidate), v.maxLength(LIMITS.candidatesPerSignal))),
	/** base64url of a SHA-256: the promise that words to compare are made from a number chosen before the other's was known */
	commit: v.optional(v.pipe(v.string(), v.maxLength(64))),
	/** base64url of that number */
	reveal: v.optional(v.pipe(v.string(), v.maxLength(64)))
};
/** What two devices in a call tell each other by the server so that their media finds a way. */
export const SignalRequest = v.object({ ...signalBase, to: uid });
export type SignalRequest = v.InferOutput<typeof SignalRequest>;
/** Whether the other device is connected; if not, it is to be waited for in a CallState. */
export const SignalAnswer = v.object({ delivered: v.boolean() });
export type SignalAnswer = v.InferOutput<typeof SignalAnswer>;
/** A signal as it arrives. */
export const Signal = v.object({
	...signalBase,
	from: v.object({ device: uid, person: uid })
});
export type Signal = v.InferOutput<typeof Signal>;

/** Somebody calls: to all devices of the person who is called. */
export const Ring = v.object({
	call,
	room: uid,
	by: Card,
	video: v.boolean(),
	/** server time after which nothing rings, whatever came late */
	until: millis
});
export type Ring = v.InferOutput<typeof Ring>;

/** Stop ringing. `here`: it was this device that answered or declined. */
export const Unring = v.object({
	call,
	why: v.picklist(['answered', 'declined', 'cancelled', 'missed', 'over']),
	here: v.boolean()
});
export type Unring = v.InferOutput<typeof Unring>;
