/** The table of sessions. Knows only hashes of tokens: who reads the database cannot sign in with it. */
import type Database from 'better-sqlite3';
import type { PersonId } from '../../../src/lib/protocol/ids.ts';

/** One session as it is kept. */
export interface StoredSession {
	/** SHA-256 (hex) of the token */
	id: string;
	publicId: string;
	person: PersonId;
	/** ms since the epoch, like all times here */
	expiresAt: number;
	createdAt: number;
	usedAt: number;
	/** in a cookie, or a bearer token from signing in, or one made for a bot */
	kind: 'app' | 'api' | 'bot';
	remember: boolean;
	agent: string;
}

type Row = Omit<StoredSession, 'remember'> & { remember: number };

/** What may be asked of the table. */
export interface SessionTable {
	insert(session: StoredSession): void;
	/** The session, unless its person is gone or disabled. */
	find(id: string): StoredSession | null;
	ofPerson(person: PersonId): StoredSession[];
	/** Whether the session under this public id still lets its person in. */
	isAlive(publicId: string, now: number): boolean;
	extend(id: string, expiresAt: number): void;
	used(id: string, at: number): void;
	/** @returns the public id of what was removed, or null when there was nothing */
	remove(id: string): string | null;
	removePublic(person: PersonId, publicId: string): boolean;
	/** @returns the public ids of what was removed */
	removeAll(person: PersonId): string[];
	removeExpired(now: number): void;
}

const COLUMNS = `s.id, s.public_id AS publicId, s.person, s.expires_at AS expiresAt,
	s.created_at AS createdAt, s.used_at AS usedAt, s.kind, s.remember, s.agent`;
const LIVING = 'FROM session s JOIN person p ON p.id = s.person AND p.disabled_at IS NULL';

const full = (row: Row): StoredSession => ({ ...row, remember: row.remember === 1 });

/** @param db an open database (see open.ts) */
export function createSessionTable(db: Database.Database): SessionTable {
	const insert = db.prepare(
		`INSERT INTO session (id, public_id, person, expires_at, created_at, used_at, kind, remember, agent)
		VALUES (@id, @publicId, @person, @expiresAt, @createdAt, @usedAt, @kind, @remember, @agent)`
	);
	const find = db.prepare<[string], Row>(`SELECT ${COLUMNS} ${LIVING} WHERE s.id = ?`);
	const ofPerson = db.prepare<[string], Row>(
		`SELECT ${COLUMNS} ${LIVING} WHERE s.person = ? ORDER BY s.used_at DESC`
	);
	const alive = db.prepare<[string, number], 1>(
		`SELECT 1 ${LIVING} WHERE s.public_id = ? AND s.expires_at > ?`
	);
	const extend = db.prepare('UPDATE session SET expires_at = ? WHERE id = ?');
	const used = db.prepare('UPDATE session SET used_at = ? WHERE id = ?');
	const remove = db.prepare<[string], { publicId: string }>(
		'DELETE FROM session WHERE id = ? RETURNING public_id AS publicId'
	);
	const removePublic = db.prepare('DELETE FROM session WHERE person = ? AND public_id = ?');
	const removeAll = db.prepare<[string], { publicId: string }>(
		'DELETE FROM session WHERE person = ? RETURNING public_id AS publicId'
	);
	const removeExpired = db.prepare('DELETE FROM session WHERE expires_at <= ?');

	return {
		insert(session) {
			insert.run({ ...session, remember: session.remember ? 1 : 0 });
		},
		find(id) {
			const row = find.get(id);
			return row ? full(row) : null;
		},
		ofPerson: (person) => ofPerson.all(person).map(full),
		isAlive: (publicId, now) => alive.get(publicId, now) !== undefined,
		extend(id, expiresAt) {
			extend.run(expiresAt, id);
		},
		used(id, at) {
			used.run(at, id);
		},
		remove: (id) => remove.get(id)?.publicId ?? null,
		removePublic: (person, publicId) => removePublic.run(person, publicId).changes > 0,
		removeAll: (person) => removeAll.all(person).map((row) => row.publicId),
		removeExpired(now) {
			removeExpired.run(now);
		}
	};
}
