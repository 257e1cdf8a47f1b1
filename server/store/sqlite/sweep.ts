/**
 * What nobody can see any more goes from the disk, too: everything that was said in rooms that were
 * deleted. In small steps, so that no send has to wait for it.
 */
import type Database from 'better-sqlite3';

/** Messages removed in one transaction: a few ms of writing. */
const STEP = 500;

/**
 * Removes up to STEP messages of deleted rooms, with their earlier texts, and what hangs on such rooms.
 * @returns whether there may be more
 */
export function sweepDeletedRooms(db: Database.Database): boolean {
	const step = db.transaction((): boolean => {
		const doomed = db
			.prepare<[number], { id: string }>(
				`SELECT m.id FROM room r JOIN message m ON m.room = r.id
				WHERE r.deleted_at IS NOT NULL LIMIT ?`
			)
			.all(STEP);
		const ids = JSON.stringify(doomed.map(({ id }) => id));
		db.prepare('DELETE FROM revision WHERE message IN (SELECT value FROM json_each(?))').run(ids);
		db.prepare('DELETE FROM attachment WHERE message IN (SELECT value FROM json_each(?))').run(ids);
		db.prepare('DELETE FROM message WHERE id IN (SELECT value FROM json_each(?))').run(ids);
		if (doomed.length === STEP) return true;
		db.prepare(
			`DELETE FROM draft WHERE body <> '' AND room IN
			(SELECT id FROM room WHERE deleted_at IS NOT NULL)`
		).run();
		return false;
	});
	return step.immediate();
}
