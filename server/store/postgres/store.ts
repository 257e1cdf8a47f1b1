/** The store on PostgreSQL. */
import type { Pool } from 'pg';
import type { Store } from '../../domain/store-port.ts';
import { createRoomCaches, type RoomCaches } from '../sql/room-caches.ts';
import { createSqlStore } from '../sql/store.ts';
import { PostgresDatabase } from './database.ts';
import type { Instance } from './open.ts';

/** @param opened an open, migrated database (see open.ts) */
export function createPostgresStore({
	pool,
	instance
}: {
	pool: Pool;
	instance: Instance;
}): Store & { rooms: RoomCaches } {
	const db = new PostgresDatabase(pool);
	const rooms = createRoomCaches(db);
	return { ...createSqlStore({ db, instance, rooms }), rooms };
}
