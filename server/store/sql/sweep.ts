/**
 * What nobody can see any more goes from the disk, too: everything that was said in rooms that were
 * deleted, once they cannot be restored any more. In small steps, so that no send has to wait for it.
 */
import { ROOM_KEPT } from '../../../src/lib/protocol/admin.ts';
import type { SqlDatabase } from './database.ts';
import type { Steps } from './steps.ts';

/** Messages, or earlier texts, removed in one transaction: a few ms of writing. */
const STEP = 500;
/** ms that a report is kept with the words in it after it was resolved; the audit log says for good that it was. */
const REPORT_KEPT = 90 * 86_400_000;
/** ms that a report is kept about which nobody ever decided. */
const OPEN_REPORT_KEPT = 365 * 86_400_000;

const prepare = (db: SqlDatabase) => ({
	doomed: db.prepare<[number, number], { id: string; room: number }>(
		`SELECT m.id, r.number AS room FROM room r JOIN message m ON m.room = r.id
		WHERE r.deleted_at <= ? LIMIT ?`
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
		(SELECT id FROM room WHERE deleted_at <= ?)`
	),
	empty: db.prepare<[number]>(
		`UPDATE room SET password_hash = NULL, pins = '[]', description = ''
		WHERE deleted_at <= ? AND (password_hash IS NOT NULL OR pins <> '[]' OR description <> '')`
	),
	dropReports: db.prepare<[number, number]>(
		'DELETE FROM report WHERE resolved_at <= ? OR (resolved_at IS NULL AND at <= ?)'
	),
	/** A report has words of the room in it. */
	dropReportsOf: db.prepare<[number]>(
		'DELETE FROM report WHERE room IN (SELECT id FROM room WHERE deleted_at <= ?)'
	)
});

/** What one step of sweeping came to. */
interface Swept {
	/** there may be more to do */
	isMore: boolean;
	/** numbers of the rooms of which messages were removed */
	rooms: number[];
}

/**
 * Removes up to STEP messages of rooms that were deleted too long ago to be restored, their earlier texts before them,
 * what hangs on such rooms, and reports that were resolved, or left open, long ago.
 * @param now ms
 */
export const sweepDeletedRooms = (db: SqlDatabase, now: number): Promise<Swept> =>
	db.write(() => sweepStep(prepare(db), now));

function* sweepStep(statements: ReturnType<typeof prepare>, now: number): Steps<Swept> {
	const before = now - ROOM_KEPT;
	const doomed = yield* statements.doomed.all(before, STEP);
	const rooms = [...new Set(doomed.map(({ room }) => room))];
	const ids = JSON.stringify(doomed.map(({ id }) => id));
	if ((yield* statements.dropRevisions.run(ids, STEP)) === STEP) return { isMore: true, rooms };
	yield* statements.releaseFiles.run({ ids });
	yield* statements.detach.run(ids);
	yield* statements.dropMessages.run(ids);
	if (doomed.length === STEP) return { isMore: true, rooms };
	yield* statements.dropDrafts.run(before);
	yield* statements.empty.run(before);
	yield* statements.dropReportsOf.run(before);
	yield* statements.dropReports.run(now - REPORT_KEPT, now - OPEN_REPORT_KEPT);
	return { isMore: false, rooms };
}
