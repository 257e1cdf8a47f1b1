/** What effects write, prepared once: a record of statements for each subject. */
import { REVISIONS_KEPT } from '../../../domain/constants.ts';
import type { SqlDatabase } from '../database.ts';
import { prepareAdminEffects } from './admin-statements.ts';
import { contactsWithCard, membersWithCard } from '../conditions.ts';
import type {
	ContactRecord,
	DraftRecord,
	InviteRecord,
	MemberRecord,
	MembershipRecord,
	MessageRecord,
	PersonRecord,
	PrefRecord,
	RoomRecord
} from '../records.ts';

const messages = (db: SqlDatabase) => ({
	insert: db.prepare<[Omit<MessageRecord, 'number'>]>(
		`INSERT INTO message (id, room, seq, rev, author, body, digest, reply, reply_seq, mentions, forward,
		files, type, note, at, sent) VALUES (@id, @room, @seq, @rev, @author, @body, @digest, @reply,
		@reply_seq, @mentions, @forward, @files, @type, @note, @at, @sent)`
	),
	edit: db.prepare<unknown[], MessageRecord>(
		'UPDATE message SET body = ?, mentions = ?, rev = ?, edited_at = ? WHERE id = ? RETURNING *'
	),
	empty: db.prepare<[number, number, string], MessageRecord>(
		`UPDATE message SET body = '', rev = ?, deleted_at = ?, edited_at = NULL, reply = NULL,
		reply_seq = NULL, mentions = NULL, reactions = NULL, forward = NULL, files = NULL, pinned_at = NULL
		WHERE id = ? RETURNING *`
	),
	setReactions: db.prepare<unknown[], MessageRecord>(
		'UPDATE message SET reactions = ?, rev = ? WHERE id = ? RETURNING *'
	),
	setPinned: db.prepare<unknown[], MessageRecord>(
		'UPDATE message SET pinned_at = ?, rev = ? WHERE id = ? RETURNING *'
	),
	keepRevision: db.prepare(
		'INSERT INTO revision (message, rev, body, at) SELECT id, rev, body, ? FROM message WHERE id = ?'
	),
	/** A message that is edited again and again must not grow without end, nor its recall take long. */
	dropOldRevisions: db.prepare(
		`DELETE FROM revision WHERE message = @message AND rev <= (SELECT rev FROM revision
		WHERE message = @message ORDER BY rev DESC LIMIT 1 OFFSET ${REVISIONS_KEPT})`
	),
	dropRevisions: db.prepare('DELETE FROM revision WHERE message = ?'),
	attach: db.prepare('INSERT INTO attachment (message, file, room) VALUES (?, ?, ?)'),
	detach: db.prepare('DELETE FROM attachment WHERE message = ?'),
	// A file that was shown and is in no message any more is nobody's: it is neither served nor kept for later.
	releaseFiles: db.prepare(
		`UPDATE file SET at = 0 WHERE id IN (SELECT file FROM attachment WHERE message = @message)
		AND NOT EXISTS (SELECT 1 FROM attachment a WHERE a.file = file.id AND a.message <> @message)`
	)
});

const calls = (db: SqlDatabase) => ({
	insert: db.prepare('INSERT INTO call (id, room, alive) VALUES (?, ?, ?)'),
	setNote: db.prepare<[string, number, string], MessageRecord>(
		'UPDATE message SET note = ?, rev = ? WHERE id = ? RETURNING *'
	),
	drop: db.prepare('DELETE FROM call WHERE id = ?')
});

const drafts = (db: SqlDatabase) => ({
	put: db.prepare<unknown[], DraftRecord>(
		`INSERT INTO draft (person, room, rev, body, reply, other, at) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (person, room) DO UPDATE SET rev = excluded.rev, body = excluded.body,
		reply = excluded.reply, other = excluded.other, at = excluded.at RETURNING *`
	),
	dropAll: db.prepare('DELETE FROM draft WHERE person = ?')
});

const rooms = (db: SqlDatabase) => ({
	insert: db.prepare<unknown[], RoomRecord>(
		`INSERT INTO room (id, rev, name, name_key, description, password_hash, owner, direct, created_at)
		VALUES (@id, @rev, @name, @nameKey, @description, @passwordHash, @owner, @direct, @at) RETURNING *`
	),
	update: db.prepare<unknown[], RoomRecord>(
		`UPDATE room SET rev = @rev, name = coalesce(@name, name), name_key = coalesce(@nameKey, name_key),
		description = coalesce(@description, description), owner = coalesce(@owner, owner),
		pins = coalesce(@pins, pins) WHERE id = @room RETURNING *`
	),
	setPassword: db.prepare('UPDATE room SET password_hash = ? WHERE id = ?'),
	setListing: db.prepare<[number, string], RoomRecord>(
		'UPDATE room SET listing_rev = ? WHERE id = ? RETURNING *'
	),
	markDeleted: db.prepare<unknown[], RoomRecord>(
		'UPDATE room SET rev = ?, deleted_at = ?, name_key = NULL WHERE id = ? RETURNING *'
	)
});

