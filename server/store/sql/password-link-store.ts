/** The table of password links. */
import type { SqlDatabase } from './database.ts';
import type { PasswordLinkStore } from '../../auth/password-links.ts';

/** Whatever others may have got hold of opens a person's account no more. Its parameter: the person. */
export const DROP_PASSWORD_LINKS = 'DELETE FROM password_link WHERE person = ?';

const LIVING = 'disabled_at IS NULL AND deleted_at IS NULL';

const prepare = (db: SqlDatabase) => ({
	insert: db.prepare(
		`INSERT INTO password_link (id, person, expires_at, created_at)
		SELECT @id, p.id, @expiresAt, @createdAt FROM person p WHERE p.id = @person AND ${LIVING}`
	),
	find: db.prepare<[string, number], { person: string; name: string; email: string }>(
		`SELECT p.id AS person, p.name, p.email FROM password_link l JOIN person p ON p.id = l.person
		WHERE l.id = ? AND l.expires_at > ? AND ${LIVING}`
	),
	setPassword: db.prepare('UPDATE person SET password_hash = ? WHERE id = ?'),
	removeOf: db.prepare(DROP_PASSWORD_LINKS),
	removeExpired: db.prepare('DELETE FROM password_link WHERE expires_at <= ?')
});

/** @param db an open database (see open.ts) */
export function createPasswordLinkStore(db: SqlDatabase): PasswordLinkStore {
	const statements = prepare(db);

	return {
		insert: async (link) => (await db.ask(() => statements.insert.run(link))) > 0,
		find: async (id, now) => (await db.ask(() => statements.find.get(id, now))) ?? null,
		redeem: (id, passwordHash, now) =>
			db.write(function* () {
				const owner = yield* statements.find.get(id, now);
				if (!owner) return false;
				// Of two who redeem it at the same moment, one finds nothing left to remove.
				if ((yield* statements.removeOf.run(owner.person)) === 0) return false;
				yield* statements.setPassword.run(passwordHash, owner.person);
				return true;
			}),
		async removeExpired(now) {
			await db.ask(() => statements.removeExpired.run(now));
		}
	};
}
