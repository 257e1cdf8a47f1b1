/**
 * What the domain needs of a database: whole acts, never queries. Rules are not in here: the store
 * loads facts, asks `decide` (pure), and writes the effects, all inside one transaction.
 */
import type { Card, Role } from '../../src/lib/protocol/change.ts';
import type { AmendAnswer, Frame, HistoryAnswer, PullAnswer } from '../../src/lib/protocol/down.ts';
import type { PersonId, RoomId, StreamId } from '../../src/lib/protocol/ids.ts';
import type { Refusal } from '../../src/lib/protocol/refusal.ts';
import type { Act, AmendRequest, HistoryRequest, PullRequest } from '../../src/lib/protocol/up.ts';
import type { AccountView, Credentials, NewPerson } from './ports.ts';

/** A membership, see the table `span`. */
export interface Span {
	room: RoomId;
	person: PersonId;
	role: Role;
	from: number;
	visible: number;
	to: number | null;
	read: number;
}

export interface StoredRoom {
	id: RoomId;
	name: string;
	description: string;
	passwordHash: string | null;
	owner: PersonId;
	deleted: boolean;
}

export interface StoredMessage {
	id: string;
	room: RoomId;
	author: PersonId;
	seq: number;
	rev: number;
	digest: string | null;
	deleted: boolean;
}

/** How an act under this id ended before. */
export interface StoredOp {
	person: PersonId;
	digest: string;
	result: OpResult;
}
export type OpResult = { stream: StreamId; seq: number } | { refusal: Refusal };

/** Everything a decision may depend on, read under the lock of the act's room. */
export interface Facts {
	op: StoredOp | null;
	/** the message under the act's own id (post), or the one that the act is about */
	message: StoredMessage | null;
	/** a message stands under the id of an act that is not a message */
	idIsMessage: boolean;
	room: StoredRoom | null;
	/** the actor's membership */
	span: Span | null;
	/** head of the room's stream */
	head: number;
	/** the membership of the person that the act is about */
	other: Span | null;
	/** the id wanted for a new room is another stream's */
	streamTaken: boolean;
	/** the wanted room name belongs to another room */
	nameTaken: boolean;
	/** who takes over when the owner goes: the longest-standing other member; asked for by leave and join */
	heir: PersonId | null;
}

/** An act that has been parsed and whose slow work (hashing) is done. */
export interface Prepared {
	person: PersonId;
	device: string;
	act: Act;
	/** SHA-256 (base64) of what the act says, without id and device time */
	digest: string;
	/** hash of the password the act sets, or the room's hash that the act's password was found to match */
	secret: string | null;
}

/** One thing that changes. Each effect is one change in each stream that it touches. */
export type Effect =
	| { do: 'message.insert'; room: RoomId; body: string; reply: string | null; sent: number }
	| { do: 'message.edit'; room: RoomId; message: string; body: string }
	| { do: 'message.empty'; room: RoomId; message: string }
	| {
			do: 'room.insert';
			room: RoomId;
			name: string;
			description: string;
			passwordHash: string | null;
	  }
	| { do: 'room.update'; room: RoomId; name?: string; description?: string; owner?: PersonId }
	| { do: 'span.open'; room: RoomId; person: PersonId; role: Role }
	| { do: 'span.role'; room: RoomId; person: PersonId; role: Role }
	| { do: 'span.close'; room: RoomId; person: PersonId; why: 'left' | 'removed' | 'deleted' }
	| { do: 'read'; room: RoomId; person: PersonId; upto: number };

/** What is to happen. "repeat" has happened before; "stale" means the slow work has to be done again. */
export type Decision =
	| { is: 'accept'; stream: StreamId; effects: Effect[] }
	| { is: 'repeat'; stream: StreamId; seq: number }
	| { is: 'refuse'; refusal: Refusal; record: boolean }
	| { is: 'stale' };

export type Decide = (act: Prepared, facts: Facts) => Decision;

/** How one act of a commit ended. */
export type Outcome =
	| { is: 'accepted'; stream: StreamId; seq: number; rows: Frame['rows'] }
	| { is: 'refused'; refusal: Refusal; rows: Frame['rows'] }
	| { is: 'stale' }
	/** the store failed at this act; nothing of it was written */
	| { is: 'fault'; fault: unknown };

/** A person came into or went out of a room's stream. */
export interface Move {
	person: PersonId;
	room: RoomId;
	in: boolean;
}

/** What one commit did; to be told only now that it is durable. */
export interface Committed {
	outcomes: Outcome[];
	moves: Move[];
	frames: Frame[];
}

/** Where a stream stands. */
export interface Head {
	stream: StreamId;
	kind: 'room' | 'feed' | 'lobby';
	head: number;
	hash: string;
}

/** The database will not write: `full` may pass by itself, `broken` must end the process. */
export class StorageFault extends Error {
	readonly reason: 'full' | 'broken';
	constructor(reason: 'full' | 'broken', cause: unknown) {
		super(`storage ${reason}`, { cause });
		this.name = 'StorageFault';
		this.reason = reason;
	}
}

/** Part of a stream that one person may see, or null. */
export type Sight = { visible: number; upto: number } | null;

export interface Store {
	/** uuid and generation of this database. */
	instance(): { id: string; generation: number };
	/**
	 * Decides and writes all acts in one durable commit, in order; each by itself, so that a refusal
	 * of one costs only that one. Rejects with StorageFault, and then nothing was written.
	 */
	commit(acts: Prepared[], decide: Decide, now: number): Promise<Committed>;
	/** Makes the room that every new account joins, unless there is one; owner is the server itself. */
	ensureRoom(name: string, description: string, now: number): Promise<RoomId>;
	/** Makes an account with its feed and its place in `room`. */
	register(
		person: NewPerson & { id: PersonId; nameKey: string; emailKey: string },
		room: RoomId,
		now: number
	): Promise<{ committed: Committed } | { taken: 'name' | 'email' }>;

	/** How an act under this id ended, for skipping slow work on a repeat. */
	op(id: string): Promise<StoredOp | null>;
	room(id: RoomId): Promise<StoredRoom | null>;
	span(room: RoomId, person: PersonId): Promise<Span | null>;
	credentials(key: { nameKey: string } | { emailKey: string }): Promise<Credentials | null>;
	account(person: PersonId): Promise<AccountView | null>;
	card(person: PersonId): Promise<Card | null>;
	members(room: RoomId): Promise<PersonId[]>;
	/** The person's feed, the lobby, and every room the person is in. */
	heads(person: PersonId): Promise<Head[]>;
	/**
	 * What came after the cursors. Right to see, cursor check, rows and head of all streams belong
	 * to one moment, so that nothing read before a removal is answered after it (promise 11).
	 */
	pull(person: PersonId, ask: PullRequest): Promise<PullAnswer>;
	/** Messages of a hole, checked and read at one moment. */
	history(person: PersonId, ask: HistoryRequest): Promise<HistoryAnswer>;
	/** What changed among rows that are held, checked and read at one moment. */
	amend(person: PersonId, ask: AmendRequest): Promise<AmendAnswer>;
}
