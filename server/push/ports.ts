/** What notifying needs of the store. */
import type { Card } from '../../src/lib/protocol/change.ts';
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
	/** JSON of the preference "wordless"; empty when not chosen */
	wordless: string;
}

export interface PushStore {
	setting(key: string): string | null;
	setSetting(key: string, value: string): void;
	/** Adds a subscription, or gives it to whoever uses the browser now. @param at ms */
	put(subscription: Omit<Subscription, 'failures' | 'pausedUntil'>, at: number): void;
	ofSession(session: string): Subscription[];
	remove(id: string): void;
	/** Removes subscriptions whose session is over at this time (ms). */
	removeEnded(now: number): void;
	/** Notes how a try ended. */
	tried(id: string, failures: number, pausedUntil: number): void;
	/** Members of a room with a subscription whose session lives, without the author and whom a block keeps apart. */
	readers(room: RoomId, author: PersonId, now: number): Reader[];
	room(room: RoomId): NotifiedRoom | null;
	card(person: PersonId): Card | null;
	/** Author of a message; null when there is none. */
	authorOf(message: string): PersonId | null;
	/**
	 * What a message says now, if this subscription may still be told of it: its session lives, its person is
	 * in the room, nothing stands between them and the author, and the message was not recalled. @param now ms
	 */
	current(subscription: string, message: string, now: number): Tellable | null;
	/** Unread messages of a person in rooms that are not silenced, at most 999. */
	unread(person: PersonId): number;
}
