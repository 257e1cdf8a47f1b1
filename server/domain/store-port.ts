/**
 * What the domain needs of a database: whole acts, never queries. Rules are not in here: the store
 * loads facts, asks `decide` (pure), and writes the effects, all inside one transaction.
 */
import type { Call } from '../../src/lib/markup/mentions.ts';
import type {
	Card,
	ContactRow,
	FileCard,
	Mention,
	Origin,
	Reaction,
	Role
} from '../../src/lib/protocol/change.ts';
import type {
	RefreshAnswer,
	Frame,
	HistoryAnswer,
	Invited,
	PullAnswer
} from '../../src/lib/protocol/down.ts';
import type { PersonId, RoomId, StreamId } from '../../src/lib/protocol/ids.ts';
import type { CompareAnswer, CompareRequest } from '../../src/lib/protocol/compare.ts';
import type { MomentsAnswer, MomentsRequest } from '../../src/lib/protocol/search.ts';
import type { Refusal } from '../../src/lib/protocol/refusal.ts';
import type {
	Act,
	RefreshRequest,
	HistoryRequest,
	PullRequest
} from '../../src/lib/protocol/up.ts';
import type { AdminAct, AdminFacts } from './admin-act.ts';
import type { CallAct, CallStore, StandingCall } from './call-act.ts';
import type { Effect } from './effect.ts';
import type { Credentials, NewPerson, People, Picture } from './people-port.ts';

/** A membership, see the table `membership`. */
export interface Membership {
	room: RoomId;
	person: PersonId;
	role: Role;
	from: number;
	visible: number;
	to: number | null;
	read: number;
	/** what the others of a small room know of `read` */
	seen: number;
	banned: boolean;
	/** ms; 0 when not muted */
	mutedUntil: number;
}

export interface StoredRoom {
	id: RoomId;
	name: string;
	description: string;
	passwordHash: string | null;
	owner: PersonId;
	direct: boolean;
	/** seqs of the pinned messages, the latest pin first */
	pins: number[];
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
	/** a system message: nobody's to change */
	system: boolean;
	pinned: boolean;
	reactions: Reaction[];
	hasFiles: boolean;
	/** passes on what somebody said: not to be changed under their name */
	isForward: boolean;
}

/** A message to be passed on. */
export interface Source {
	body: string;
	origin: Origin;
	/** whether it can be passed on: seen by the actor, not recalled, no system message */
	free: boolean;
	deleted: boolean;
	files: FileCard[];
}

export interface StoredContact {
	state: ContactRow['state'];
	blocked: boolean;
}

/** Somebody else, as far as decisions need. */
export interface StoredPerson {
	id: PersonId;
	number: number;
	name: string;
	deleted: boolean;
}

export interface StoredInvite {
	id: string;
	room: RoomId;
	person: PersonId;
	expires: number | null;
	left: number | null;
	revoked: boolean;
	/** the membership of whoever made it; null, too, when that account is disabled or gone */
	maker: Membership | null;
}

export interface StoredDraft {
	rev: number;
	body: string;
	reply: string | null;
	other: string | null;
}

/** How an act under this id ended before. */
export interface StoredActResult {
	person: PersonId;
	digest: string;
	result: ActResult;
}
export type ActResult = { stream: StreamId; seq: number } | { refusal: Refusal };

