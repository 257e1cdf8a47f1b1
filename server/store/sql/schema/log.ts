/**
 * The log: streams and what happened in them; and what the server knows of itself. Ids are UUIDv7 text, times are
 * integer ms since the epoch, `number` is the plain integer by which the compatible API knows a thing.
 */
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/**
 * One row: who this database is. A raised generation makes the cursors of all devices void at once; a restore does without
 * (docs/decisions/0028-backup.md).
 */
export const instance = sqliteTable('instance', {
	id: text('id').primaryKey(),
	generation: integer('generation').notNull(),
	createdAt: integer('created_at').notNull()
});

/** What the server has to remember about itself: a key and a text, such as its VAPID keys. */
export const setting = sqliteTable('setting', {
	key: text('key').primaryKey(),
	value: text('value').notNull()
});

/** The only hot row of a stream. */
export const stream = sqliteTable('stream', {
	id: text('id').primaryKey(),
	kind: text('kind', { enum: ['room', 'feed', 'directory'] }).notNull(),
	head: integer('head').notNull().default(0),
	headHash: text('head_hash').notNull().default(''),
	/** changes up to here have been pruned from the log */
	floor: integer('floor').notNull().default(0),
	lastTs: integer('last_ts').notNull().default(0)
});

/** What happened, without bodies. */
export const change = sqliteTable(
	'change',
	{
		stream: text('stream').notNull(),
		seq: integer('seq').notNull(),
		kind: text('kind').notNull(),
		entity: text('entity').notNull(),
		actor: text('actor').notNull(),
		act: text('act').notNull(),
		ts: integer('ts').notNull(),
		hash: text('hash').notNull()
	},
	(t) => [primaryKey({ columns: [t.stream, t.seq] })]
);

/** The end of every act that is not an accepted message: what it came to, so that a repeat is answered alike. */
export const actResult = sqliteTable(
	'act_result',
	{
		id: text('id').primaryKey(),
		person: text('person').notNull(),
		device: text('device').notNull(),
		/** SHA-256 (base64) of the act, to recognise another act under the same id */
		digest: text('digest').notNull(),
		/** JSON of { stream, seq } or of the refusal */
		result: text('result').notNull(),
		at: integer('at').notNull()
	},
	(t) => [index('act_result_at').on(t.at)]
);