const memberships = (db: SqlDatabase) => ({
	select: db.prepare<[string, string], MemberRecord>(
		`${membersWithCard(db.dialect)} WHERE s.room = ? AND s.person = ?`
	),
	/** Rooms that are or were this person's, except those that are gone. */
	roomsEver: db.pluck<[string], string>(
		`SELECT s.room FROM membership s JOIN room r ON r.id = s.room
			WHERE s.person = ? AND r.deleted_at IS NULL`
	),
	// What was said before somebody came in is there to be read, but nobody owes it a reading.
	// Who owns a room can be let speak by nobody else: an owner is never muted.
	open: db.prepare(
		`INSERT INTO membership (room, person, rev, role, from_seq, visible_from, feed_rev, read)
		VALUES (@room, @person, @seq, @role, @seq, 1, @feedRev, @seq)
		ON CONFLICT (room, person) DO UPDATE SET rev = excluded.rev, role = excluded.role,
		from_seq = excluded.from_seq, to_seq = NULL, why = NULL, feed_rev = excluded.feed_rev,
		banned_at = NULL,
		muted_until = CASE WHEN excluded.role = 'owner' THEN NULL ELSE membership.muted_until END`
	),
	// The roles of a room that is deleted are kept with it: an administrator may restore it.
	close: db.prepare(
		`UPDATE membership SET rev = @seq, to_seq = @seq, why = @why, feed_rev = @feedRev,
		role = CASE WHEN EXISTS (SELECT 1 FROM room WHERE id = @room AND deleted_at IS NOT NULL)
		THEN role ELSE 'member' END,
		banned_at = @bannedAt WHERE room = @room AND person = @person`
	),
	setBanned: db.prepare(
		`INSERT INTO membership (room, person, rev, role, from_seq, visible_from, to_seq, feed_rev, banned_at)
		VALUES (@room, @person, @seq, 'member', @seq, 1, @seq, 0, @bannedAt)
		ON CONFLICT (room, person) DO UPDATE SET rev = excluded.rev, banned_at = excluded.banned_at`
	),
	setRole: db.prepare(
		`UPDATE membership SET rev = @rev, role = @role,
		muted_until = CASE WHEN @role = 'owner' THEN NULL ELSE muted_until END
		WHERE room = @room AND person = @person`
	),
	setMuted: db.prepare(
		'UPDATE membership SET rev = ?, muted_until = ? WHERE room = ? AND person = ?'
	),
	setRev: db.prepare('UPDATE membership SET rev = ? WHERE room = ? AND person = ?'),
	setRead: db.prepare<[number, number, string, string], MembershipRecord>(
		'UPDATE membership SET read = ?, read_rev = ? WHERE room = ? AND person = ? RETURNING *'
	),
	setSeen: db.prepare<[number, number, string, string], MembershipRecord>(
		'UPDATE membership SET seen = ?, seen_rev = ? WHERE room = ? AND person = ? RETURNING *'
	)
});

const contacts = (db: SqlDatabase) => ({
	select: db.prepare<[string, string], ContactRecord>(
		`${contactsWithCard(db.dialect)} WHERE c.person = ? AND c.other = ?`
	),
	/** Everybody in whose feed this person is. */
	knowing: db.pluck<[string], string>('SELECT person FROM contact WHERE other = ?'),
	put: db.prepare(
		`INSERT INTO contact (person, other, rev, state, blocked, at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (person, other) DO UPDATE SET rev = excluded.rev, state = excluded.state,
		blocked = excluded.blocked, at = excluded.at`
	),
	setRev: db.prepare('UPDATE contact SET rev = ? WHERE person = ? AND other = ?')
});

const prefs = (db: SqlDatabase) => ({
	put: db.prepare<unknown[], PrefRecord>(
		`INSERT INTO pref (person, key, rev, value) VALUES (?, ?, ?, ?)
		ON CONFLICT (person, key) DO UPDATE SET rev = excluded.rev, value = excluded.value RETURNING *`
	),
	dropAll: db.prepare('DELETE FROM pref WHERE person = ?')
});

const invites = (db: SqlDatabase) => ({
	insert: db.prepare<unknown[], InviteRecord>(
		`INSERT INTO invite (id, person, room, rev, token, expires_at, uses_left, at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING *`
	),
	byId: db.prepare<[string], InviteRecord>('SELECT * FROM invite WHERE id = ? AND revoked = 0'),
	ofRoom: db.prepare<[string], InviteRecord>('SELECT * FROM invite WHERE room = ? AND revoked = 0'),
	revise: db.prepare<unknown[], InviteRecord>(
		'UPDATE invite SET rev = ?, revoked = ?, uses_left = ? WHERE id = ? RETURNING *'
	)
});

const people = (db: SqlDatabase) => ({
	update: db.prepare<unknown[], PersonRecord>(
		`UPDATE person SET feed_rev = @rev, card_version = card_version + 1,
		name = coalesce(@name, name), name_key = coalesce(@nameKey, name_key),
		display = CASE WHEN @setsDisplay THEN @display ELSE display END,
		bio = CASE WHEN @setsBio THEN @bio ELSE bio END,
		avatar = CASE WHEN @setsAvatar THEN @avatar ELSE avatar END
		WHERE id = @person RETURNING *`
	),
	erase: db.prepare<unknown[], PersonRecord>(
		`UPDATE person SET feed_rev = @rev, card_version = card_version + 1, name = @name, name_key = @key,
		email = '', email_key = @key, password_hash = '', display = NULL, bio = NULL, avatar = NULL,
		admin = 0, disabled_at = @at, deleted_at = @at, seen_at = NULL WHERE id = @person RETURNING *`
	),
	dropProfile: db.prepare('DELETE FROM profile WHERE person = ?'),
	insertAvatar: db.prepare(
		'INSERT INTO avatar (name, person, type, bytes, at) VALUES (?, ?, ?, ?, ?)'
	),
	dropAvatars: db.prepare('DELETE FROM avatar WHERE person = ?')
});

/** Prepares the statements of all effects. */
export const prepareEffects = (db: SqlDatabase) => ({
	messages: messages(db),
	calls: calls(db),
	drafts: drafts(db),
	rooms: rooms(db),
	memberships: memberships(db),
	contacts: contacts(db),
	prefs: prefs(db),
	invites: invites(db),
	people: people(db),
	admin: prepareAdminEffects(db)
});

export type EffectStatements = ReturnType<typeof prepareEffects>;
