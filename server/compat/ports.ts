/**
 * What the compatible API reads besides what the domain answers: things by their numbers, and lists in
 * the form in which its clients want them. Whether somebody may see a thing is decided where it is
 * read, at the same moment, by server/domain/access.ts.
 */
import type { Card, MessageRow } from '../../src/lib/protocol/change.ts';
import type { PersonId, RoomId, StreamId } from '../../src/lib/protocol/ids.ts';
import type { StoredFile } from '../files/file-ports.ts';

/** Fields of a profile that only this API has. Texts are "" when not given. */
export interface Profile {
	realName: string;
	phone: string;
	address: string;
	gender: string;
	/** YYYY-MM-DD */
	birthday: string | null;
	occupation: string;
	website: string;
}

/** A person with everything that the account's owner may see. Times in ms since the epoch. */
export interface PersonView extends Profile {
	card: Card;
	email: string;
	bio: string;
	createdAt: number;
	/** last change of the profile */
	updatedAt: number;
	/** last online; null: never since the account was made */
	seenAt: number | null;
}

/** A room, but no direct conversation. */
export interface RoomView {
	id: RoomId;
	number: number;
	name: string;
	description: string;
	private: boolean;
	/** number of its owner; 0 when that is the server itself */
	createdBy: number;
	createdAt: number;
	members: number;
}

/** A room as one person stands to it. */
export interface RoomAccess {
	room: RoomView;
	isMember: boolean;
	/** whether the person may read in it */
	mayRead: boolean;
}

/** A message, with its author. */
export interface MessageView {
	row: MessageRow;
	author: Card;
}

/** Part of a history, the oldest message first. */
export interface HistoryPart {
	messages: MessageView[];
	/** all messages of the room that are shown */
	total: number;
}

/** Somebody who is a friend, or has asked, or was asked to be one. */
export interface ContactView {
	card: Card;
	/** since when, in ms */
	at: number;
}

/** A room that a socket had joined when its connection, or the server, ended. */
export interface Joined {
	session: string;
	room: RoomId;
	/** it has everything up to this seq */
	seq: number;
	/** number of the last message, of all rooms, of which it is certain that it arrived, too; 0 for none */
	arrived: number;
	/** whether it joined by name */
	byName: boolean;
	/** ms */
	at: number;
}

/** The e-mail domain of people who came as guests: one that can never exist (RFC 6761). */
export const GUESTS_DOMAIN = 'guests.invalid';

/** How a room is named by a client. */
export type RoomKey = { number: number } | { name: string } | { id: RoomId };

/** Whoever is told of a person's coming and going: rooms and friends, but nobody across a block. */
export interface Circle {
	rooms: RoomId[];
	friends: PersonId[];
	/** people between whom and the person there is a block, whoever made it */
	blocked: PersonId[];
}

/** Where messages stand: the number of a room, or the two of a direct conversation. */
export type RoomPlace = { number: number } | { people: Card[] };

/** Rooms. Whoever asks is named first; null where nobody is (a guest). */
export interface RoomReads {
	/** Rooms that the person is in, and all others, both by name. */
	rooms(person: PersonId): Promise<{ mine: RoomView[]; others: RoomView[] }>;
	/** A room that exists, whether or not the person may look into it; null when there is none. */
	room(person: PersonId | null, key: RoomKey): Promise<RoomAccess | null>;
	members(room: RoomId): Promise<Card[]>;
	/** Those of these people who are in the room. */
	membersAmong(room: RoomId, people: Iterable<PersonId>): Promise<Card[]>;
	/** How many of these people are in each of the rooms; rooms with none are left out. */
	countIn(people: Iterable<PersonId>): Promise<Map<RoomId, number>>;
	/** Where messages of these rooms and direct conversations stand. */
	places(rooms: Iterable<RoomId>): Promise<Map<RoomId, RoomPlace>>;
	circle(person: PersonId): Promise<Circle>;
	/** People between whom and the person there is a block, whoever made it. */
	blockedWith(person: PersonId): Promise<PersonId[]>;
}

/** Which messages of a room a socket has missed. */
interface MissedSpan {
	room: RoomId;
	/** seq above which they lie */
	seq: number;
	/** number of a message above which they lie, too */
	above: number;
	/** number of the last message that counts */
	upTo: number;
}

/** What a socket missed in a room; which of it was delivered is told by the seq. */
export interface Missed {
	room: Pick<RoomView, 'number' | 'name'>;
	/** the oldest first */
	messages: MessageView[];
	/** seq that was meant: the socket has everything up to it */
	from: number;
}

