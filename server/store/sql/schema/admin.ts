/** What administrators do and are told. Times are integer ms since the epoch. */
import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

/** Every act of an administrator, for good: triggers of the migrations refuse that a row is changed or removed. */
export const audit = sqliteTable('audit', {
	number: integer('number').primaryKey({ autoIncrement: true }),
	at: integer('at').notNull(),
	/** the administrator; empty: the command line */
	actor: text('actor').notNull(),
	/** what the administrator was called at that time */
	actorName: text('actor_name').notNull(),
	act: text('act').notNull(),
	/** id of the person, room or report that it was done to; empty: the server */
	subject: text('subject').notNull(),
	/** what that was called at that time */
	subjectName: text('subject_name').notNull(),
	/** JSON: what else there is to say; never a secret */
	detail: text('detail').notNull()
});

/** A message that somebody reported, with its words as they were. */
export const report = sqliteTable(
	'report',
	{
		number: integer('number').primaryKey({ autoIncrement: true }),
		/** id of the act */
		id: text('id').notNull(),
		room: text('room').notNull(),
		message: text('message').notNull(),
		author: text('author').notNull(),
		reporter: text('reporter').notNull(),
		reason: text('reason').notNull(),
		/** the words that the reporter had before the eyes; null: they were not kept any more */
		body: text('body'),
		/** JSON: names of the files of the message */
		files: text('files').notNull(),
		/** when the message was said */
		saidAt: integer('said_at').notNull(),
		at: integer('at').notNull(),
		resolvedAt: integer('resolved_at'),
		/** the administrator */
		resolvedBy: text('resolved_by'),
		action: text('action', { enum: ['none', 'message', 'person'] })
	},
	(t) => [
		uniqueIndex('report_id').on(t.id),
		uniqueIndex('report_once').on(t.message, t.reporter),
		index('report_open_by')
			.on(t.reporter)
			.where(sql`resolved_at IS NULL`),
		index('report_open')
			.on(t.number)
			.where(sql`resolved_at IS NULL`)
	]
);
