/** Subscriptions, and what notifying asks about rooms and people. */
import type { SqlDatabase } from './database.ts';
import type { PushStore, Reader, Subscription, Tellable, Told } from '../../push/push-store.ts';
import { IS_UNREAD, notBlocked } from './conditions.ts';
import type { CardRecord } from './records.ts';
import { card } from './rows.ts';

/** Unread messages are counted up to here: badges show no more. */
const UNREAD_MAX = 999;

const SUBSCRIPTION = `u.id, u.person, u.session, u.endpoint, u.p256dh, u.auth, u.failures,
	u.paused_until AS "pausedUntil"`;

/** Whoever was told (`t`), while the session lives. */
const TOLD_TO = `JOIN subscription u ON u.id = t.subscription
	JOIN session e ON e.public_id = u.session AND e.expires_at > @now`;

const subscriptions = (db: SqlDatabase) => ({
	put: db.prepare(
		`INSERT INTO subscription (id, person, session, endpoint, p256dh, auth, at)
		VALUES (@id, @person, @session, @endpoint, @p256dh, @auth, @at)
		ON CONFLICT (id) DO UPDATE SET person = excluded.person, session = excluded.session,
		p256dh = excluded.p256dh, auth = excluded.auth, failures = 0, paused_until = 0`
	),
	ofSession: db.prepare<[string], Subscription>(
		`SELECT id, person, session, endpoint, p256dh, auth, failures, paused_until AS "pausedUntil"
		FROM subscription WHERE session = ?`
	),
	ofPerson: db.prepare<[string, number], Subscription>(
		`SELECT ${SUBSCRIPTION} FROM subscription u JOIN session e ON e.public_id = u.session
		WHERE u.person = ? AND e.expires_at > ?`
	),
	remove: db.prepare('DELETE FROM subscription WHERE id = ?'),
	removeEnded: db.prepare(
		`DELETE FROM subscription WHERE session NOT IN
		(SELECT public_id FROM session WHERE expires_at > ?)`
	),
	tried: db.prepare('UPDATE subscription SET failures = ?, paused_until = ? WHERE id = ?')
});

type ReaderRecord = Subscription & {
	number: number;
	level: string | null;
	keywords: string | null;
	quiet: string | null;
};

const messages = (db: SqlDatabase) => ({
	// Subscriptions are few where members may be many, so they are where the search begins.
	readers: db.prepare<{ room: string; author: string; now: number }, ReaderRecord>(
		`SELECT ${SUBSCRIPTION}, p.number,
		(SELECT value FROM pref WHERE person = u.person AND key = 'level:' || @room) AS level,
		(SELECT value FROM pref WHERE person = u.person AND key = 'keywords') AS keywords,
		(SELECT value FROM pref WHERE person = u.person AND key = 'quiet') AS quiet
		FROM subscription u
		JOIN membership s ON s.room = @room AND s.person = u.person AND s.to_seq IS NULL
		JOIN person p ON p.id = u.person AND p.disabled_at IS NULL
		JOIN session e ON e.public_id = u.session AND e.expires_at > @now
		WHERE u.person <> @author AND ${notBlocked('u.person', '@author')}`
	),
	current: db.prepare<{ id: string; message: string; now: number }, Tellable>(
		`SELECT m.body, m.rev,
		coalesce((SELECT value FROM pref WHERE person = u.person AND key = 'hidePreview'), '') AS "hidePreview"
		FROM subscription u
		JOIN session e ON e.public_id = u.session AND e.expires_at > @now
		JOIN message m ON m.id = @message AND m.deleted_at IS NULL
		JOIN membership s ON s.room = m.room AND s.person = u.person AND s.to_seq IS NULL
		WHERE u.id = @id AND ${notBlocked('u.person', 'm.author')}`
	),
	noteTold: db.prepare(
		`INSERT INTO told (subscription, room, message, seq) VALUES (@id, @room, @message, @seq)
		ON CONFLICT (subscription, room) DO UPDATE SET message = excluded.message, seq = excluded.seq`
	),
	toldOf: db.prepare<{ message: string; now: number }, Told>(
		`SELECT ${SUBSCRIPTION}, t.seq FROM told t ${TOLD_TO}
		JOIN membership s ON s.room = t.room AND s.person = u.person AND s.to_seq IS NULL
		WHERE t.message = @message AND t.seq > s.read`
	),
	toldIn: db.prepare<{ room: string; person: string; now: number }, Told>(
		`SELECT ${SUBSCRIPTION}, t.seq FROM told t ${TOLD_TO}
		LEFT JOIN membership s ON s.room = t.room AND s.person = u.person
		WHERE t.room = @room AND u.person = @person AND t.seq > coalesce(s.read, 0)`
	),
	forgetTold: db.prepare('DELETE FROM told WHERE subscription = ? AND room = ?'),
	authorOf: db.pluck<[string], string>('SELECT author FROM message WHERE id = ?'),
	countUnread: db.pluck<{ person: string; limit: number }, number>(
		`SELECT count(*) FROM (SELECT 1 FROM membership s JOIN message m ON m.room = s.room
			WHERE s.person = @person AND s.to_seq IS NULL AND ${IS_UNREAD}
			AND NOT EXISTS (SELECT 1 FROM pref WHERE person = s.person AND key = 'level:' || s.room
			AND value = '"none"') LIMIT @limit) AS counted`
	)
});

