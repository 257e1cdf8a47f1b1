/** The table of sessions. Knows only hashes of tokens: who reads the database cannot sign in with it. */
import type { SessionStore, StoredSession } from '../../auth/session-store.ts';
import type { SqlDatabase } from './database.ts';

type Row = Omit<StoredSession, 'remember'> & { remember: number };

const COLUMNS = `s.id, s.public_id AS "publicId", s.person, s.expires_at AS "expiresAt",
	s.created_at AS "createdAt", s.used_at AS "usedAt", s.kind, s.remember, s.agent`;
const LIVING = 'FROM session s JOIN person p ON p.id = s.person AND p.disabled_at IS NULL';

const full = (row: Row): StoredSession => ({ ...row, remember: row.remember === 1 });

const INSERT = `INSERT INTO session
	(id, public_id, person, expires_at, created_at, used_at, kind, remember, agent)
	SELECT @id, @publicId, p.id, @expiresAt, @createdAt, @usedAt, @kind, @remember, @agent
	FROM person p WHERE p.id = @person AND p.disabled_at IS NULL`;

const prepare = (db: SqlDatabase) => ({
	insertByPassword: db.prepare(`${INSERT} AND p.password_hash = @passwordHash`),
	insertBySession: db.prepare(
		`${INSERT} AND EXISTS (SELECT 1 FROM session g
			WHERE g.person = p.id AND g.public_id = @session AND g.expires_at > @createdAt)
		AND (SELECT count(*) FROM session o WHERE o.person = p.id AND o.kind = @kind) < @most`
	),
	find: db.prepare<[string], Row>(`SELECT ${COLUMNS} ${LIVING} WHERE s.id = ?`),
	ofPerson: db.prepare<[string], Row>(
		`SELECT ${COLUMNS} ${LIVING} WHERE s.person = ? ORDER BY s.used_at DESC`
	),
	alive: db.prepare<[string, number], 1>(
		`SELECT 1 ${LIVING} WHERE s.public_id = ? AND s.expires_at > ?`
	),
	extend: db.prepare('UPDATE session SET expires_at = ? WHERE id = ?'),
	used: db.prepare('UPDATE session SET used_at = ? WHERE id = ?'),
	remove: db.prepare<[string], { publicId: string }>(
		'DELETE FROM session WHERE id = ? RETURNING public_id AS "publicId"'
	),
	removePublic: db.prepare('DELETE FROM session WHERE person = ? AND public_id = ?'),
	removeAll: db.prepare<[string, string], { publicId: string }>(
		'DELETE FROM session WHERE person = ? AND public_id <> ? RETURNING public_id AS "publicId"'
	),
	forgetDevice: db.prepare('DELETE FROM known_device WHERE person = ? AND session = ?'),
	forgetDevices: db.prepare('DELETE FROM known_device WHERE person = ? AND session <> ?'),
	removeExpired: db.prepare('DELETE FROM session WHERE expires_at <= ?')
});

/** @param db an open database (see open.ts) */
export function createSessionStore(db: SqlDatabase): SessionStore {
	const statements = prepare(db);

	return {
		async insert(session, grounds) {
			const insert =
				'session' in grounds ? statements.insertBySession : statements.insertByPassword;
			const values = { ...session, ...grounds, remember: session.remember ? 1 : 0 };
			return (await db.ask(() => insert.run(values))) > 0;
		},
		async find(id) {
			const row = await db.ask(() => statements.find.get(id));
			return row ? full(row) : null;
		},
		ofPerson: async (person) => (await db.ask(() => statements.ofPerson.all(person))).map(full),
		isAlive: async (publicId, now) =>
			(await db.ask(() => statements.alive.get(publicId, now))) !== undefined,
		async extend(id, expiresAt) {
			await db.ask(() => statements.extend.run(expiresAt, id));
		},
		async used(id, at) {
			await db.ask(() => statements.used.run(at, id));
		},
		remove: async (id) => (await db.ask(() => statements.remove.get(id)))?.publicId ?? null,
		removePublic: (person, publicId) =>
			db.write(function* () {
				yield* statements.forgetDevice.run(person, publicId);
				return (yield* statements.removePublic.run(person, publicId)) > 0;
			}),
		removeAll: (person, keep) =>
			db.write(function* () {
				yield* statements.forgetDevices.run(person, keep ?? '');
				const removed = yield* statements.removeAll.all(person, keep ?? '');
				return removed.map((row) => row.publicId);
			}),
		async removeExpired(now) {
			await db.ask(() => statements.removeExpired.run(now));
		}
	};
}
