/**
 * Rooms, and who is in them. Ids are UUIDv7 text, times are
 * integer ms since the epoch, `number` is the plain integer by which the compatible API knows a thing.
 */
import { sql } from 'drizzle-orm';
import {
	index,
	integer,
	primaryKey,
	sqliteTable,
	text,
	uniqueIndex
} from 'drizzle-orm/sqlite-core';

export const room = sqliteTable(
	'room',
	{
		number: integer('number').primaryKey({ autoIncrement: true }),
		id: text('id').notNull(),
		rev: integer('rev').notNull(),
		/** rev of its listing in the directory */
		listingRev: integer('listing_rev').notNull().default(0),
		name: text('name').notNull(),
		/** unique among rooms that exist; null once deleted */
		nameKey: text('name_key'),
		description: text('description').notNull().default(''),
		/** a room with a password is private */
		passwordHash: text('password_hash'),
		owner: text('owner').notNull(),
		/** a conversation of two: no name, no listing */
		direct: integer('direct', { mode: 'boolean' }).notNull().default(false),
		/** JSON: seqs of the pinned messages, the latest pin first */
		pins: text('pins').notNull().default('[]'),
		/** JSON: what administrators tell everybody; of the first room only, whose listing everybody has */
		announcement: text('announcement'),
		createdAt: integer('created_at').notNull(),
		deletedAt: integer('deleted_at')
	},
	(t) => [
		uniqueIndex('room_id').on(t.id),
		uniqueIndex('room_name_key').on(t.nameKey),
		index('room_listing').on(t.listingRev)
	]
);

/**
 * Memberships. `from` and `to` are seqs of the room's stream: what lies in [visible, to] may be seen
 * by the person; `to` is null while the person is in.
 */
export const membership = sqliteTable(
	'membership',
	{
		room: text('room').notNull(),
		person: text('person').notNull(),
		rev: integer('rev').notNull(),
		role: text('role', { enum: ['owner', 'admin', 'member'] }).notNull(),
		from: integer('from_seq').notNull(),
		visible: integer('visible_from').notNull(),
		to: integer('to_seq'),
		/** rev of the person's `roomMembership` row in the feed */
		feedRev: integer('feed_rev').notNull(),
		why: text('why'),
		/** how far the person has read, and its row in the feed */
		read: integer('read').notNull().default(0),
		readRev: integer('read_rev').notNull().default(0),
		/** what the others of a small room are shown of it */
		seen: integer('seen').notNull().default(0),
		seenRev: integer('seen_rev').notNull().default(0),
		/** may not come back */
		bannedAt: integer('banned_at'),
		/** may say nothing until then */
		mutedUntil: integer('muted_until')
	},
	(t) => [
		primaryKey({ columns: [t.room, t.person] }),
		index('membership_room_rev').on(t.room, t.rev),
		index('membership_person_feed').on(t.person, t.feedRev),
		index('membership_person_read').on(t.person, t.readRev),
		index('membership_room_seen')
			.on(t.room, t.seenRev)
			.where(sql`seen_rev <> 0`)
	]
);

/** Invite links. */
export const invite = sqliteTable(
	'invite',
	{
		id: text('id').primaryKey(),
		/** who made it; it opens nothing once that person may not invite any more */
		person: text('person').notNull(),
		room: text('room').notNull(),
		rev: integer('rev').notNull(),
		token: text('token').notNull(),
		expiresAt: integer('expires_at'),
		left: integer('uses_left'),
		revoked: integer('revoked', { mode: 'boolean' }).notNull().default(false),
		at: integer('at').notNull()
	},
	(t) => [
		uniqueIndex('invite_token').on(t.token),
		index('invite_rev').on(t.person, t.rev),
		index('invite_room').on(t.room)
	]
);

/** A text not yet sent, shared by a person's devices. */
export const draft = sqliteTable(
	'draft',
	{
		person: text('person').notNull(),
		room: text('room').notNull(),
		rev: integer('rev').notNull(),
		body: text('body').notNull(),
		reply: text('reply'),
		other: text('other'),
		at: integer('at').notNull()
	},
	(t) => [primaryKey({ columns: [t.person, t.room] }), index('draft_rev').on(t.person, t.rev)]
);

/** Rooms that sockets of a bearer token had joined when the server went down, for those who come back. */
export const joined = sqliteTable(
	'joined',
	{
		/** public id of the session */
		session: text('session').notNull(),
		room: text('room').notNull(),
		/** seq of the last message delivered */
		seq: integer('seq').notNull(),
		/** whether it joined by name, in the manner of D3 (compat-api, section 5) */
		byName: integer('by_name', { mode: 'boolean' }).notNull(),
		at: integer('at').notNull()
	},
	(t) => [primaryKey({ columns: [t.session, t.room] })]
);
