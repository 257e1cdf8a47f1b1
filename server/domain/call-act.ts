/** What becomes of calls in the log. Devices cannot ask for it: the server makes these acts of what happens in a call. */
import type { CallEnd, CallNote } from '../../src/lib/protocol/call-note.ts';
import type { MessageId, PersonId, RoomId } from '../../src/lib/protocol/ids.ts';

/** One act about a call, without what every act has. Who acts is who started the call, or joined it. */
export type CallDraft =
	/** its id is that of the call and of its message */
	| { kind: 'call.begin'; id: MessageId; room: RoomId; video: boolean }
	/** somebody has joined. `answered`: ms, at the first one besides who started it; `people`: by joining */
	| {
			kind: 'call.note';
			room: RoomId;
			message: MessageId;
			answered?: number;
			people: PersonId[];
	  }
	/** `ended`: ms; `people`: absent: as they are noted */
	| {
			kind: 'call.end';
			room: RoomId;
			message: MessageId;
			end: CallEnd;
			ended: number;
			people?: PersonId[];
	  };

export type CallAct = CallDraft & { id: string; at: number };

/** A call that has not ended, as the log has it. */
export interface StandingCall {
	id: MessageId;
	room: RoomId;
	/** who started it */
	author: PersonId;
	/** when, ms */
	at: number;
	note: CallNote;
}

/** The same, with what a server that starts needs of it. */
export interface OpenCall extends StandingCall {
	direct: boolean;
	/** when somebody was known to be in it, ms */
	alive: number;
}

/** Somebody who may be called in a room, with what decides whether it rings. */
export interface Callee {
	person: PersonId;
	/** JSON of the preferences "level:<room>", "quiet" and "calls-from"; empty when not chosen */
	level: string;
	quiet: string;
	callsFrom: string;
	/** of whoever calls */
	isFriend: boolean;
	/** there is a block between the two, either way */
	isBlocked: boolean;
}

/** What is kept of calls beside the log. */
export interface CallStore {
	/** Every call that has not ended. */
	openCalls(): Promise<OpenCall[]>;
	/** Notes that somebody is in these calls (ms). */
	noteAlive(calls: readonly MessageId[], at: number): Promise<void>;
	/** Members of a room besides one, up to `limit`. */
	callees(room: RoomId, caller: PersonId, limit: number): Promise<Callee[]>;
}
