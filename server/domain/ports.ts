/** What the domain needs from the world, and what the doors (socket, HTTP) may ask of the domain. */
import type {
	AmendAnswer,
	Digest,
	Found,
	Frame,
	HistoryAnswer,
	Invited,
	PullAnswer,
	Result
} from '../../src/lib/protocol/down.ts';
import type { PersonId, RoomId, StreamId } from '../../src/lib/protocol/ids.ts';
import type { Refusal } from '../../src/lib/protocol/refusal.ts';
import type { People, Picture } from './people-port.ts';
import type {
	AmendRequest,
	DigestRequest,
	FindRequest,
	HistoryRequest,
	InviteRequest,
	PullRequest
} from '../../src/lib/protocol/up.ts';

/** Who asks: proved by the door through which the request came, never by the request itself. */
export interface Who {
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
}

/** Makes profile pictures. */
export interface Pictures {
	/**
	 * Re-encodes a picture as a square of 256 px without camera data; null when the bytes are no picture
	 * that is taken. Rejects with RefusalError("busy") when too many wait.
	 */
	square(bytes: Uint8Array): Promise<Picture | null>;
}

/** Carries committed changes to connected devices. Called after the commit, before the acknowledgement. */
export interface FanOut {
	/** A person came into a stream: the person's sockets get its frames from now on. */
	enter(person: PersonId, stream: StreamId): void;
	/** A person went out of a stream: when this returns none of the person's sockets gets its frames. */
	leave(person: PersonId, stream: StreamId): void;
	frame(frame: Frame): void;
	/** What two people are to each other has changed: presence of one for the other begins or ends. */
	related?(person: PersonId): void;
}

/** What the domain and its doors count: acts and reads of a person, tries at a room's password. */
export type LimitedKind =
	| 'acts'
	| 'reads'
	| 'room-password'
	| 'room-password-room'
	| 'room-password-address'
	| 'find'
	| 'invite'
	| 'friend-ask'
	| 'direct-open'
	| 'pictures'
	| 'profile'
	| 'room-create'
	| 'invite-create';

/** Attempts at passwords and the like are counted; rejects with RefusalError("too_many") when there were too many. */
export interface Limiter {
	/** @param key what is limited, for example `room-password:<person>:<room>` */
	take(kind: LimitedKind, key: string, points?: number): Promise<void>;
	/** Takes a try back that turned out well. */
	giveBack(kind: LimitedKind, key: string): Promise<void>;
}

/** A new account, checked and hashed. */
export interface NewPerson {
	name: string;
	email: string;
	passwordHash: string;
}

/** What signing in needs to know. */
export interface Credentials {
	person: PersonId;
	passwordHash: string;
	disabled: boolean;
}

/** The one way in for all doors. Requests come already parsed, except acts, which are parsed one by one. */
export interface Domain extends People {
	/** One result per act, in order. Never rejects for anything an act says. */
	acts(who: Who, acts: unknown[]): Promise<Result[]>;
	pull(who: Who, ask: PullRequest): Promise<PullAnswer>;
	history(who: Who, ask: HistoryRequest): Promise<HistoryAnswer>;
	amend(who: Who, ask: AmendRequest): Promise<AmendAnswer>;
	digest(who: Who, ask: DigestRequest): Promise<Digest>;
	/** Who has exactly this user name; limited. */
	find(who: Who, ask: FindRequest): Promise<Found>;
	/** What is behind an invite link; limited. */
	invite(who: Who, ask: InviteRequest): Promise<Invited>;
	/** All streams whose frames this person may have now: own feed, lobby, rooms. */
	streams(person: PersonId): Promise<StreamId[]>;
	/** Whether the person may see who is in the room, who types, and what is said there. */
	maySee(person: PersonId, room: RoomId): Promise<boolean>;
	/** Makes an account, its feed, and its place in `general`; the first account is the administrator. */
	register(person: NewPerson): Promise<{ person: PersonId } | { refused: Refusal }>;
	/** Looks a person up by user name or e-mail, for signing in. */
	credentials(login: string): Promise<Credentials | null>;
	/** Ends an account; its sessions are the caller's to end. Rejects when it could not be written. */
	deleteAccount(person: PersonId): Promise<void>;
}