/** Everything a decision may depend on, read under the lock of the act's room or feed. */
export interface Facts {
	/** ms, the server's clock */
	now: number;
	/** whether the actor has an account that is not disabled; of the server's own acts it says nothing */
	isActorActive: boolean;
	earlier: StoredActResult | null;
	/** the message under the act's own id (post), or the one that the act is about */
	message: StoredMessage | null;
	/** a message stands under the id of an act that is not a message */
	idIsMessage: boolean;
	room: StoredRoom | null;
	/** the actor's membership */
	membership: Membership | null;
	/** head of the room's stream, or of the actor's feed */
	head: number;
	/** the membership of the person that the act is about */
	other: Membership | null;
	/** the id wanted for a new room is another stream's */
	streamTaken: boolean;
	/** the wanted room or user name belongs to another */
	nameTaken: boolean;
	/** the wanted display name is another's user name, or looks like it */
	displayTaken: boolean;
	/** nobody is in the room; asked for by join */
	isEmpty: boolean;
	/** the actor; asked for by reactions */
	actor: StoredPerson | null;
	/** the person that the act is about, or the other one of a direct conversation */
	target: StoredPerson | null;
	/** what the actor and the target are to each other, from either side */
	mine: StoredContact | null;
	theirs: StoredContact | null;
	/** members named in the text with an @ */
	mentions: Mention[];
	/** seq of the message replied to, when it is in this room */
	replySeq: number | null;
	/** the message to be passed on */
	source: Source | null;
	/** of the files that the message is to carry, those that are there and may be used: one's own, in no other message */
	files: FileCard[];
	/** whether the room is small enough to show who has read what */
	isSmall: boolean;
	/** everybody in the room; asked for by what ends their membership, and by an owner who leaves */
	members: Membership[];
	invite: StoredInvite | null;
	draft: StoredDraft | null;
	/** rooms of a person whose account ends, each with its members when that person owns it */
	memberships: { membership: Membership; direct: boolean; members: Membership[] }[];
	/** everybody to whom a person whose account ends is something */
	contacts: PersonId[];
	/** the actor's preference under the act's key; empty when not chosen */
	pref: string;
	/** characters of all the actor's preferences, each at least PREF_SIZE_MIN; asked for by setting one */
	prefsSize: number;
	/** the message that is reported, as it was when it was seen; null: it is no report, or there is no such message */
	reported: Reported | null;
	/** calls that have not ended: the one of the room that the act about a call is in, or those that end with what the act does */
	calls: StandingCall[];
	/** asked for by acts of administrators, and by the end of an account */
	admin: AdminFacts | null;
}

/** A message that somebody reports. */
export interface Reported {
	/** null: the words that were seen are not kept any more */
	body: string | null;
	/** names */
	files: string[];
	/** when it was said, ms */
	said: number;
	/** the same person has reported it before */
	isKnown: boolean;
	/** reports of the same person about which nobody has decided yet, counted up to REPORTS_OPEN */
	open: number;
}

/** What no device may ask for: the server's own acts. */
export type InternalAct =
	{ kind: 'account.delete'; id: string; at: number } | EraseMessage | AdminAct | CallAct;

/** Empties what somebody said whose account has ended. */
interface EraseMessage {
	kind: 'message.erase';
	id: string;
	at: number;
	room: RoomId;
	message: string;
}

export type AnyAct = Act | InternalAct;

/** An act that has been parsed and whose slow work (hashing, pictures) is done. */
export interface PreparedAct {
	person: PersonId;
	device: string;
	act: AnyAct;
	/** SHA-256 (base64) of what the act says, without id and device time */
	digest: string;
	/** hash of the password the act sets, or the room's hash that the act's password was found to match */
	secret: string | null;
	/** the picture the act sets */
	picture?: Picture;
	/** whom the act's text could name, before it is known who is there */
	calls: readonly Call[];
}

/** What is to happen. "repeat" has happened before; "stale" means the slow work has to be done again. */
export type Decision =
	| { is: 'accept'; stream: StreamId; effects: Effect[] }
	| { is: 'repeat'; stream: StreamId; seq: number }
	| { is: 'refuse'; refusal: Refusal; record: boolean }
	| { is: 'stale' };

export type Decide = (act: PreparedAct, facts: Facts) => Decision;

/** How one act of a commit ended. */
export type Outcome =
	| { is: 'accepted'; stream: StreamId; seq: number; rows: Frame['rows'] }
	| { is: 'refused'; refusal: Refusal; rows: Frame['rows'] }
	| { is: 'stale' }
	/** the store failed at this act; nothing of it was written */
	| { is: 'error'; error: unknown };

