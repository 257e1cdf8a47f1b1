/**
 * What nobody can see any more goes from the disk, too: everything that was said in rooms that were
 * deleted. In small steps, so that no send has to wait for it.
 */
import type { SqlDatabase } from './database.ts';
import type { Steps } from './steps.ts';

/** Messages, or earlier texts, removed in one transaction: a few ms of writing. */
const STEP = 500;

const prepare = (db: SqlDatabase) => ({
	doomed: db.pluck<[number], string>(
		`SELECT m.id FROM room r JOIN message m ON m.room = r.id
		WHERE r.deleted_at IS NOT NULL LIMIT ?`
	),
	dropRevisions: db.prepare<[string, number]>(
		`DELETE FROM revision WHERE (message, rev) IN (SELECT message, rev FROM revision
		WHERE message IN ${db.dialect.texts('?')} LIMIT ?)`
	),
	releaseFiles: db.prepare<{ ids: string }>(
		`UPDATE file SET at = 0 WHERE id IN
		(SELECT file FROM attachment WHERE message IN ${db.dialect.texts('@ids')})
		AND NOT EXISTS (SELECT 1 FROM attachment a WHERE a.file = file.id
		AND a.message NOT IN ${db.dialect.texts('@ids')})`
	),
	detach: db.prepare<[string]>(`DELETE FROM attachment WHERE message IN ${db.dialect.texts('?')}`),
	dropMessages: db.prepare<[string]>(`DELETE FROM message WHERE id IN ${db.dialect.texts('?')}`),
	dropDrafts: db.prepare(
		`DELETE FROM draft WHERE body <> '' AND room IN
		(SELECT id FROM room WHERE deleted_at IS NOT NULL)`
	)
});

/**
 * Removes up to STEP messages of deleted rooms, their earlier texts before them, and what hangs on such rooms.
 * @returns whether there may be more
 */
export const sweepDeletedRooms = (db: SqlDatabase): Promise<boolean> =>
	db.write(() => sweepStep(prepare(db)));

function* sweepStep(statements: ReturnType<typeof prepare>): Steps<boolean> {
	const doomed = yield* statements.doomed.all(STEP);
	const ids = JSON.stringify(doomed);
	if ((yield* statements.dropRevisions.run(ids, STEP)) === STEP) return true;
	yield* statements.releaseFiles.run({ ids });
	yield* statements.detach.run(ids);
	yield* statements.dropMessages.run(ids);
	if (doomed.length === STEP) return true;
	yield* statements.dropDrafts.run();
	return false;
}
