/** What an import needs of a database. What it writes goes through the log, like everything else. */
import type { FileCard, Mention, Origin, Reaction, Role } from '../../src/lib/protocol/change.ts';
import type { MessageId, PersonId, RoomId } from '../../src/lib/protocol/ids.ts';

/** Somebody who is here already. */
export interface KnownPerson {
	number: number;
	/** whether this person can sign in */
	isAccount: boolean;
}

/** Somebody who is not here: a guest whom others see, and who cannot sign in. */
export interface NewGuest {
	id: PersonId;
	/** as it was elsewhere; becomes one that is free here */
	name: string;
	display: string | null;
	/** the account was given up elsewhere */
	isDeleted: boolean;
}

/** Somebody who can sign in here as elsewhere. */
export interface NewAccount extends NewGuest {
	email: string;
	passwordHash: string;
}

/** A conversation to be made, as it stands here. */
export interface NewRoom {
	id: RoomId;
	name: string;
	description: string;
	/** null: everybody may come in */
	passwordHash: string | null;
	owner: PersonId;
	direct: boolean;
	/** ms */
	at: number;
}

/** A message that is here already. */
export interface KnownMessage {
	id: MessageId;
	room: RoomId;
	seq: number;
	isDeleted: boolean;
	/** ids of the files that it names */
	files: string[];
}

/** A message to be written as it was. Times in ms. */
export interface NewMessage {
	id: MessageId;
	author: PersonId;
	body: string;
	at: number;
	sent: number | null;
	reply: MessageId | null;
	mentions: Mention[];
	reactions: Reaction[];
	forward: Origin | null;
	files: FileCard[];
	/** ids of those of its files whose bytes are here */
	attached: string[];
	pinned: number | null;
	edited: number | null;
	isDeleted: boolean;
	/** what a system message tells, or a call; null: somebody said it */
	note: object | null;
	/** the message whose seq the note has to say; null: it says none, or the right one */
	pointsTo: MessageId | null;
}

export interface NewMember {
	person: PersonId;
	role: Role;
	/** false: was in it, and has gone */
	isIn: boolean;
}

export interface ImportStore {
	/** The database's own id: it owns what nobody owns. */
	readonly instance: string;
	/** Those of these people who are here, by id. */
	people(ids: PersonId[]): Promise<Map<PersonId, KnownPerson>>;
	/** Who has this user name or e-mail and can sign in. */
	accountCalled(name: string): Promise<PersonId | null>;
	/**
	 * Makes people who are not here; those who can sign in have a place in the first room. A name that is another's becomes one
	 * that is free; whose e-mail is another's becomes a guest.
	 * @param secret a hash that no password has
	 * @returns the numbers of all of them, by id
	 */
	addPeople(
		people: (NewGuest | NewAccount)[],
		secret: string,
		now: number
	): Promise<Map<PersonId, number>>;
	/** Whether somebody has a name, or an e-mail, with this key. */
	isTaken(what: 'name' | 'email', key: string): Promise<boolean>;
	/** What stands under the id of a conversation; "other" is something else than one. */
	room(id: RoomId): Promise<'none' | 'here' | 'deleted' | 'other'>;
	/** Makes it, under a name that is free. Nobody is in it yet. */
	addRoom(room: NewRoom): Promise<void>;
	/** Those of these messages that are here. */
	messages(ids: MessageId[]): Promise<KnownMessage[]>;
	/**
	 * Writes messages in their order, all in one transaction; whoever is in the conversation has read them.
	 * @param now ms
	 */
	addMessages(room: RoomId, messages: NewMessage[], now: number): Promise<void>;
	/** Seqs of messages of a room, by id. */
	seqs(room: RoomId, ids: MessageId[]): Promise<Map<MessageId, number>>;
	/** Puts a file into a message that names it. */
	attach(room: RoomId, message: MessageId, file: string): Promise<void>;
	/** Whether some message carries this file. */
	isCarried(file: string): Promise<boolean>;
	/** Shows as pinned what is pinned and is not shown so yet: the latest first, as many as there may be. */
	setPins(room: RoomId, now: number): Promise<void>;
	/** Lets those in who have never been in it; with nothing unread. Answers how many those were. */
	addMembers(room: RoomId, members: NewMember[], now: number): Promise<number>;
}
