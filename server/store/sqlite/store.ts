/** The store on SQLite. */
import type { Store } from '../../domain/store-port.ts';
import { createRoomCaches, type RoomCaches } from '../sql/room-caches.ts';
import { createSqlStore } from '../sql/store.ts';
import { finish, type SqliteDatabase } from './database.ts';

/** Who a database is. */
interface Instance {
	id: string;
	generation: number;
}

/**
 * Makes the store.
 * @param database on an open, migrated file (see open.ts)
 * @param randomBytes random bytes for ids and names that the server makes
 */
export function createStore(
	database: SqliteDatabase,
	randomBytes?: (count: number) => Uint8Array
): Store & { rooms: RoomCaches } {
	const rooms = createRoomCaches(database);
	const instance = instanceOf(database);
	return {
		...createSqlStore({ db: database, instance, rooms, ...(randomBytes && { randomBytes }) }),
		rooms
	};
}

function instanceOf(database: SqliteDatabase): Instance {
	const one = database.prepare<[], Instance>('SELECT id, generation FROM instance');
	const found = finish(one.get());
	if (!found) throw new Error('the database has no instance row');
	return found;
}
