/** Files as the compatible API knows them. */
import type { FileReads } from '../../../compat/ports.ts';
import type { StoredFile } from '../../../files/file-ports.ts';
import type { SqlDatabase } from '../database.ts';
import type { FileRecord } from '../records.ts';
import { storedFile } from '../rows.ts';
import type { Steps } from '../steps.ts';

/** Answers those of these files that there are, by id; asks nothing when none are wanted. */
export function prepareFiles(
	db: SqlDatabase
): (ids: Iterable<string>) => Steps<Map<string, StoredFile>> {
	const byIds = db.prepare<[string], FileRecord>(
		`SELECT * FROM file WHERE id IN ${db.dialect.texts('?')}`
	);
	return function* (ids) {
		const wanted = [...ids];
		const records = wanted.length === 0 ? [] : yield* byIds.all(JSON.stringify(wanted));
		return new Map(records.map((record) => [record.id, storedFile(record)]));
	};
}

/** The part of the store that reads files for the compatible API. */
export function createFileReads(db: SqlDatabase): FileReads {
	const filesOf = prepareFiles(db);
	const byStored = db.prepare<[string], FileRecord>(
		// Served until the last message that shows it is gone; before the first one, whoever handed it in may show it.
		`SELECT * FROM file f WHERE stored = ? AND CASE
		WHEN EXISTS (SELECT 1 FROM attachment a WHERE a.file = f.id)
		THEN EXISTS (SELECT 1 FROM attachment a JOIN room r ON r.id = a.room
			WHERE a.file = f.id AND r.deleted_at IS NULL)
		ELSE f.at > 0 END`
	);
	return {
		files: (ids) => db.ask(() => filesOf(ids)),
		async fileStoredAs(name) {
			const record = await db.ask(() => byStored.get(name));
			return record ? storedFile(record) : null;
		}
	};
}
