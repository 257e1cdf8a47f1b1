/** What effects of administrators write, prepared once. */
import { DROP_PASSWORD_LINKS } from '../password-link-store.ts';
import type { SqlDatabase } from '../database.ts';
import type { RoomRecord } from '../records.ts';

/** Prepares them. */
export const prepareAdminEffects = (db: SqlDatabase) => ({
	setDisabled: db.prepare('UPDATE person SET disabled_at = ? WHERE id = ? AND deleted_at IS NULL'),
	setAdmin: db.prepare('UPDATE person SET admin = ? WHERE id = ? AND deleted_at IS NULL'),
	endSessions: db.pluck<[string], string>(
		'DELETE FROM session WHERE person = ? RETURNING public_id'
	),
	forgetDevices: db.prepare('DELETE FROM known_device WHERE person = ?'),
	dropLinks: db.prepare(DROP_PASSWORD_LINKS),
	insertLink: db.prepare(
		'INSERT INTO password_link (id, person, expires_at, created_at) VALUES (?, ?, ?, ?)'
	),
	restoreRoom: db.prepare<unknown[], RoomRecord>(
		`UPDATE room SET rev = @rev, deleted_at = NULL, name = @name, name_key = @nameKey,
		owner = coalesce(@owner, owner) WHERE id = @room RETURNING *`
	),
	announce: db.prepare<unknown[], RoomRecord>(
		'UPDATE room SET announcement = ?, listing_rev = ? WHERE id = ? RETURNING *'
	),
	putSetting: db.prepare(
		`INSERT INTO setting (key, value) VALUES (?, ?)
		ON CONFLICT (key) DO UPDATE SET value = excluded.value`
	),
	dropSetting: db.prepare('DELETE FROM setting WHERE key = ?'),
	insertReport: db.prepare(
		`INSERT INTO report (id, room, message, author, reporter, reason, body, files, said_at, at)
		VALUES (@id, @room, @message, @author, @reporter, @reason, @body, @files, @said, @at)`
	),
	resolveReport: db.prepare(
		'UPDATE report SET resolved_at = ?, resolved_by = ?, action = ? WHERE id = ?'
	),
	writeAudit: db.prepare(
		`INSERT INTO audit (at, actor, actor_name, act, subject, subject_name, detail)
		VALUES (@at, @actor, coalesce((SELECT name FROM person WHERE id = @actor), ''), @act, @subject,
		@subjectName, @detail)`
	)
});
