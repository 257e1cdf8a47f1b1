/** The table of accounts that are to end. */
import type { AccountEnd, AccountEndStore, SaidMessage } from '../../auth/account-end.ts';
import type { SqlDatabase } from './database.ts';

/** Messages looked through in one step, whoever said them: a few ms of reading. */
const STEP = 5_000;

const prepare = (db: SqlDatabase) => ({
	plan: db.prepare(
		`INSERT INTO account_end (person, asked_at, due_at, words, emptied)
		VALUES (@person, @asked, @due, @words, 0)
		ON CONFLICT (person) DO UPDATE SET asked_at = excluded.asked_at, due_at = excluded.due_at, words = excluded.words`
	),
	of: db.prepare<[string], AccountEnd>(
		`SELECT e.person, asked_at AS asked, due_at AS due, words FROM account_end e
		JOIN person p ON p.id = e.person WHERE e.person = ? AND p.deleted_at IS NULL`
	),
	drop: db.prepare<[string]>('DELETE FROM account_end WHERE person = ?'),
	due: db.prepare<[number, number], AccountEnd>(
		`SELECT person, asked_at AS asked, due_at AS due, words FROM account_end
		WHERE due_at <= ? ORDER BY due_at LIMIT ?`
	),
	isLastAdmin: db.prepare<[string, string], { person: string }>(
		`SELECT id AS person FROM person WHERE id = ? AND admin = 1 AND NOT EXISTS (SELECT 1 FROM person o
		WHERE o.admin = 1 AND o.id <> ? AND o.deleted_at IS NULL AND o.disabled_at IS NULL)`
	),
	step: db.prepare<[string], { upto: number; last: number | null }>(
		`SELECT emptied + ${STEP} AS upto, (SELECT max(number) FROM message) AS last
		FROM account_end WHERE person = ?`
	),
	said: db.prepare<[string, string, number], SaidMessage>(
		`SELECT m.id, m.room FROM message m WHERE m.author = ?
		AND m.number > (SELECT emptied FROM account_end WHERE person = ?) AND m.number <= ?
		AND m.deleted_at IS NULL AND (m.type IS NULL OR m.type <> 'system') ORDER BY m.number`
	),
	moveOn: db.prepare<[number, string]>('UPDATE account_end SET emptied = ? WHERE person = ?')
});

/** @param db an open database (see open.ts) */
export function createAccountEndStore(db: SqlDatabase): AccountEndStore {
	const statements = prepare(db);
	return {
		async plan(end) {
			await db.ask(() => statements.plan.run(end));
		},
		of: async (person) => (await db.ask(() => statements.of.get(person))) ?? null,
		drop: async (person) => (await db.ask(() => statements.drop.run(person))) > 0,
		due: (now, limit) => db.ask(() => statements.due.all(now, limit)),
		isLastAdmin: async (person) =>
			(await db.ask(() => statements.isLastAdmin.get(person, person))) !== undefined,
		async nextSaid(person) {
			const step = await db.ask(() => statements.step.get(person));
			if (!step) return null;
			const messages = await db.ask(() => statements.said.all(person, person, step.upto));
			return { messages, upto: step.upto, isLast: step.upto >= (step.last ?? 0) };
		},
		async moveOn(person, upto) {
			await db.ask(() => statements.moveOn.run(upto, person));
		}
	};
}
