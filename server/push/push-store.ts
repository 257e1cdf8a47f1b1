/** What notifying needs of the store. */
import type { Card, MessageRow } from '../../src/lib/protocol/change.ts';
import type { PersonId, RoomId } from '../../src/lib/protocol/ids.ts';

/** Where a browser takes pushes. */
export interface Subscription {
	id: string;
	person: PersonId;
	session: string;
	endpoint: string;
	p256dh: string;
	auth: string;
	failures: number;
	/** ms; nothing is sent before */
	pausedUntil: number;
}

/** Somebody who may be notified of a message in a room, with what they have chosen. */
export interface Reader {
	person: PersonId;
	number: number;
	/** JSON of the preference "level:<room>"; empty when not chosen */
	level: string;
	/** JSON of the preferences "keywords" and "quiet"; empty when not chosen */
	keywords: string;
	quiet: string;
	subscriptions: Subscription[];
}

/** What a room is, for what a notification says and whom it reaches. */
export interface NotifiedRoom {
	name: string;
	direct: boolean;
	private: boolean;
}

/** A message as it may be told now. */
export interface Tellable {
	body: string;
	rev: number;
	/** JSON of the preference "hidePreview"; empty when not chosen */
	hidePreview: string;
}

/** A subscription whose device shows a message, and that message's seq. */
export type Told = Subscription & { seq: number };

export interface PushStore {
	setting(key: string): Promise<string | null>;
	/** Keeps a setting unless there is one; answers the one that there is. */
	ensureSetting(key: string, value: string): Promise<string>;
	/** Adds a subscription, or gives it to whoever uses the browser now. @param at ms */
	put(subscription: Omit<Subscription, 'failures' | 'pausedUntil'>, at: number): Promise<void>;
	ofSession(session: string): Promise<Subscription[]>;
	/** Of all sessions of a person that live. @param now ms */
	ofPerson(person: PersonId, now: number): Promise<Subscription[]>;
	remove(id: string): Promise<void>;
	/** Removes subscriptions whose session is over at this time (ms). */
	removeEnded(now: number): Promise<void>;
	/** Notes how a try ended. */
	tried(id: string, failures: number, pausedUntil: number): Promise<void>;
	/** Members of a room with a subscription whose session lives, without the author and whom a block keeps apart. */
	readers(room: RoomId, author: PersonId, now: number): Promise<Reader[]>;
	room(room: RoomId): Promise<NotifiedRoom | null>;
	card(person: PersonId): Promise<Card | null>;
	/** Author of a message; null when there is none. */
	authorOf(message: string): Promise<PersonId | null>;
	/**
	 * What a message says now, if this subscription may still be told of it: its session lives, its person is
	 * in the room, nothing stands between them and the author, and the message was not recalled. @param now ms
	 */
	current(subscription: string, message: string, now: number): Promise<Tellable | null>;
	/** Notes that a device was told of a message: its notification of the room shows that one from now on. */
	noteTold(subscription: string, message: Pick<MessageRow, 'room' | 'id' | 'seq'>): Promise<void>;
	/** Whose devices show this message, as far as they have not read it. @param now ms */
	toldOf(message: string, now: number): Promise<Told[]>;
	/** The devices of a person that show a message of a room, which they may not be in any more. @param now ms */
	toldIn(room: RoomId, person: PersonId, now: number): Promise<Told[]>;
	/** The device shows nothing of the room any more. */
	forgetTold(subscription: string, room: RoomId): Promise<void>;
	/** Unread messages of a person in rooms that are not silenced, at most 999. */
	unread(person: PersonId): Promise<number>;
}