const others = (db: SqlDatabase) => ({
	setting: db.pluck<[string], string>('SELECT value FROM setting WHERE key = ?'),
	addSetting: db.prepare(
		'INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO NOTHING'
	),
	room: db.prepare<[string], { name: string; direct: number; private: number | boolean }>(
		'SELECT name, direct, password_hash IS NOT NULL AS private FROM room WHERE id = ?'
	),
	card: db.prepare<[string], CardRecord>('SELECT * FROM person WHERE id = ?')
});

/** Each person once, with all their subscriptions. */
function readersFrom(records: ReaderRecord[]): Reader[] {
	const readers = new Map<string, Reader>();
	for (const { number, level, keywords, quiet, ...subscription } of records) {
		const { person } = subscription;
		const known = readers.get(person);
		if (known) known.subscriptions.push(subscription);
		else {
			readers.set(person, {
				person,
				number,
				level: level ?? '',
				keywords: keywords ?? '',
				quiet: quiet ?? '',
				subscriptions: [subscription]
			});
		}
	}
	return [...readers.values()];
}

/** @param db an open database (see open.ts) */
export function createPushStore(db: SqlDatabase): PushStore {
	const ofBrowsers = subscriptions(db);
	const ofMessages = messages(db);
	const { setting, addSetting, room, card: selectCard } = others(db);
	return {
		setting: async (key) => (await db.ask(() => setting.get(key))) ?? null,
		async ensureSetting(key, value) {
			await db.ask(() => addSetting.run(key, value));
			return (await db.ask(() => setting.get(key)))!;
		},
		put: async (subscription, at) =>
			void (await db.ask(() => ofBrowsers.put.run({ ...subscription, at }))),
		ofSession: (session) => db.ask(() => ofBrowsers.ofSession.all(session)),
		ofPerson: (person, now) => db.ask(() => ofBrowsers.ofPerson.all(person, now)),
		removeEnded: async (now) => void (await db.ask(() => ofBrowsers.removeEnded.run(now))),
		remove: async (id) => void (await db.ask(() => ofBrowsers.remove.run(id))),
		tried: async (id, failures, pausedUntil) =>
			void (await db.ask(() => ofBrowsers.tried.run(failures, pausedUntil, id))),
		async readers(inRoom, author, now) {
			return readersFrom(await db.ask(() => ofMessages.readers.all({ room: inRoom, author, now })));
		},
		current: async (id, message, now) =>
			(await db.ask(() => ofMessages.current.get({ id, message, now }))) ?? null,
		async room(id) {
			const found = await db.ask(() => room.get(id));
			if (!found) return null;
			return { name: found.name, direct: found.direct === 1, private: Boolean(found.private) };
		},
		async card(person) {
			const found = await db.ask(() => selectCard.get(person));
			return found ? card(found) : null;
		},
		noteTold: async (id, { room, id: message, seq }) =>
			void (await db.ask(() => ofMessages.noteTold.run({ id, room, message, seq }))),
		toldOf: (message, now) => db.ask(() => ofMessages.toldOf.all({ message, now })),
		toldIn: (inRoom, person, now) =>
			db.ask(() => ofMessages.toldIn.all({ room: inRoom, person, now })),
		forgetTold: async (id, inRoom) =>
			void (await db.ask(() => ofMessages.forgetTold.run(id, inRoom))),
		authorOf: async (message) => (await db.ask(() => ofMessages.authorOf.get(message))) ?? null,
		unread: async (person) =>
			(await db.ask(() => ofMessages.countUnread.get({ person, limit: UNREAD_MAX }))) ?? 0
	};
}
