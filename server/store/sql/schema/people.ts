/**
 * People, and what belongs to one person. Ids are UUIDv7 text, times are
 * integer ms since the epoch, `number` is the plain integer by which the compatible API knows a thing.
 */
import { sql } from 'drizzle-orm';
import {
	blob,
	index,
	integer,
	primaryKey,
	sqliteTable,
	text,
	uniqueIndex
} from 'drizzle-orm/sqlite-core';

export const person = sqliteTable(
	'person',
	{
		number: integer('number').primaryKey({ autoIncrement: true }),
		id: text('id').notNull(),
		name: text('name').notNull(),
		/** what must be unique: NFKC, lower case, look-alikes folded */
		nameKey: text('name_key').notNull(),
		email: text('email').notNull(),
		emailKey: text('email_key').notNull(),
		passwordHash: text('password_hash').notNull(),
		display: text('display'),
		bio: text('bio'),
		/** path of the picture, beginning with "/" */
		avatar: text('avatar'),
		/** version of the card, raised with every change of it */
		cardVersion: integer('card_version').notNull().default(1),
		admin: integer('admin', { mode: 'boolean' }).notNull().default(false),
		/** rev of the own card in the person's feed */
		feedRev: integer('feed_rev').notNull().default(0),
		disabledAt: integer('disabled_at'),
		/** the account was given up: name, e-mail and profile are gone, what was said stays */
		deletedAt: integer('deleted_at'),
		/** when the last connection ended; shown to friends */
		seenAt: integer('seen_at'),
		createdAt: integer('created_at').notNull()
	},
	(t) => [
		uniqueIndex('person_id').on(t.id),
		uniqueIndex('person_name_key').on(t.nameKey),
		uniqueIndex('person_email_key').on(t.emailKey),
		// Whether another one is left is asked whenever one goes.
		index('person_admin')
			.on(t.admin)
			.where(sql`admin = 1`)
	]
);

/** Lucia's sessions. `id` is the SHA-256 of the token; the token itself is nowhere. */
export const session = sqliteTable(
	'session',
	{
		id: text('id').primaryKey(),
		/** names the session to its owner and in logs; reveals nothing */
		publicId: text('public_id').notNull(),
		person: text('person').notNull(),
		expiresAt: integer('expires_at').notNull(),
		createdAt: integer('created_at').notNull(),
		usedAt: integer('used_at').notNull(),
		/** "app" sessions live in a cookie, "api" and "bot" ones in a bearer token */
		kind: text('kind', { enum: ['app', 'api', 'bot'] }).notNull(),
		/** whether the cookie outlives the browser window */
		remember: integer('remember', { mode: 'boolean' }).notNull().default(false),
		/** what the browser called itself; the name that a bot's token was given */
		agent: text('agent').notNull().default('')
	},
	(t) => [uniqueIndex('session_public_id').on(t.publicId), index('session_person').on(t.person)]
);

/** Browsers in which somebody has signed in before. `id` is the SHA-256 of a token in a cookie. */
export const knownDevice = sqliteTable(
	'known_device',
	{
		id: text('id').primaryKey(),
		person: text('person').notNull(),
		/** public id of the session begun there last, which may have expired since */
		session: text('session').notNull(),
		usedAt: integer('used_at').notNull(),
		expiresAt: integer('expires_at').notNull()
	},
	(t) => [index('known_device_person').on(t.person)]
);

/** Links with which somebody who forgot the password sets another one. `id` is the SHA-256 of the token in the link. */
export const passwordLink = sqliteTable(
	'password_link',
	{
		id: text('id').primaryKey(),
		person: text('person').notNull(),
		expiresAt: integer('expires_at').notNull(),
		createdAt: integer('created_at').notNull()
	},
	(t) => [index('password_link_person').on(t.person)]
);

/** Profile pictures as they are served: re-encoded, square, without camera data. */
export const avatar = sqliteTable(
	'avatar',
	{
		/** random, unguessable; the file name under /uploads/avatars/ */
		name: text('name').primaryKey(),
		person: text('person').notNull(),
		type: text('type').notNull(),
		bytes: blob('bytes', { mode: 'buffer' }).notNull(),
		at: integer('at').notNull()
	},
	(t) => [index('avatar_person').on(t.person)]
);

/** What one person is to another, from the side of \`person\`; both sides have a row. */
export const contact = sqliteTable(
	'contact',
	{
		person: text('person').notNull(),
		other: text('other').notNull(),
		rev: integer('rev').notNull(),
		state: text('state', { enum: ['none', 'outgoing', 'incoming', 'friend'] }).notNull(),
		blocked: integer('blocked', { mode: 'boolean' }).notNull().default(false),
		at: integer('at').notNull()
	},
	(t) => [
		primaryKey({ columns: [t.person, t.other] }),
		index('contact_rev').on(t.person, t.rev),
		index('contact_other').on(t.other)
	]
);

/** A choice that holds on all devices of a person. */
export const pref = sqliteTable(
	'pref',
	{
		person: text('person').notNull(),
		key: text('key').notNull(),
		rev: integer('rev').notNull(),
		value: text('value').notNull()
	},
	(t) => [primaryKey({ columns: [t.person, t.key] }), index('pref_rev').on(t.person, t.rev)]
);

/** Where a browser takes pushes for a session. */
export const subscription = sqliteTable(
	'subscription',
	{
		/** SHA-256 of the endpoint, hex */
		id: text('id').primaryKey(),
		person: text('person').notNull(),
		/** public id of the session; with its end the subscription is of no use */
		session: text('session').notNull(),
		endpoint: text('endpoint').notNull(),
		p256dh: text('p256dh').notNull(),
		auth: text('auth').notNull(),
		/** failures in a row */
		failures: integer('failures').notNull().default(0),
		/** nothing is sent before (ms) */
		pausedUntil: integer('paused_until').notNull().default(0),
		at: integer('at').notNull()
	},
	(t) => [index('subscription_person').on(t.person), index('subscription_session').on(t.session)]
);

/** The message that the notification of a conversation on a device shows, as far as the server knows. */
export const told = sqliteTable(
	'told',
	{
		subscription: text('subscription')
			.notNull()
			.references(() => subscription.id, { onDelete: 'cascade' }),
		room: text('room').notNull(),
		message: text('message').notNull(),
		seq: integer('seq').notNull()
	},
	(t) => [
		primaryKey({ columns: [t.subscription, t.room] }),
		index('told_message').on(t.message),
		index('told_room').on(t.room)
	]
);

/** What only the compatible API knows of a person; the app shows none of it. */
export const profile = sqliteTable('profile', {
	person: text('person').primaryKey(),
	realName: text('real_name').notNull().default(''),
	phone: text('phone').notNull().default(''),
	address: text('address').notNull().default(''),
	gender: text('gender').notNull().default(''),
	/** YYYY-MM-DD */
	birthday: text('birthday'),
	occupation: text('occupation').notNull().default(''),
	website: text('website').notNull().default(''),
	updatedAt: integer('updated_at').notNull()
});

/** Accounts that are to end, or have ended and whose words are being emptied; piece by piece, so that a restart goes on. */
export const accountEnd = sqliteTable(
	'account_end',
	{
		person: text('person').primaryKey(),
		/** when it was asked for, and when the account ends, ms */
		askedAt: integer('asked_at').notNull(),
		dueAt: integer('due_at').notNull(),
		/** what becomes of what the person said */
		words: text('words', { enum: ['keep', 'empty'] }).notNull(),
		/** number of the message up to which they are emptied */
		emptied: integer('emptied').notNull().default(0)
	},
	(t) => [index('account_end_due').on(t.dueAt)]
);
