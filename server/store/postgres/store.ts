/** The store on PostgreSQL. */
import type { Store } from '../../domain/store-port.ts';
import { createRoomCaches, type RoomCaches } from '../sql/room-caches.ts';
import { createSqlStore } from '../sql/store.ts';
import type { PostgresDatabase } from './database.ts';
import type { Instance } from './open.ts';

/** @param instance who the open, migrated database is (see open.ts) */
export function createPostgresStore(
	database: PostgresDatabase,
	instance: Instance
): Store & { rooms: RoomCaches } {
	const rooms = createRoomCaches(database);
	return { ...createSqlStore({ db: database, instance, rooms }), rooms };
}
