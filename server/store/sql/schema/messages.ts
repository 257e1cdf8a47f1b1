/**
 * What is said, and the files that go with it. Ids are UUIDv7 text, times are
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

export const message = sqliteTable(
	'message',
	{
		number: integer('number').primaryKey({ autoIncrement: true }),
		id: text('id').notNull(),
		room: text('room').notNull(),
		seq: integer('seq').notNull(),
		rev: integer('rev').notNull(),
		author: text('author').notNull(),
		body: text('body').notNull(),
		/** SHA-256 (base64) of the body as first accepted, to recognise a repeat after an edit */
		digest: text('digest'),
		reply: text('reply'),
		/** seq of the message replied to, when it is in the same room */
		replySeq: integer('reply_seq'),
		/** JSON of [name as written, person] */
		mentions: text('mentions'),
		/** JSON of [emoji, numbers of people] */
		reactions: text('reactions'),
		/** JSON: where a forwarded text comes from */
		forward: text('forward'),
		/** JSON of file cards */
		files: text('files'),
		pinnedAt: integer('pinned_at'),
		type: text('type'),
		/** JSON: what a system message tells */
		note: text('note'),
		at: integer('at').notNull(),
		sent: integer('sent'),
		editedAt: integer('edited_at'),
		deletedAt: integer('deleted_at')
	},
	(t) => [
		uniqueIndex('message_id').on(t.id),
		uniqueIndex('message_room_seq').on(t.room, t.seq),
		// Few messages name anybody: counting unread mentions looks at those alone.
		index('message_mentions')
			.on(t.room, t.seq)
			.where(sql`mentions IS NOT NULL`),
		// Only what was changed after it was posted: an index over all would cost every message a page.
		index('message_room_amended')
			.on(t.room, t.rev)
			.where(sql`rev <> seq`),
		// The few that the compatible API does not show: what it shows is counted as all without these.
		index('message_room_hidden')
			.on(t.room, t.seq)
			.where(sql`deleted_at IS NOT NULL OR type = 'system'`)
	]
);

/** Texts that were replaced by an edit; emptied when the message is deleted. */
export const revision = sqliteTable(
	'revision',
	{
		message: text('message').notNull(),
		rev: integer('rev').notNull(),
		body: text('body').notNull(),
		at: integer('at').notNull()
	},
	(t) => [primaryKey({ columns: [t.message, t.rev] })]
);

/** Files that devices have handed in, whole and checked. Their bytes lie where the file store keeps them. */
export const file = sqliteTable(
	'file',
	{
		/** chosen by the device */
		id: text('id').primaryKey(),
		person: text('person').notNull(),
		/** what it was called; never part of a path */
		name: text('name').notNull(),
		type: text('type').notNull(),
		kind: text('kind', { enum: ['image', 'video', 'audio', 'file'] }).notNull(),
		size: integer('size').notNull(),
		width: integer('width'),
		height: integer('height'),
		/** ms, of films and sounds, as the device that sent it has read it */
		duration: integer('duration'),
		/** thumbhash, base64 */
		hash: text('hash'),
		/** random name under which the bytes lie */
		stored: text('stored').notNull(),
		/** the same of the small picture, where there is one */
		thumb: text('thumb'),
		at: integer('at').notNull()
	},
	(t) => [index('file_person').on(t.person), uniqueIndex('file_stored').on(t.stored)]
);

/** Which messages carry a file: more than one after forwarding, none once they were recalled. */
export const attachment = sqliteTable(
	'attachment',
	{
		message: text('message').notNull(),
		file: text('file').notNull(),
		room: text('room').notNull()
	},
	(t) => [
		primaryKey({ columns: [t.message, t.file] }),
		index('attachment_file').on(t.file),
		index('attachment_room').on(t.room)
	]
);
