/**
 * What the sync engine needs from the world. Everything in this folder runs in Node without a
 * browser; each port has one contract suite (tests/contract) that every implementation passes.
 */
import type {
	Card,
	Cursor,
	MessageRow,
	Role,
	RoomRow,
	Row,
	StreamKind
} from '../protocol/change.ts';
import type { DisconnectReason, Frame, Presence, Typing } from '../protocol/down.ts';
import type { Answer, RequestName, Requests } from '../protocol/events.ts';
import type { ActId, MessageId, RoomId, StreamId } from '../protocol/ids.ts';
import type { Refusal } from '../protocol/refusal.ts';
import type { Act, WatchRequest, TypingRequest } from '../protocol/up.ts';
import type { CallEvent } from './ports-tabs.ts';
export type * from './ports-tabs.ts';

/* ---------------------------------------------------------------- time and chance */

/** Real time in the browser, virtual time in the simulator. */
export interface Clock {
	/** ms since the epoch, as this machine believes; may jump. Never orders anything. */
	now(): number;
	/** ms that only ever grow, for measuring how long something took. */
	elapsed(): number;
	/** Calls `run` once after `ms`; the answer cancels it. */
	after(ms: number, run: () => void): () => void;
}

/** Chance: crypto in the browser, a seed in the simulator. */
export interface Random {
	/** A number from 0 (inclusive) to 1 (exclusive). */
	next(): number;
	/** `count` random bytes. */
	bytes(count: number): Uint8Array;
}

/* ---------------------------------------------------------------- what a device keeps */

/** Messages with `from <= seq <= to` are all held. `asOf` is null when they follow the cursor, else the change as of which they are known. */
export interface Range {
	from: number;
	to: number;
	asOf: number | null;
}

/** The newest message of a room, for the list of rooms. */
export type LastMessage = Pick<
	MessageRow,
	'id' | 'seq' | 'rev' | 'author' | 'body' | 'files' | 'at' | 'deleted' | 'type' | 'system' | 'call'
>;

/**
 * All that a device knows about one stream as a whole. Ranges are ascending, disjoint and not
 * adjacent with equal `asOf`; a range with `asOf: null` that reaches the cursor is the last one.
 */
export interface StreamState {
	id: StreamId;
	kind: StreamKind;
	/** raised by one with every commit; a commit that expects another one is refused (compare-and-set) */
	version: number;
	/** raised whenever the stream's rows were thrown away, so that late answers are recognised */
	epoch: number;
	/** null: nothing known yet */
	cursor: Cursor | null;
	ranges: Range[];
	/** like Range.asOf, for rows that are not messages; 0 when none was fetched yet */
	nonMessageAsOf: number | null;
	/**
	 * Own messages whose answer came before the log brought them. `old` ones were answered on an
	 * earlier link: if the log does not bring them, the server's past is another one.
	 */
	unconfirmed?: { id: MessageId; rev: number; old: boolean }[];
	/** whether the device has once been up to date with the server's head since the last skip to the newest page or reset */
	ready: boolean;
	/* the rest is for rooms only */
	room: RoomRow | null;
	role: Role | null;
	/** seq up to which the person has read, on any device or on this one */
	read: number;
	/** unread messages of others: counted here when the device holds all after `read`, else by the server */
	unread: number;
	/** how many of them mention the person */
	mentioned: number;
	unreadBy: 'device' | 'server';
	last: LastMessage | null;
}

/** How the unread count moves with a commit. "recount": count rows with seq > read that count (isCounted), not mine. */
export type UnreadChange =
	{ add: number; mentions: number } | { set: number; mentions: number } | 'recount' | null;

/** One stream's part of a commit. */
export interface StreamChange {
	id: StreamId;
	/** the version the change was made for; 0 for a stream not yet known */
	expect: number;
	/** what the stream becomes (the store sets `unread` by `unread` below); null forgets it with all its rows */
	next: StreamState | null;
	/** throw away all rows of the stream before writing */
	wipe: boolean;
	/** throw away message rows outside `next.ranges` below this seq (trimming) */
	trimBelow?: number;
	rows: Row[];
	/** true: none of these rows can be held in a newer form, write without looking */
	skipMerge: boolean;
	cards: Card[];
	unread: UnreadChange;
}

/**
 * The cache: everything that can be fetched again. One IndexedDB database per account.
 * Every method rejects with StoreError when the browser refuses.
 */
export interface LocalStore {
	/** All streams known. */
	streams(): Promise<StreamState[]>;
	/**
	 * Writes all changes or none, in one transaction. Rows are merged by the larger `rev` (cards by
	 * the larger `v`), except skipMerge ones. Answers the states as written, or null, with nothing
	 * written, when any `expect` is not the stored version.
	 * @param me the person, for counting unread
	 */
	commit(changes: StreamChange[], me: string): Promise<StreamState[] | null>;
	/** Whether the cache holds this message, and if so its row. */
	message(id: MessageId): Promise<MessageRow | null>;
	/** Messages of a room with `from <= seq <= to`, ascending seq; at most `limit`, counted from `end`. */
	messages(
		room: RoomId,
		from: number,
		to: number,
		limit: number,
		end: 'top' | 'bottom'
	): Promise<MessageRow[]>;
	/**
	 * Calls back when something kept turned out to be damaged, in whichever tab: it was thrown away, and the
	 * states of its streams say what is to be fetched anew. The answer ends it.
	 */
	watchRepairs(changed: () => void): () => void;
	/** Ends all use; the store cannot be used afterwards. */
	close(): void;
}

