/** What the domain needs from the world, and what the transports (socket, HTTP) may ask of the domain. */
import type {
	RefreshAnswer,
	Heads,
	Found,
	Frame,
	HistoryAnswer,
	Invited,
	PullAnswer,
	Result
} from '../../src/lib/protocol/down.ts';
import type { Card, MessageRow } from '../../src/lib/protocol/change.ts';
import type { MessageId, PersonId, RoomId, StreamId } from '../../src/lib/protocol/ids.ts';
import type { Refusal } from '../../src/lib/protocol/refusal.ts';
import type { CompareAnswer, CompareRequest } from '../../src/lib/protocol/compare.ts';
import type { MomentsAnswer, MomentsRequest } from '../../src/lib/protocol/search.ts';
import type { AdminDraft } from './admin-act.ts';
import type { CallDraft, CallStore } from './call-act.ts';
import type { People, Picture, Credentials, NewPerson } from './people-port.ts';
import type { MembershipChange, StoredRoom } from './store-port.ts';
import type {
	RefreshRequest,
	HeadsRequest,
	FindRequest,
	HistoryRequest,
	InviteRequest,
	PullRequest
} from '../../src/lib/protocol/up.ts';

/** Who asks: proved by the transport through which the request came, never by the request itself. */
export interface Actor {
	person: PersonId;
	/** the session's public id (never its token) */
	session: string;
	device: string;
	/** where the request came from, as limits count it; absent for the server's own acts */
	address?: string;
}

/** Time; virtual in the simulator. All times in ms. */
export interface Clock {
	now(): number;
	after(ms: number, run: () => void): () => void;
}

/** Password hashing, at most two at once; rejects with RefusalError("busy") when too many wait. */
export interface Hasher {
	hash(password: string): Promise<string>;
	verify(hash: string, password: string): Promise<boolean>;
	/** Verifies the bytes as typed, for hashes from before passwords were normalised; false at once where both are the same. */
	verifyAsTyped(hash: string, password: string): Promise<boolean>;
}

/** Makes profile pictures. */
export interface Pictures {
	/**
	 * Re-encodes a picture as a square of 256 px without camera data; null when the bytes are no picture
	 * that is taken. Rejects with RefusalError("busy") when too many wait.
	 */
	square(bytes: Uint8Array): Promise<Picture | null>;
}

/** What one commit changed, as it is published to subscribers. */
export interface CommittedChanges {
	/** Apply these first: someone who left a room must not get its frames (promise 11). */
	membershipChanges: MembershipChange[];
	/** People whose friendships or blocks changed. */
	contactsChanged: PersonId[];
	frames: Frame[];
	/** public ids of sessions that were ended by somebody else */
	sessionsEnded: string[];
}

/**
 * Called after each commit and before its acts are acknowledged. They are once what it answers has resolved; commits that
 * follow do not wait for that. It must not reject.
 */
export type CommitListener = (changes: CommittedChanges) => void | Promise<void>;

/** What the domain and the transports count: acts and reads of a person, tries at a room's password. */
export type LimitedKind =
	| 'acts'
	| 'reads'
	| 'room-password'
	| 'room-password-room'
	| 'room-password-address'
	| 'find'
	| 'invite'
	| 'search'
	| 'friend-ask'
	| 'direct-open'
	| 'pictures'
	| 'profile'
	| 'room-create'
	| 'report'
	| 'invite-create'
	| 'call-start'
	| 'call-start-hour'
	| 'call-unanswered'
	| 'call-ice';

/** Attempts at passwords and the like are counted; rejects with RefusalError("too_many") when there were too many. */
export interface Limiter {
	/**
	 * Counts a try; rejects with RefusalError("too_many") when there were too many.
	 * @param key what is limited, for example `<person>:<room>`
	 * @param own who of many tries: nobody is locked out by what others try, but waits for a pause that grows
	 */
	take(kind: LimitedKind, key: string, points?: number, own?: string): Promise<void>;
	/** Takes a try back that turned out well. */
	refund(kind: LimitedKind, key: string, own?: string): Promise<void>;
}

/** The one way in for all transports. Requests come already parsed, except acts, which are parsed one by one. */
export interface Domain extends People, CallStore {
	/** One result per act, in order. Never rejects for anything an act says. */
	acts(actor: Actor, acts: unknown[]): Promise<Result[]>;
	pull(actor: Actor, ask: PullRequest): Promise<PullAnswer>;
	history(actor: Actor, ask: HistoryRequest): Promise<HistoryAnswer>;
	refresh(actor: Actor, ask: RefreshRequest): Promise<RefreshAnswer>;
	heads(actor: Actor, ask: HeadsRequest): Promise<Heads>;
	/** Where in a room moments lie, as far as the person may see it. */
	moments(actor: Actor, ask: MomentsRequest): Promise<MomentsAnswer>;
	/** What messages of a room come to, as far as the person may see them. */
	compare(actor: Actor, ask: CompareRequest): Promise<CompareAnswer>;
	/** Who has exactly this user name; limited. */
	find(actor: Actor, ask: FindRequest): Promise<Found>;
	/** What is behind an invite link; limited. */
	invite(actor: Actor, ask: InviteRequest): Promise<Invited>;
	/** All streams whose frames this person may have now: own feed, directory, rooms. */
	streams(person: PersonId): Promise<StreamId[]>;
	/** Whether what the person does may be told in the room: a member who is not muted. */
	maySpeak(person: PersonId, room: RoomId): Promise<boolean>;
	/** Makes an account, its feed, and its place in `general`; the first account is the administrator. */
	register(person: NewPerson): Promise<{ person: PersonId } | { refused: Refusal }>;
	/** Looks a person up by user name or e-mail, for signing in. */
	credentials(login: string): Promise<Credentials | null>;
	/** Calls the listener after every commit. Returns a function that ends the subscription. */
	subscribe(listener: CommitListener): () => void;
	/** Ends an account; its sessions are the caller's to end. Rejects when it could not be written. @returns why not, or null */
	deleteAccount(person: PersonId): Promise<Refusal | null>;
	/** Empties messages of somebody whose account has ended, in one commit. */
	eraseMessages(
		person: PersonId,
		messages: readonly { id: MessageId; room: RoomId }[]
	): Promise<void>;
	/** Does what only administrators may do. Rejects when it could not be written. @returns why not, or null */
	administer(person: PersonId, act: AdminDraft): Promise<Refusal | null>;
	/** Writes what becomes of a call; answers its message where that changed. Rejects when it could not be written. */
	writeCall(
		person: PersonId,
		act: CallDraft
	): Promise<{ refused: Refusal } | { row: MessageRow | null }>;
	room(room: RoomId): Promise<StoredRoom | null>;
	/** What everybody may know about a person. */
	card(person: PersonId): Promise<Card | null>;
	/** The room that everybody is in. */
	firstRoom(): RoomId;
}
