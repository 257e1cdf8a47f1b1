/** Whoever is meant by a user name that somebody typed: not somebody whose name only looks like it. */
import type { SqlDatabase, Statement } from './database.ts';
import type { Steps } from './steps.ts';
import type { PersonId } from '../../../src/lib/protocol/ids.ts';
import { isSameName, nameKey, sharedNameKey } from '../../../src/lib/protocol/name-key.ts';
import { emailKey } from '../../../src/lib/protocol/names.ts';

/** SQL: has one of the two keys under which a name may be kept; takes both. */
export const HAS_NAME_KEY = 'name_key IN (?, ?)';

/** @param statement of people by `HAS_NAME_KEY` */
export function* personByName<T extends { name: string }>(
	statement: Statement<[string, string], T>,
	typed: string
): Steps<T | undefined> {
	const found = yield* statement.all(nameKey(typed.trim()), sharedNameKey(typed));
	return found.find(({ name }) => isSameName(name, typed));
}

/** The person with this user name or e-mail; null: there is none, or the account was given up. */
export function* findPerson(db: SqlDatabase, typed: string): Steps<PersonId | null> {
	const select = (where: string) =>
		`SELECT id, name FROM person WHERE ${where} AND deleted_at IS NULL`;
	type Found = { id: PersonId; name: string };
	const found = typed.includes('@')
		? yield* db.prepare<[string], Found>(select('email_key = ?')).get(emailKey(typed))
		: yield* personByName(db.prepare<[string, string], Found>(select(HAS_NAME_KEY)), typed);
	return found?.id ?? null;
}
