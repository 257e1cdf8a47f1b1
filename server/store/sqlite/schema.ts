/**
 * The tables on SQLite. Ids are UUIDv7 text, times are integer ms since the epoch, `number` is the
 * plain integer by which the compatible API knows a thing.
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

/** One row: who this database is. A restore raises the generation, so that devices notice. */
export const instance = sqliteTable('instance', {
	id: text('id').primaryKey(),
	generation: integer('generation').notNull(),
	createdAt: integer('created_at').notNull()
});

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
		uniqueIndex('person_email_key').on(t.emailKey)
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

/** The only hot row of a stream. */
export const stream = sqliteTable('stream', {
	id: text('id').primaryKey(),
	kind: text('kind', { enum: ['room', 'feed', 'lobby'] }).notNull(),
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
		op: text('op').notNull(),
		ts: integer('ts').notNull(),
		hash: text('hash').notNull()
	},
	(t) => [primaryKey({ columns: [t.stream, t.seq] })]
);

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
		// Only what was changed after it was posted: an index over all would cost every message a page.
		// Few messages name anybody: counting unread mentions looks at those alone.
		index('message_mentions')
			.on(t.room, t.seq)
			.where(sql`mentions IS NOT NULL`),
		index('message_room_amended')
			.on(t.room, t.rev)
			.where(sql`rev <> seq`),
		// The few that the compatible API does not show: what it shows is counted as all without these.
		index('message_room_hidden')
			.on(t.room, t.seq)
			.where(sql`deleted_at IS NOT NULL OR type = 'system'`)
	]
);

export const room = sqliteTable(
	'room',
	{
		number: integer('number').primaryKey({ autoIncrement: true }),
		id: text('id').notNull(),
		rev: integer('rev').notNull(),
		/** rev of its listing in the lobby */
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
export const span = sqliteTable(
	'span',
	{
		room: text('room').notNull(),
		person: text('person').notNull(),
		rev: integer('rev').notNull(),
		role: text('role', { enum: ['owner', 'admin', 'member'] }).notNull(),
		from: integer('from_seq').notNull(),
		visible: integer('visible_from').notNull(),
		to: integer('to_seq'),
		/** the person's own place row in the feed */
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
		index('span_room_rev').on(t.room, t.rev),
		index('span_person_feed').on(t.person, t.feedRev),
		index('span_person_read').on(t.person, t.readRev),
		index('span_room_seen')
			.on(t.room, t.seenRev)
			.where(sql`seen_rev <> 0`)
	]
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

/** Profile pictures as they are served: re-encoded, square, without camera data. */
export const avatar = sqliteTable('avatar', {
	/** random, unguessable; the file name under /uploads/avatars/ */
	name: text('name').primaryKey(),
	person: text('person').notNull(),
	type: text('type').notNull(),
	bytes: blob('bytes', { mode: 'buffer' }).notNull(),
	at: integer('at').notNull()
});

/** The end of every act that is not an accepted message: what it came to, so that a repeat is answered alike. */
export const op = sqliteTable(
	'op',
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
	(t) => [index('op_at').on(t.at)]
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
	(t) => [primaryKey({ columns: [t.message, t.file] }), index('attachment_file').on(t.file)]
);

/** What the server has to remember about itself: a key and a text, such as its VAPID keys. */
export const setting = sqliteTable('setting', {
	key: text('key').primaryKey(),
	value: text('value').notNull()
});

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
