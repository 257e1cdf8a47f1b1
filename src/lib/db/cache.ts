/** What screens read of the cache, besides what the engine needs of it. */
import type { Card, DirectoryRow, MemberRow, OwnRow, SeenRow } from '../protocol/change.ts';
import type { PersonId, RoomId, StreamId } from '../protocol/ids.ts';
import type { LocalStore, StreamState } from '../sync/ports.ts';

/** A cache that can also be read by screens: kept by Dexie or in memory. */
export interface Cache extends LocalStore {
	/** One stream, or null when it is not known. */
	stream(id: StreamId): Promise<StreamState | null>;
	/** Members of a room, tombstones included. */
	members(room: RoomId): Promise<MemberRow[]>;
	/** Rooms that can be found, tombstones included. */
	directory(): Promise<DirectoryRow[]>;
	/** Rows of the person's feed of one kind, tombstones included. */
	own<K extends OwnRow['kind']>(kind: K): Promise<Extract<OwnRow, { kind: K }>[]>;
	/** How far the members of a room have read, where that is shown. */
	seen(room: RoomId): Promise<SeenRow[]>;
	/** The cards held of the people with these numbers. */
	cardsByNumber(numbers: number[]): Promise<Card[]>;
	/** The cards held of these people. */
	cards(people: PersonId[]): Promise<Card[]>;
	/** Cards held, at most so many. */
	someCards(limit: number): Promise<Card[]>;
	/**
	 * Runs several reads of this cache at one moment, and cheaper than each by itself. It may run them twice, and they
	 * must wait for nothing else.
	 */
	together<T>(read: () => Promise<T>): Promise<T>;
	/** Number of messages kept of a room. */
	countMessages(room: RoomId): Promise<number>;
	/** Repairs messages that no other read comes upon; to be called once after opening. */
	findStrays(): Promise<void>;
	/** Has the engine read its states anew, in whichever tab it runs: what was set back is asked for. */
	tellRepaired(): Promise<void>;
	/** Calls back after any commit that touched the stream (null: any stream); the answer ends it. */
	watch(stream: StreamId | null, changed: () => void): () => void;
}
