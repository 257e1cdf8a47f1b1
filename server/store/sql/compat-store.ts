/** What the compatible API reads and keeps. */
import type { CompatStore } from '../../compat/ports.ts';
import { createCompatWrites } from './compat/compat-writes.ts';
import { createEventReads } from './compat/event-reads.ts';
import { createFileReads } from './compat/file-reads.ts';
import { createMessageReads } from './compat/message-reads.ts';
import { createPeopleReads } from './compat/people-reads.ts';
import { createRoomReads } from './compat/room-reads.ts';
import type { SqlDatabase } from './database.ts';
import { prepareRights } from './rights.ts';

/** @param db an open database with all its tables */
export function createCompatStore(db: SqlDatabase): CompatStore {
	const rightsIn = prepareRights(db);
	return {
		...createRoomReads(db, rightsIn),
		...createMessageReads(db, rightsIn),
		...createFileReads(db),
		...createPeopleReads(db),
		...createEventReads(db),
		...createCompatWrites(db)
	};
}
