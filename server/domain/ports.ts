/** What the domain needs from the world, and what the doors (socket, HTTP) may ask of the domain. */
import type {
	AmendAnswer,
	Digest,
	Frame,
	HistoryAnswer,
	PullAnswer,
	Result
} from '../../src/lib/protocol/down.ts';
import type { Card } from '../../src/lib/protocol/change.ts';
import type { PersonId, RoomId, StreamId } from '../../src/lib/protocol/ids.ts';
import type { Refusal } from '../../src/lib/protocol/refusal.ts';
import type {
	AmendRequest,
	DigestRequest,
	HistoryRequest,
	PullRequest
} from '../../src/lib/protocol/up.ts';

/** Who asks: proved by the door through which the request came, never by the request itself. */
export interface Who {
	person: PersonId;
	/** the session's public id (never its token) */
	session: string;
	device: string;
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

/** Carries committed changes to connected devices. Called after the commit, before the acknowledgement. */
export interface FanOut {
	/** A person came into a stream: the person's sockets get its frames from now on. */
	enter(person: PersonId, stream: StreamId): void;
	/** A person went out of a stream: when this returns none of the person's sockets gets its frames. */
	leave(person: PersonId, stream: StreamId): void;
	frame(frame: Frame): void;
}

/** What the domain and its doors count: acts and reads of a person, tries at a room's password. */
export type LimitedKind = 'acts' | 'reads' | 'room-password' | 'room-password-room';

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

/** An account as its owner sees it. */
export interface AccountView {
	card: Card;
	email: string;
	admin: boolean;
}

/** The one way in for all doors. Requests come already parsed, except acts, which are parsed one by one. */
export interface Domain {
	/** One result per act, in order. Never rejects for anything an act says. */
	acts(who: Who, acts: unknown[]): Promise<Result[]>;
	pull(who: Who, ask: PullRequest): Promise<PullAnswer>;
	history(who: Who, ask: HistoryRequest): Promise<HistoryAnswer>;
	amend(who: Who, ask: AmendRequest): Promise<AmendAnswer>;
	digest(who: Who, ask: DigestRequest): Promise<Digest>;
	/** All streams whose frames this person may have now: own feed, lobby, rooms. */
	streams(person: PersonId): Promise<StreamId[]>;
	/** Whether the person may see who is in the room, who types, and what is said there. */
	maySee(person: PersonId, room: RoomId): Promise<boolean>;
	/** Members of a room, for presence. Empty when there is no such room. */
	members(room: RoomId): Promise<PersonId[]>;
	/** Makes an account, its feed, and its place in `general`; the first account is the administrator. */
	register(person: NewPerson): Promise<{ person: PersonId } | { refused: Refusal }>;
	/** Looks a person up by user name or e-mail, for signing in. */
	credentials(login: string): Promise<Credentials | null>;
	account(person: PersonId): Promise<AccountView | null>;
}
