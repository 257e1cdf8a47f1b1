/** What the store keeps in memory of rooms: for good, or as long as one transaction. */
import type { SqlDatabase } from './database.ts';
import { prepareRooms, RoomCache } from './room-cache.ts';

/** Answers the cache for a transaction that begins. */
export type RoomCaches = () => RoomCache;

/**
 * One cache for all transactions where nobody else writes, a new one for each elsewhere. To be made once for a
 * database: what is written through one store is forgotten in its own cache alone.
 */
export function createRoomCaches(db: SqlDatabase): RoomCaches {
	const statements = prepareRooms(db);
	const kept = db.isExclusive ? new RoomCache(statements) : null;
	return () => kept ?? new RoomCache(statements);
}
