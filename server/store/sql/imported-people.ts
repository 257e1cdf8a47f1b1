/** People who come with an import: guests, and accounts whose password is known by its hash. */
import { DIRECTORY } from '../../../src/lib/protocol/ids.ts';
import { LIMITS } from '../../../src/lib/protocol/limits.ts';
import { nameKey, nameKeys } from '../../../src/lib/protocol/name-key.ts';
import { emailKey, nameProblem, tidyName } from '../../../src/lib/protocol/names.ts';
import type { NewAccount, NewGuest } from '../../import/import-port.ts';
import { GUEST_KEY } from './accounts.ts';
import type { SqlDatabase } from './database.ts';
import type { Steps } from './steps.ts';
import type { Transaction } from './writer.ts';

interface KnownRecord {
	id: string;
	number: number;
	off: number;
}

export const prepareImportedPeople = (db: SqlDatabase) => ({
	known: db.prepare<[string], KnownRecord>(
		`SELECT id, number, CASE WHEN disabled_at IS NULL THEN 0 ELSE 1 END AS off
		FROM person WHERE id IN ${db.dialect.texts('?')}`
	),
	named: db.prepare<[string], unknown>('SELECT 1 FROM person WHERE name_key = ?'),
	mailed: db.prepare<[string], unknown>('SELECT 1 FROM person WHERE email_key = ?'),
	insert: db.prepare(
		`INSERT INTO person (id, name, name_key, email, email_key, password_hash, display, admin, disabled_at,
		deleted_at, created_at) VALUES (@id, @name, @nameKey, @email, @emailKey, @passwordHash, @display, 0,
		@disabledAt, @deletedAt, @now)`
	)
});

type Statements = ReturnType<typeof prepareImportedPeople>;

interface PeopleToMake {
	people: (NewGuest | NewAccount)[];
	/** a hash that no password has */
	secret: string;
	/** which every account is in */
	firstRoom: string | null;
}

/** Makes all of them, each with a feed; answers their numbers. */
export function* insertPeople(
	statements: Statements,
	transaction: Transaction,
	{ people, secret, firstRoom }: PeopleToMake
): Steps<Map<string, number>> {
	yield* transaction.log.lock([DIRECTORY, ...(firstRoom ? [firstRoom] : [])]);
	const numbers = new Map<string, number>();
	for (const person of people) {
		const record = yield* recordOf(statements, person, secret, transaction.now);
		const { id } = person;
		const number = yield* statements.insert.insert({ id, now: transaction.now, ...record });
		yield* transaction.log.create(id, 'feed');
		numbers.set(id, number);
		if (record.disabledAt !== null || firstRoom === null) continue;
		yield* transaction.carryOut({ actor: id, act: id, digest: '' }, [
			{ do: 'membership.open', room: firstRoom, person: id, role: 'member' }
		]);
	}
	return numbers;
}

function* recordOf(
	statements: Statements,
	person: NewGuest | NewAccount,
	secret: string,
	now: number
): Steps<Record<string, unknown> & { disabledAt: number | null }> {
	if (person.isDeleted) return deletedRecord(person.id, secret, now);
	const name = tidyName(person.name);
	const display = yield* freeDisplay(statements, person.display ?? person.name, name);
	const isValid = nameProblem(name) === null && !(yield* isNamed(statements, name));
	const free = isValid ? name : yield* freeName(statements, name, person.id);
	const named = { name: free, nameKey: nameKey(free), display, deletedAt: null };
	if ('email' in person && !(yield* statements.mailed.get(emailKey(person.email)))) {
		const { email, passwordHash } = person;
		return { ...named, email, emailKey: emailKey(email), passwordHash, disabledAt: null };
	}
	const guest = { email: '', emailKey: GUEST_KEY + person.id, passwordHash: secret };
	return { ...named, ...guest, disabledAt: now };
}

/** As accounts are left that were given up here. */
function deletedRecord(id: string, secret: string, now: number) {
	return {
		name: `deleted-${id.slice(-6)}`,
		nameKey: `deleted-${id}`,
		email: '',
		emailKey: GUEST_KEY + id,
		passwordHash: secret,
		display: null,
		disabledAt: now,
		deletedAt: now
	};
}

function* isNamed(statements: Statements, name: string): Steps<boolean> {
	for (const key of nameKeys(name)) if (yield* statements.named.get(key)) return true;
	return false;
}

/** What a name consists of that can be one here; "guest" when nothing of it can. */
function usable(name: string): string {
	const letters = name.normalize('NFC').replace(/[^\p{L}\p{Nd}_]+/gu, '_');
	const bare = letters.replace(/^_+|_+$|\p{Default_Ignorable_Code_Point}/gu, '');
	const cut = [...bare].slice(0, LIMITS.nameMax).join('');
	return nameProblem(cut) === null ? cut : 'guest';
}

/** The name, or the same with what makes it nobody else's: the end of the id, and a number where that is not enough. */
function* freeName(statements: Statements, name: string, id: string): Steps<string> {
	const stem = usable(name);
	if (stem !== 'guest' && !(yield* isNamed(statements, stem))) return stem;
	for (let n = 1; ; n++) {
		const end = `_${id.slice(-6)}${n === 1 ? '' : n}`;
		const wanted = [...stem].slice(0, LIMITS.nameMax - end.length).join('') + end;
		if (!(yield* isNamed(statements, wanted))) return wanted;
	}
}

/** What somebody was shown as, unless it is another's user name here, or looks like it; null: as the user name. */
function* freeDisplay(statements: Statements, wanted: string, name: string): Steps<string | null> {
	const shown = tidyName(wanted.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, ' '));
	const cut = [...shown].slice(0, LIMITS.displayMax).join('').trim();
	if (cut === '' || cut === name || (yield* isNamed(statements, cut))) return null;
	return cut;
}
