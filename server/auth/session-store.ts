/** What sessions and tokens need of a database. */
import type { PersonId } from '../../src/lib/protocol/ids.ts';

/** ms between two notes of when a session was last used: a write for every request would be too many. */
export const NOTE_USE_EVERY = 60_000;
/** Characters of a browser's or program's name that are kept. */
export const AGENT_MAX = 200;

/** One session as it is kept. */
export interface StoredSession {
	/** SHA-256 (hex) of the token */
	id: string;
	publicId: string;
	person: PersonId;
	/** ms since the epoch, like all times here */
	expiresAt: number;
	createdAt: number;
	usedAt: number;
	/** in a cookie, or a bearer token from signing in, or one made for a bot */
	kind: 'app' | 'api' | 'bot';
	remember: boolean;
	agent: string;
}

/**
 * What a new session rests on. It is looked at again at the moment of writing: a password that was verified may
 * have been changed meanwhile, and a session may have been ended.
 */
export type Grounds =
	/** the hash that the password was found to match */
	| { passwordHash: string }
	/** public id of the session that makes it, and how many of this kind its person may have */
	| { session: string; most: number };

/** Who knows the password, and the hash that it was found to match. */
export interface Proof {
	person: PersonId;
	passwordHash: string;
}

/** Knows only hashes of tokens, so a stolen database signs nobody in. */
export interface SessionStore {
	/** @returns false when the grounds do not hold any more; nothing is written then */
	insert(session: StoredSession, grounds: Grounds): Promise<boolean>;
	/** The session, unless its person is gone or disabled. */
	find(id: string): Promise<StoredSession | null>;
	ofPerson(person: PersonId): Promise<StoredSession[]>;
	/** Whether the session under this public id still lets its person in. */
	isAlive(publicId: string, now: number): Promise<boolean>;
	extend(id: string, expiresAt: number): Promise<void>;
	used(id: string, at: number): Promise<void>;
	/** @returns the public id of what was removed, or null when there was nothing */
	remove(id: string): Promise<string | null>;
	/** Ends a session and forgets the device on which it was begun. */
	removePublic(person: PersonId, publicId: string): Promise<boolean>;
	/** The same for all sessions. @param keep public id of the one that stays @returns the public ids of what was removed */
	removeAll(person: PersonId, keep: string | null): Promise<string[]>;
	removeExpired(now: number): Promise<void>;
}
