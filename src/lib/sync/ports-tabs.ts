/** What the tabs of one device need of one another: who leads, what they say, and how the connection stands. */
import type { CallState, Ring, Signal, Unring } from '../protocol/calls.ts';
import type { Presence, Typing } from '../protocol/down.ts';
import type { ActId, RoomId } from '../protocol/ids.ts';

/** One leader among all tabs and the worker of an account. */
export interface Lock {
	/**
	 * Waits for leadership, then calls `lead` with a signal that aborts when leadership is lost, and
	 * gives it up when the promise of `lead` ends. Resolves when leadership has ended or `stop` aborted.
	 */
	hold(lead: (lost: AbortSignal) => Promise<void>, stop: AbortSignal): Promise<void>;
	/** Runs `once` only if nobody leads; answers whether it ran. */
	ifFree(once: () => Promise<void>): Promise<boolean>;
	/** Takes leadership away from a leader that no longer answers. */
	steal(lead: (lost: AbortSignal) => Promise<void>, stop: AbortSignal): Promise<void>;
}

/** Messages between the tabs of one account; nothing is stored and nothing is promised. */
export interface Channel {
	post(message: TabMessage): void;
	/** Does not hear its own. The answer ends it. */
	listen(heard: (message: TabMessage) => void): () => void;
	close(): void;
}

/** What tabs tell one another. `tab` is a random id of the tab. */
export type TabMessage =
	/** the leader lives; also its state, every 3 s and on every change */
	| { type: 'leader'; tab: string; status: LinkStatus }
	/** what a tab wants of the leader; sent on every change and when a new leader appears */
	| { type: 'interests'; tab: string; interests: TabInterests }
	/** the tab is going */
	| { type: 'bye'; tab: string }
	| { type: 'presence'; presence: Presence }
	| { type: 'typing'; typing: Typing }
	/** what the server says of calls by itself; signals are for the tab alone that leads */
	| { type: 'call'; event: CallEvent }
	/** the tab is in a call, said again and again while it is; null: it is in none any more */
	| { type: 'in-call'; tab: string; call: TabCall | null }
	/** tabs that are in a call are asked to say so */
	| { type: 'who-calls' }
	/** the server has taken these acts; said before they leave the outbox */
	| { type: 'accepted'; ids: ActId[] }
	/** the account was signed out or wiped: close everything, show the door */
	| { type: 'signed-out' };

/** What the server says of calls by itself. */
export type CallEvent =
	| { is: 'ring'; ring: Ring }
	| { is: 'unring'; unring: Unring }
	| { is: 'state'; state: CallState }
	| { is: 'signal'; signal: Signal };

/** The call that a tab is in, for the other ones. */
export interface TabCall {
	call: string;
	room: RoomId;
}

/** A piece of history to be fetched: messages of a hole, those with `after < seq < before`. */
export interface FetchRequest {
	room: RoomId;
	after: number;
	before: number;
	/** the end of the hole at which the reader is */
	end: 'top' | 'bottom';
}

/** What one tab wants of the leader. */
export interface TabInterests {
	/** the room on screen in a visible window */
	room: RoomId | null;
	/** whether who of the friends is online is on screen */
	friends?: boolean;
	/** the room in which the person is typing */
	typing: RoomId | null;
	/** a hole the reader has reached */
	fetch: FetchRequest | null;
	/** raised to ask for an immediate new attempt ("Try now", focus, online) */
	retryNow: number;
}

/** The truth about the connection, as the line on screen says it. */
export interface LinkStatus {
	link:
		| 'starting'
		/** the browser says there is no network, and the server does not answer */
		| 'offline'
		| 'unreachable'
		| 'captive'
		| 'connecting'
		| 'catching-up'
		| 'live'
		/** live, but by asking every few seconds because WebSocket is blocked */
		| 'polling'
		| 'signed-out'
		| 'update-required';
	/** device time in ms of the next attempt, where one is planned */
	retryAt: number | null;
	/** acts handed to the network and not answered */
	sending: ActId[];
	/** server time minus device time in ms, as of the last answer about the heads */
	clockOffset: number;
}
