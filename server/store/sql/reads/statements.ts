/** What devices read, prepared once: a record of statements for each subject. */
import type { SqlDatabase } from '../database.ts';
import { contactsWithCard, IS_UNREAD, membersWithCard } from '../conditions.ts';
import type {
	CardRecord,
	ContactRecord,
	DraftRecord,
	InviteRecord,
	MemberRecord,
	MembershipRecord,
	MessageRecord,
	PersonRecord,
	PrefRecord,
	RecordOf,
	RoomRecord
} from '../records.ts';
import type { stream } from '../schema/log.ts';

/** Where a stream stands. */
export type HeadRecord = Pick<RecordOf<typeof stream>, 'head' | 'head_hash' | 'floor'>;

const streams = (db: SqlDatabase) => ({
	head: db.prepare<[string], HeadRecord>('SELECT head, head_hash, floor FROM stream WHERE id = ?'),
	hash: db.pluck<[string, number], string>('SELECT hash FROM change WHERE stream = ? AND seq = ?')
});

type ChangedAfter = [room: string, after: number, from: number, to: number, limit: number];
type Between = [room: string, after: number, before: number, limit: number];

const messages = (db: SqlDatabase) => ({
	// By rev in two parts, because only messages that were changed after posting are indexed by it.
	postedAfter: db.prepare<ChangedAfter, MessageRecord>(
		`SELECT * FROM message WHERE room = ? AND seq > ? AND seq BETWEEN ? AND ? AND rev = seq
		ORDER BY seq LIMIT ?`
	),
	changedAfter: db.prepare<ChangedAfter, MessageRecord>(
		`SELECT * FROM message WHERE room = ? AND rev > ? AND seq BETWEEN ? AND ? AND rev <> seq
		ORDER BY rev LIMIT ?`
	),
	newest: db.prepare<[string, number, number], MessageRecord>(
		'SELECT * FROM message WHERE room = ? AND seq >= ? ORDER BY seq DESC LIMIT ?'
	),
	down: db.prepare<Between, MessageRecord>(
		'SELECT * FROM message WHERE room = ? AND seq > ? AND seq < ? ORDER BY seq DESC LIMIT ?'
	),
	up: db.prepare<Between, MessageRecord>(
		'SELECT * FROM message WHERE room = ? AND seq > ? AND seq < ? ORDER BY seq LIMIT ?'
	),
	place: db.prepare<[string, number], { seq: number; at: number }>(
		'SELECT seq, at FROM message WHERE room = ? AND seq >= ? ORDER BY seq LIMIT 1'
	),
	countUnread: db.pluck<[string, string, number], number>(
		`SELECT count(*) FROM (SELECT 1 FROM membership s JOIN message m ON m.room = s.room
			WHERE s.room = ? AND s.person = ? AND ${IS_UNREAD} LIMIT ?) AS counted`
	),
	/** A mention is written down as [name, person]; ids hold no character that LIKE takes for another. */
	countMentions: db.pluck<[string, string, number], number>(
		`SELECT count(*) FROM (SELECT 1 FROM membership s JOIN message m ON m.room = s.room
			WHERE s.room = ? AND s.person = ? AND ${IS_UNREAD}
			AND m.mentions IS NOT NULL AND m.mentions LIKE '%"' || s.person || '"%' LIMIT ?) AS counted`
	)
});

type AfterRev = [of: string, rev: number, limit: number];

const members = (db: SqlDatabase) => ({
	byRev: db.prepare<AfterRev, MemberRecord>(
		`${membersWithCard(db.dialect)} WHERE s.room = ? AND s.rev > ? ORDER BY s.rev LIMIT ?`
	),
	one: db.prepare<[string, string], MemberRecord>(
		`${membersWithCard(db.dialect)} WHERE s.room = ? AND s.person = ?`
	),
	seenByRev: db.prepare<AfterRev, MembershipRecord>(
		'SELECT * FROM membership WHERE room = ? AND seen_rev > ? AND seen_rev <> 0 ORDER BY seen_rev LIMIT ?'
	)
});

const rooms = (db: SqlDatabase) => ({
	byRev: db.prepare<[string, number], RoomRecord>('SELECT * FROM room WHERE id = ? AND rev > ?'),
	listedByRev: db.prepare<[number, number], RoomRecord>(
		'SELECT * FROM room WHERE listing_rev > ? ORDER BY listing_rev LIMIT ?'
	)
});

/** The rows of a person's feed, by rev. */
const feed = (db: SqlDatabase) => ({
	memberships: db.prepare<AfterRev, MembershipRecord>(
		'SELECT * FROM membership WHERE person = ? AND feed_rev > ? ORDER BY feed_rev LIMIT ?'
	),
	readPositions: db.prepare<AfterRev, MembershipRecord>(
		'SELECT * FROM membership WHERE person = ? AND read_rev > ? ORDER BY read_rev LIMIT ?'
	),
	contacts: db.prepare<AfterRev, ContactRecord>(
		`${contactsWithCard(db.dialect)} WHERE c.person = ? AND c.rev > ? ORDER BY c.rev LIMIT ?`
	),
	drafts: db.prepare<AfterRev, DraftRecord>(
		'SELECT * FROM draft WHERE person = ? AND rev > ? ORDER BY rev LIMIT ?'
	),
	prefs: db.prepare<AfterRev, PrefRecord>(
		'SELECT * FROM pref WHERE person = ? AND rev > ? ORDER BY rev LIMIT ?'
	),
	invites: db.prepare<AfterRev, InviteRecord>(
		'SELECT * FROM invite WHERE person = ? AND rev > ? ORDER BY rev LIMIT ?'
	),
	self: db.prepare<[string, number], PersonRecord>(
		'SELECT * FROM person WHERE id = ? AND feed_rev > ?'
	)
});

const people = (db: SqlDatabase) => ({
	cards: db.prepare<[string], CardRecord>(
		`SELECT id, number, name, display, bio, avatar, deleted_at, card_version FROM person
		WHERE id IN ${db.dialect.texts('?')}`
	)
});

/** Prepares the statements of all reads. */
export const prepareReads = (db: SqlDatabase) => ({
	streams: streams(db),
	messages: messages(db),
	members: members(db),
	rooms: rooms(db),
	feed: feed(db),
	people: people(db)
});

export type ReadStatements = ReturnType<typeof prepareReads>;
