/** What one window knows of calls: what rings, and the one it is in. */
import type { CallRequest, CallState, Ring } from '../../protocol/calls.ts';
import type { Card } from '../../protocol/change.ts';
import type { CallEnd } from '../../protocol/call-note.ts';
import type { RoomId } from '../../protocol/ids.ts';
import type { RefusalCode } from '../../protocol/refusal.ts';

/** Somebody calls. */
interface Ringing {
	ring: Ring;
	/** elapsed ms after which it rings no more, whatever the clocks say by then */
	endsAt: number;
}

/** The way to one other device of the call. */
export interface PeerHealth {
	device: string;
	card: Card;
	/** whether the server has named it since it let this device in last */
	known: boolean;
	/** elapsed ms at which it was first wanted */
	since: number;
	/** elapsed ms up to which what came last counts as being heard; null: nothing has ever come */
	goodUntil: number | null;
	/** elapsed ms at which something came last */
	heardAt: number | null;
	/** its page was closed */
	gone: boolean;
	/** the server was told that nothing comes */
	failed: boolean;
}

/**
 * asking: the browser is asked for microphone and camera; nothing is sent.
 * calling: nobody else is in it yet. connecting: somebody is, and nothing has come from them.
 * in: something comes. cut: from nobody any more.
 */
type CallPhase = 'asking' | 'calling' | 'connecting' | 'in' | 'cut';

/** The call that this window is in. */
export interface OwnCall {
	call: string;
	room: RoomId;
	/** with a camera from the start */
	video: boolean;
	/** whether this person began it; else it is answered or joined */
	outgoing: boolean;
	phase: CallPhase;
	/** whether the server has let this device in */
	accepted: boolean;
	/** as the server told it last */
	state: CallState | null;
	peers: PeerHealth[];
	/** elapsed ms at which this phase began */
	since: number;
	/** elapsed ms at which what is called stops to ring here, too; null: nobody is being called */
	endsAt: number | null;
	/** elapsed ms at which the server was last told that this device is in it */
	aliveAt: number;
	/** elapsed ms up to which others may be missing in what the server says: it has just come back, and they with it */
	gatheringUntil: number;
	/** whether the server has said that this device is in it, since it came back */
	isTold: boolean;
	/** elapsed ms since when the server is away; null: it is there */
	unlinkedAt: number | null;
}

/** Why a call is over here. */
export type OverReason =
	CallEnd | 'moved' | 'removed' | 'elsewhere' | 'unreachable' | { refused: RefusalCode };

/** What is said for a moment of a call that is over. */
export interface Over {
	call: string;
	room: RoomId;
	why: OverReason;
	/** elapsed ms after which it need not be said any more */
	endsAt: number;
}

export interface CallModel {
	rings: Ringing[];
	own: OwnCall | null;
	over: Over | null;
	/** left while the server was away: it is told when it is back */
	untold: { call: string; at: number } | null;
	/** whether the server is there */
	linked: boolean;
}

export const NO_CALLS: CallModel = {
	rings: [],
	own: null,
	over: null,
	untold: null,
	linked: false
};

/** This device. */
export interface Me {
	person: string;
	device: string;
}

/** Now, by both clocks: the server's as far as known, and one that only grows (ms). */
export interface Now {
	server: number;
	elapsed: number;
}

/** What happens. */
export type CallInput =
	/** the person calls */
	| { is: 'start'; call: string; room: RoomId; video: boolean }
	/** the person answers, or takes part in what goes on */
	| { is: 'join'; call: string; room: RoomId; video: boolean }
	/** microphone and camera are decided, and the server is there */
	| { is: 'ready' }
	| { is: 'not-ready'; why: OverReason }
	| { is: 'hang-up' }
	| { is: 'decline'; call: string }
	| { is: 'ring'; ring: Ring }
	| {
			is: 'unring';
			call: string;
			why: 'answered' | 'declined' | 'cancelled' | 'missed' | 'over';
			here: boolean;
	  }
	| { is: 'state'; state: CallState }
	/** the answer to start or join; null: there is no such call any more */
	| { is: 'let-in'; state: CallState | null }
	/** the server said no to it, or could not be asked */
	| { is: 'refused'; why: OverReason }
	| { is: 'linked' }
	| { is: 'unlinked' }
	/** something came from a device; it is good for so many ms */
	| { is: 'heard'; device: string; goodFor: number }
	/** a device has hung up, or its page was closed */
	| { is: 'gone'; device: string }
	| { is: 'tick' };

/** What is to be done, in this order. Asked is now or never. */
export type CallEffect =
	| { do: 'prepare'; video: boolean }
	| { do: 'ask'; request: CallRequest }
	/** devices are let go and links closed */
	| { do: 'release' };

export interface Step {
	model: CallModel;
	effects: CallEffect[];
}

/** ms without anything from somebody after which that is said (V17). */
export const SILENT_AFTER = 2_000;

/** For how long nothing has come from a device (ms); 0: it is heard; null: nothing has ever come. */
export function silence(peer: PeerHealth, elapsed: number): number | null {
	if (peer.goodUntil === null) return null;
	return elapsed <= peer.goodUntil ? 0 : elapsed - (peer.heardAt ?? elapsed);
}
