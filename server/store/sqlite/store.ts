/** The store on SQLite. */
import type Database from 'better-sqlite3';
import type { Store } from '../../domain/store-port.ts';
import { createRoomCaches, type RoomCaches } from '../sql/room-caches.ts';
import { createSqlStore } from '../sql/store.ts';
import { SqliteDatabase } from './database.ts';

/**
 * Makes the store.
 * @param db an open, migrated database (see open.ts)
 * @param randomBytes random bytes for ids and names that the server makes
 */
export function createStore(
	db: Database.Database,
	randomBytes?: (count: number) => Uint8Array
): Store & { rooms: RoomCaches } {
	const database = new SqliteDatabase(db);
	const rooms = createRoomCaches(database);
	const instance = instanceOf(db);
	return {
		...createSqlStore({ db: database, instance, rooms, ...(randomBytes && { randomBytes }) }),
		rooms
	};
}

function instanceOf(db: Database.Database): { id: string; generation: number } {
	const found = db
		.prepare<[], { id: string; generation: number }>('SELECT id, generation FROM instance')
		.get();
	if (!found) throw new Error('the database has no instance row');
	return found;
}
