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
	/** seq of the last message delivered */
	seq: number;
	/** whether it joined by name */
	byName: boolean;
	/** ms */
	at: number;
}

/** The e-mail domain of people who came as guests: one that can never exist (RFC 6761). */
export const GUESTS_DOMAIN = 'guests.invalid';

/** How a room is named by a client. */
export type RoomKey = { number: number } | { name: string } | { id: RoomId };

/** Rooms. Whoever asks is named first; null where nobody is (a guest). */
export interface RoomReads {
	/** Rooms that the person is in, and all others, both by name. */
	rooms(person: PersonId): { mine: RoomView[]; others: RoomView[] };
	/** A room that exists, whether or not the person may look into it; null when there is none. */
	room(person: PersonId | null, key: RoomKey): RoomAccess | null;
	members(room: RoomId): Card[];
	/** How many of these people are in each of the rooms; rooms with none are left out. */
	countIn(people: Iterable<PersonId>): Map<RoomId, number>;
	/**
	 * Rooms and friends of a person: whoever is told of the person's coming and going, except strangers:
	 * those between whom and the person there is a block.
	 */
	circle(person: PersonId): { rooms: RoomId[]; friends: PersonId[]; blocked: PersonId[] };
}

/** Messages. Recalled ones and system messages are left out everywhere. */
export interface MessageReads {
	/** `limit` messages, `skip` from the newest; null when the person may not read there. */
	history(person: PersonId | null, room: RoomId, skip: number, limit: number): HistoryPart | null;
	/** Messages above a seq, oldest first; null when the person may not read there. */
	after(person: PersonId, room: RoomId, seq: number, limit: number): MessageView[] | null;
	/** The newest messages of rooms in which the person may read, oldest first. */
	newest(person: PersonId | null, rooms: RoomId[], limit: number): MessageView[];
	/** A message by its number, as long as the person may read in its room; else null. */
	message(person: PersonId, number: number): MessageView | null;
	/** Seq of the newest change of a room. */
	head(room: RoomId): number;
	/** Number of the newest message of all; 0 for none. */
	lastNumber(): number;
	/** Seq of the last message of a room among those with numbers up to this one; 0 for none. */
	seqUpTo(room: RoomId, number: number): number;
	/** Who made a change. */
	actor(stream: StreamId, seq: number): PersonId | null;
}

/** Files that were uploaded, through either API. */
export interface FileReads {
	file(id: string): StoredFile | null;
	/** @param stored random name under which its bytes lie */
	fileStoredAs(stored: string): StoredFile | null;
}

export interface PeopleReads {
	/** Whether there is any account yet: the first one is the administrator's. */
	hasPeople(): boolean;
	/** People who came as guests and were not online after a moment (ms). */
	guestsUnseenSince(at: number): PersonId[];
	person(id: PersonId): PersonView | null;
	card(id: PersonId): Card | null;
	/** Somebody whose account exists. */
	byNumber(number: number): Card | null;
	/** Somebody who has this very user name. */
	byName(name: string): Card | null;
	/** People whose name contains the text, those whose name begins with it first. */
	search(text: string, except: PersonId, limit: number): Card[];
	friends(person: PersonId): ContactView[];
	requests(person: PersonId): { incoming: ContactView[]; outgoing: ContactView[] };
}

/** What this API keeps by itself, because nobody else has it. */
export interface CompatWrites {
	setProfile(person: PersonId, fields: Partial<Profile>, now: number): void;
	/** False when another account has this address. */
	setEmail(person: PersonId, email: string): boolean;
	/** Puts these in the place of all that was kept before. */
	keepJoined(all: Joined[]): void;
	/** What was kept, which is then forgotten. */
	takeJoined(): Joined[];
}

export type CompatStore = RoomReads & MessageReads & FileReads & PeopleReads & CompatWrites;
