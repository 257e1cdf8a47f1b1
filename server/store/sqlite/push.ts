/** Subscriptions, and what notifying asks about rooms and people. */
import type Database from 'better-sqlite3';
import type { NotifiedRoom, PushStore, Reader, Subscription, Tellable } from '../../push/ports.ts';
import { card, type CardRecord } from './rows.ts';

const COLUMNS = `id, person, session, endpoint, p256dh, auth, failures,
	paused_until AS pausedUntil`;

type ReaderRecord = Subscription & {
	number: number;
	level: string | null;
	keywords: string | null;
	quiet: string | null;
};

/** @param db an open database (see open.ts) */
export function createPushStore(db: Database.Database): PushStore {
	const setting = db.prepare<[string], string>('SELECT value FROM setting WHERE key = ?').pluck();
	const setSetting = db.prepare(
		'INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value'
	);
	const put = db.prepare(
		`INSERT INTO subscription (id, person, session, endpoint, p256dh, auth, at)
		VALUES (@id, @person, @session, @endpoint, @p256dh, @auth, @at)
		ON CONFLICT (id) DO UPDATE SET person = excluded.person, session = excluded.session,
		p256dh = excluded.p256dh, auth = excluded.auth, failures = 0, paused_until = 0`
	);
	const ofSession = db.prepare<[string], Subscription>(
		`SELECT ${COLUMNS} FROM subscription WHERE session = ?`
	);
	const remove = db.prepare('DELETE FROM subscription WHERE id = ?');
	const removeEnded = db.prepare(
		`DELETE FROM subscription WHERE session NOT IN
		(SELECT public_id FROM session WHERE expires_at > ?)`
	);
	const tried = db.prepare('UPDATE subscription SET failures = ?, paused_until = ? WHERE id = ?');
	// Subscriptions are few where members may be many, so they are where the search begins.
	const readers = db.prepare<{ room: string; author: string; now: number }, ReaderRecord>(
		`SELECT u.id, u.person, u.session, u.endpoint, u.p256dh, u.auth, u.failures,
		u.paused_until AS pausedUntil, p.number,
		(SELECT value FROM pref WHERE person = u.person AND key = 'level:' || @room) AS level,
		(SELECT value FROM pref WHERE person = u.person AND key = 'keywords') AS keywords,
		(SELECT value FROM pref WHERE person = u.person AND key = 'quiet') AS quiet
		FROM subscription u
		JOIN span s ON s.room = @room AND s.person = u.person AND s.to_seq IS NULL
		JOIN person p ON p.id = u.person AND p.disabled_at IS NULL
		JOIN session e ON e.public_id = u.session AND e.expires_at > @now
		WHERE u.person <> @author AND NOT EXISTS (SELECT 1 FROM contact c WHERE c.blocked = 1
		AND ((c.person = u.person AND c.other = @author) OR (c.person = @author AND c.other = u.person)))`
	);
	const current = db.prepare<{ id: string; message: string; now: number }, Tellable>(
		`SELECT m.body, m.rev,
		coalesce((SELECT value FROM pref WHERE person = u.person AND key = 'wordless'), '') AS wordless
		FROM subscription u
		JOIN session e ON e.public_id = u.session AND e.expires_at > @now
		JOIN message m ON m.id = @message AND m.deleted_at IS NULL
		JOIN span s ON s.room = m.room AND s.person = u.person AND s.to_seq IS NULL
		WHERE u.id = @id AND NOT EXISTS (SELECT 1 FROM contact c WHERE c.blocked = 1
		AND ((c.person = u.person AND c.other = m.author) OR (c.person = m.author AND c.other = u.person)))`
	);
	const selectRoom = db.prepare<[string], { name: string; direct: number; closed: number }>(
		'SELECT name, direct, password_hash IS NOT NULL AS closed FROM room WHERE id = ?'
	);
	const selectCard = db.prepare<[string], CardRecord>('SELECT * FROM person WHERE id = ?');
	const authorOf = db.prepare<[string], string>('SELECT author FROM message WHERE id = ?').pluck();
	const unread = db
		.prepare<{ person: string }, number>(
			`SELECT count(*) FROM (SELECT 1 FROM span s JOIN message m ON m.room = s.room AND m.seq > s.read
			WHERE s.person = @person AND s.to_seq IS NULL AND m.author <> @person AND m.deleted_at IS NULL
			AND (m.type IS NULL OR m.type <> 'system')
			AND NOT EXISTS (SELECT 1 FROM pref WHERE person = @person AND key = 'level:' || s.room
			AND value = '"none"') LIMIT 999)`
		)
		.pluck();

	return {
		setting: (key) => (setting.get(key) as string | undefined) ?? null,
		setSetting: (key, value) => void setSetting.run(key, value),
		put: (subscription, at) => void put.run({ ...subscription, at }),
		ofSession: (session) => ofSession.all(session),
		removeEnded: (now) => void removeEnded.run(now),
		remove: (id) => void remove.run(id),
		tried: (id, failures, pausedUntil) => void tried.run(failures, pausedUntil, id),
		readers(room, author, now) {
			const found = new Map<string, Reader>();
			for (const record of readers.all({ room, author, now })) {
				const { number, level, keywords, quiet, ...subscription } = record;
				const known = found.get(record.person);
				if (known) known.subscriptions.push(subscription);
				else {
					found.set(record.person, {
						...{ person: record.person, number, subscriptions: [subscription] },
						...{ level: level ?? '', keywords: keywords ?? '', quiet: quiet ?? '' }
					});
				}
			}
			return [...found.values()];
		},
		current: (id, message, now) => current.get({ id, message, now }) ?? null,
		room(id): NotifiedRoom | null {
			const found = selectRoom.get(id);
			if (!found) return null;
			return { name: found.name, direct: found.direct === 1, private: found.closed === 1 };
		},
		card(person) {
			const found = selectCard.get(person);
			return found ? card(found) : null;
		},
		authorOf: (message) => (authorOf.get(message) as string | undefined) ?? null,
		unread: (person) => unread.get({ person }) as number
	};
}
