/** What the compatible API reads and keeps, on SQLite. */
import type Database from 'better-sqlite3';
import type { CompatStore, FileReads } from '../../compat/ports.ts';
import { createCompatWrites } from './compat/compat-writes.ts';
import { createMessageReads } from './compat/message-reads.ts';
import { createPeopleReads } from './compat/people-reads.ts';
import { createRoomReads, type RightsNow } from './compat/room-reads.ts';
import { finish, SqliteDatabase } from './database.ts';
import type { FileRecord } from '../sql/records.ts';
import { prepareRights } from '../sql/rights.ts';
import { storedFile } from '../sql/rows.ts';

/** @param db an open, migrated database (see open.ts) */
export function createCompatStore(db: Database.Database): CompatStore {
	const people = createPeopleReads(db);
	const rights = prepareRights(new SqliteDatabase(db));
	const rightsIn: RightsNow = (person, room) => finish(rights(person, room));
	return {
		...createRoomReads(db, rightsIn),
		...createMessageReads(db, rightsIn),
		...createFileReads(db),
		...people,
		...createCompatWrites(db, people)
	};
}

function createFileReads(db: Database.Database): FileReads {
	const byId = db.prepare<[string], FileRecord>('SELECT * FROM file WHERE id = ?');
	const byStored = db.prepare<[string], FileRecord>(
		// Served until the last message that shows it is gone; before the first one, whoever handed it in may show it.
		`SELECT * FROM file f WHERE stored = ? AND CASE
		WHEN EXISTS (SELECT 1 FROM attachment a WHERE a.file = f.id)
		THEN EXISTS (SELECT 1 FROM attachment a JOIN room r ON r.id = a.room
			WHERE a.file = f.id AND r.deleted_at IS NULL)
		ELSE f.at > 0 END`
	);
	const fileOf = (record: FileRecord | undefined) => (record ? storedFile(record) : null);
	return {
		file: (id) => fileOf(byId.get(id)),
		fileStoredAs: (name) => fileOf(byStored.get(name))
	};
}