/** A person came into or went out of a room's stream. */
export interface MembershipChange {
	person: PersonId;
	room: RoomId;
	in: boolean;
}

/** What one commit did; to be told only now that it is durable. */
export interface Committed {
	outcomes: Outcome[];
	membershipChanges: MembershipChange[];
	frames: Frame[];
	/** public ids of sessions that were ended; absent: none */
	sessionsEnded?: string[];
}

/** Where a stream stands. */
export interface Head {
	stream: StreamId;
	kind: 'room' | 'feed' | 'directory';
	head: number;
	hash: string;
}

/** Why a database will not write: `full` and `away` (not to be reached) may pass by themselves, `broken` must end the process. */
type StorageFault = 'full' | 'away' | 'broken';

export class StorageError extends Error {
	readonly reason: StorageFault;
	constructor(reason: StorageFault, cause: unknown) {
		super(`storage ${reason}`, { cause });
		this.name = 'StorageError';
		this.reason = reason;
	}
}

/** Part of a stream that one person may see, or null. */
export type Visibility = { visible: number; upto: number } | null;

/** Why an account cannot be made: what of it another has, or what keeps people out. */
export type Taken = 'name' | 'email' | 'invite' | 'uninvited' | 'closed';

export interface Store extends People, CallStore {
	/** uuid and generation of this database. */
	instance(): { id: string; generation: number };
	/**
	 * Decides and writes all acts in one durable commit, in order; each by itself, so that a refusal
	 * of one costs only that one. Rejects with StorageError, and then nothing was written.
	 */
	commit(acts: PreparedAct[], decide: Decide, now: number): Promise<Committed>;
	/** Makes the room that every new account joins, unless there is one; owner is the server itself. */
	ensureRoom(name: string, description: string, now: number): Promise<RoomId>;
	/**
	 * Makes an account with its feed and its place in `room`, if whoever runs the server lets people in. Where only those come
	 * in who were invited, it uses the link that it brings, and has a place in that room, too; elsewhere the link is left alone.
	 */
	register(
		person: NewPerson & { id: PersonId; nameKey: string; emailKey: string },
		room: RoomId,
		now: number
	): Promise<{ committed: Committed } | { taken: Taken }>;

	/** How an act under this id ended, for skipping slow work on a repeat. */
	actResult(id: string): Promise<StoredActResult | null>;
	room(id: RoomId): Promise<StoredRoom | null>;
	membership(room: RoomId, person: PersonId): Promise<Membership | null>;
	/** Of whoever has this very user name, or this e-mail. */
	credentials(key: { name: string } | { emailKey: string }): Promise<Credentials | null>;
	card(person: PersonId): Promise<Card | null>;
	/** Who has this very user name, not one that looks like it, unless the account is gone. */
	find(name: string): Promise<Card | null>;
	/** What is behind an invite link, as of `now` (ms). */
	invited(room: RoomId, token: string, now: number): Promise<Invited['room']>;
	/** The person's feed, the directory, and every room the person is in. */
	heads(person: PersonId): Promise<Head[]>;
	/**
	 * What came after the cursors. Right to see, cursor check, rows and head of all streams belong
	 * to one moment, so that nothing read before a removal is answered after it (promise 11).
	 */
	pull(person: PersonId, ask: PullRequest): Promise<PullAnswer>;
	/** Messages of a hole, checked and read at one moment. */
	history(person: PersonId, ask: HistoryRequest): Promise<HistoryAnswer>;
	/** What changed among rows that are held, checked and read at one moment. */
	refresh(person: PersonId, ask: RefreshRequest): Promise<RefreshAnswer>;
	/** Where in a room moments lie; nowhere in one that the person is not in. */
	moments(person: PersonId, ask: MomentsRequest): Promise<MomentsAnswer>;
	/** What messages come to that the person may see, checked and read at one moment. */
	compare(person: PersonId, ask: CompareRequest): Promise<CompareAnswer>;
}