/** One act waiting in the outbox. */
export interface OutboxRow {
	/** the order in which acts were done on this device; set by the store */
	order: number;
	id: ActId;
	/** acts of one lane are sent one after the other: the room's id, or the person's own (the feed) */
	lane: StreamId;
	act: Act;
	/** "refused" waits for the person; everything else is still to be sent */
	state: 'queued' | 'refused';
	/** why it was refused */
	refusal: Refusal | null;
	/** device time in ms when the act was done */
	at: number;
	/** times it was handed to the network; 0: it may still be replaced or removed without the server's knowing */
	tries: number;
}

/** A text not yet sent, per conversation, as this device has it. */
export interface Draft {
	room: RoomId;
	body: string;
	/** the message it answers */
	reply?: MessageId;
	/** rev of the shared draft that it builds on; 0 or absent: none */
	base?: number;
	/** what was last handed over to the person's other devices; absent: nothing */
	sent?: string;
	/** written in another tab at the same time, and not yet settled by the person */
	other?: string;
	/** device time in ms */
	at: number;
}

/** What becomes of an outbox row. */
export type Settlement =
	/**
	 * Answered. If the row was rewritten after `sent` had been handed to the network, it becomes an
	 * edit under the id `edit` instead, so that the newer text is not lost.
	 */
	| { id: ActId; to: 'gone'; sent?: Act; edit?: ActId }
	| { id: ActId; to: 'refused'; refusal: Refusal }
	/** takes the row's place in its lane under a new id (an edit that came too late for the queue) */
	| { id: ActId; to: 'replaced'; act: Act };

/** What cannot be fetched again: its own small database with strict durability, one per account. */
export interface OutboxStore {
	/**
	 * Resolves only once the act is durable. `replaces` removes these rows in the same transaction, and a
	 * message takes the draft away that it was (complaint 7: no moment in which both, or neither, are there).
	 * @param picked draft files (see `DraftFiles`) that go with it: they become files on their way in the same
	 * transaction. Rejects with "gone", and nothing was done, when one is not there any more.
	 */
	add(
		act: Act,
		lane: RoomId,
		at: number,
		replaces?: ActId[],
		picked?: readonly string[]
	): Promise<OutboxRow>;
	/** All rows, ascending order. */
	all(): Promise<OutboxRow[]>;
	/**
	 * Puts another act in the place of one that is still there, keeping its place in the lane and
	 * its id; answers false when it is gone.
	 */
	rewrite(id: ActId, act: Act): Promise<boolean>;
	/** Moves a refused act to the end of its lane under a new id; answers false when it is gone. */
	renew(id: ActId, act: Act, at: number): Promise<boolean>;
	/**
	 * Removes an act the person no longer wants; answers whether it was removed.
	 * @param untried only if it was never handed to the network
	 */
	discard(id: ActId, untried?: boolean): Promise<boolean>;
	/** Counts an attempt for each id; answers the rows as they are now, ascending order, without those that are gone. */
	tried(ids: ActId[]): Promise<OutboxRow[]>;
	/** Applies all settlements in one transaction; ids that are gone are passed over. */
	settle(settlements: Settlement[]): Promise<void>;
	/** Calls back after any change, made by whichever tab or worker; the answer ends it. */
	watch(changed: () => void): () => void;
	draft(room: RoomId): Promise<Draft | null>;
	/** An empty body removes the draft. */
	saveDraft(draft: Draft): Promise<void>;
	close(): void;
}

/** Why nothing was stored or read: `full` when there is no room, `gone` when what was to be written about is not there. */
type StoreFault = 'full' | 'closed' | 'blocked' | 'broken' | 'gone';

/** The browser would not store or read. Nothing was written. */
export class StoreError extends Error {
	readonly reason: StoreFault;
	constructor(reason: StoreFault, cause?: unknown) {
		super(`local store: ${reason}`, { cause });
		this.name = 'StoreError';
		this.reason = reason;
	}
}

/* ---------------------------------------------------------------- the network */

/** Why there is no link. "refused" comes with what the server said. */
export type LinkFault =
	| { kind: 'unreachable' }
	/** something answered, but not our server: a sign-in page of a hotel, a proxy's error page */
	| { kind: 'captive' }
	| { kind: 'refused'; refusal: Refusal };

export class LinkError extends Error {
	readonly fault: LinkFault;
	constructor(fault: LinkFault, cause?: unknown) {
		super(`link: ${fault.kind}`, { cause });
		this.name = 'LinkError';
		this.fault = fault;
	}
}

/** What a link calls by itself. */
export interface LinkEvents {
	frame(frame: Frame): void;
	presence(presence: Presence): void;
	typing(typing: Typing): void;
	call(event: CallEvent): void;
	/** The server ends it for good. */
	disconnectReason(disconnectReason: DisconnectReason): void;
	/** The link is dead; called at most once, never after close(). */
	down(fault: LinkFault): void;
}

/** One connection. */
export interface Link {
	/** whether frames come by themselves; a link without them has to be asked from time to time */
	readonly live: boolean;
	/** Asks and waits for the answer. Rejects with LinkError after LIMITS.requestDeadline or when the link dies. */
	ask<N extends RequestName>(name: N, ask: Requests[N]['ask']): Promise<Answer<N>>;
	watch(ask: WatchRequest): void;
	typing(ask: TypingRequest): void;
	/** Ends the link; pending asks reject. */
	close(): void;
}

/** A way to the server. Makes one attempt per call and never tries again by itself. */
export interface Transport {
	/** Rejects with LinkError. */
	connect(events: LinkEvents): Promise<Link>;
}