/** Messages. Recalled ones and system messages are left out everywhere. */
export interface MessageReads {
	/** `limit` messages, `skip` from the newest; null when the person may not read there. */
	history(
		person: PersonId | null,
		room: RoomId,
		skip: number,
		limit: number
	): Promise<HistoryPart | null>;
	/** What a member missed, the oldest `limit` of it; null for somebody who is not in the room. */
	missed(person: PersonId, span: MissedSpan, limit: number): Promise<Missed | null>;
	/** The newest messages of rooms in which the person may read, oldest first. */
	newest(person: PersonId | null, rooms: RoomId[], limit: number): Promise<MessageView[]>;
	/** A message by its number, as long as the person may read in its room; else null. */
	message(person: PersonId, number: number): Promise<MessageView | null>;
	/** Number of the newest message of all; 0 for none. */
	lastNumber(): Promise<number>;
	/** Seq of the last message of a room among those with numbers up to this one; 0 for none. */
	seqUpTo(room: RoomId, number: number): Promise<number>;
}

/** Files that were uploaded, through either API. */
export interface FileReads {
	/** Those of these files that there are, by id. */
	files(ids: Iterable<string>): Promise<FilesById>;
	/** @param stored random name under which its bytes lie */
	fileStoredAs(stored: string): Promise<StoredFile | null>;
}

export type FilesById = ReadonlyMap<string, StoredFile>;

export interface PeopleReads {
	/** Whether there is any account yet: the first one is the administrator's. */
	hasPeople(): Promise<boolean>;
	/** People who came as guests and were not online after a moment (ms). */
	guestsUnseenSince(at: number): Promise<PersonId[]>;
	person(id: PersonId): Promise<PersonView | null>;
	card(id: PersonId): Promise<Card | null>;
	/** Those of these people that there are. */
	cards(ids: Iterable<PersonId>): Promise<Card[]>;
	/** Of whoever may do something: the account is neither gone nor disabled. */
	activeCard(id: PersonId): Promise<Card | null>;
	/** Somebody whose account exists. */
	byNumber(number: number): Promise<Card | null>;
	/** Somebody who has this very user name. */
	byName(name: string): Promise<Card | null>;
	/** People whose name contains the text, those whose name begins with it first. */
	search(text: string, except: PersonId, limit: number): Promise<Card[]>;
	friends(person: PersonId): Promise<ContactView[]>;
	requests(person: PersonId): Promise<{ incoming: ContactView[]; outgoing: ContactView[] }>;
}

/** What events are made of. A few queries, however much is asked for; none where nothing is. */
export interface EventNeeds {
	/** whose cards are needed, and between whom and others there are blocks */
	people: Set<PersonId>;
	/** who is told of these people */
	circles: Set<PersonId>;
	files: Set<string>;
	/** changes whose authors are needed */
	changes: { stream: StreamId; seq: number }[];
}

/** The same, read. */
export interface EventFacts {
	cards: ReadonlyMap<PersonId, Card>;
	/** has everybody who was asked for */
	blocked: ReadonlyMap<PersonId, ReadonlySet<PersonId>>;
	circles: ReadonlyMap<PersonId, Circle>;
	files: FilesById;
	actor(stream: StreamId, seq: number): PersonId | null;
}

/** What a socket begins with, before it is its turn. */
export interface Beginning {
	card: Card | null;
	rooms: RoomId[];
	/** people whose answer to a request of the person is awaited */
	asked: PersonId[];
}

/** What a socket needs in its turn for what it comes back to. */
export interface Rest {
	/** rooms that the person is in, and what they are called now */
	rooms: ReadonlyMap<RoomId, Pick<RoomView, 'number' | 'name'>>;
	/** people between whom and the person there is a block */
	blocked: PersonId[];
	/** what came since its missed messages were read: by room, the oldest first */
	messages: ReadonlyMap<RoomId, MessageView[]>;
	/** those of the messages that were read before that are no longer as they were said, by number; null: recalled */
	amended: ReadonlyMap<number, MessageView | null>;
}

export interface EventReads {
	facts(needs: EventNeeds): Promise<EventFacts>;
	beginning(person: PersonId): Promise<Beginning>;
	/**
	 * @param rooms those that the socket comes back to
	 * @param span numbers of messages: those that were read before, and between which the rest lies
	 */
	rest(
		person: PersonId,
		rooms: RoomId[],
		span: { before: number[]; above: number; upTo: number },
		limit: number
	): Promise<Rest>;
}

/** What this API keeps by itself, because nobody else has it. */
export interface CompatWrites {
	setProfile(person: PersonId, fields: Partial<Profile>, now: number): Promise<void>;
	/** False when another account has this address. */
	setEmail(person: PersonId, email: string): Promise<boolean>;
	/** Puts these in the place of all that was kept before. */
	keepJoined(all: Joined[]): Promise<void>;
	/** What was kept, which is then forgotten. */
	takeJoined(): Promise<Joined[]>;
}

/** Every verb reads at one moment, or as good as: what must agree with events is read in a turn (socket/turns.ts). */
export type CompatStore = RoomReads &
	MessageReads &
	FileReads &
	PeopleReads &
	EventReads &
	CompatWrites;
