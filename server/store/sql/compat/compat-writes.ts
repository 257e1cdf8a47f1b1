/** What the compatible API keeps by itself: profiles, e-mail addresses, rooms that sockets had joined. */
import { DROP_PASSWORD_LINKS } from '../password-link-store.ts';
import { emailKey } from '../../../../src/lib/protocol/names.ts';
import type { CompatWrites, Joined } from '../../../compat/ports.ts';
import type { SqlDatabase } from '../database.ts';
import type { JoinedRecord, ProfileRecord } from '../records.ts';
import type { Steps } from '../steps.ts';
import { LAST_SEQ_UP_TO, seqUpTo } from './message-reads.ts';

const prepare = (db: SqlDatabase) => ({
	/** Nobody deletes the account, or writes another of its fields, until this is written. */
	lockPerson: db.prepare<[string], unknown>(
		`SELECT 1 FROM person WHERE id = ? AND deleted_at IS NULL ${db.dialect.forUpdate}`
	),
	profile: db.prepare<[string], ProfileRecord>('SELECT * FROM profile WHERE person = ?'),
	saveProfile: db.prepare(
		`INSERT INTO profile (person, real_name, phone, address, gender, birthday, occupation, website, updated_at)
		VALUES (@person, @realName, @phone, @address, @gender, @birthday, @occupation, @website, @now)
		ON CONFLICT (person) DO UPDATE SET real_name = excluded.real_name, phone = excluded.phone,
		address = excluded.address, gender = excluded.gender, birthday = excluded.birthday,
		occupation = excluded.occupation, website = excluded.website, updated_at = excluded.updated_at`
	),
	emailHolder: db.pluck<[string], string>('SELECT id FROM person WHERE email_key = ?'),
	saveEmail: db.prepare(
		'UPDATE person SET email = ?, email_key = ? WHERE id = ? AND deleted_at IS NULL'
	),
	dropLinks: db.prepare<[string]>(DROP_PASSWORD_LINKS),
	insertJoined: db.prepare(
		`INSERT INTO joined (session, room, seq, by_name, at)
		VALUES (@session, @room, @seq, @byName, @at)
		ON CONFLICT (session, room) DO UPDATE
		SET seq = excluded.seq, by_name = excluded.by_name, at = excluded.at`
	),
	lastSeqUpTo: db.pluck<[string, number], number>(LAST_SEQ_UP_TO),
	selectJoined: db.prepare<[], JoinedRecord>('SELECT * FROM joined'),
	clearJoined: db.prepare('DELETE FROM joined')
});
type Statements = ReturnType<typeof prepare>;

const joined = ({ by_name, ...same }: JoinedRecord): Joined => ({
	...same,
	arrived: 0,
	byName: by_name === 1
});

function* saveProfile(
	statements: Statements,
	person: string,
	fields: object,
	now: number
): Steps<void> {
	if (!(yield* statements.lockPerson.get(person))) return;
	const known = yield* statements.profile.get(person);
	const before = {
		realName: known?.real_name ?? '',
		phone: known?.phone ?? '',
		address: known?.address ?? '',
		gender: known?.gender ?? '',
		birthday: known?.birthday ?? null,
		occupation: known?.occupation ?? '',
		website: known?.website ?? ''
	};
	yield* statements.saveProfile.run({ ...before, ...fields, person, now });
}

/** Sockets in one room have mostly received the same, so that little is looked up. */
function* saveJoined(statements: Statements, all: Joined[]): Steps<void> {
	const seqs = new Map<string, number>();
	yield* statements.clearJoined.run();
	for (const { arrived, ...one } of all) {
		const key = `${one.room} ${arrived}`;
		const known = seqs.get(key) ?? (yield* seqUpTo(statements, one.room, arrived));
		seqs.set(key, known);
		const seq = Math.max(one.seq, known);
		yield* statements.insertJoined.run({ ...one, seq, byName: one.byName ? 1 : 0 });
	}
}

/** The part of the store that the compatible API writes. */
export function createCompatWrites(db: SqlDatabase): CompatWrites {
	const statements = prepare(db);
	return {
		setProfile: (person, fields, now) =>
			db.write(() => saveProfile(statements, person, fields, now)),
		setEmail: (person, email) =>
			db.write(function* () {
				const key = emailKey(email);
				const holder = yield* statements.emailHolder.get(key);
				if (holder !== undefined && holder !== person) return false;
				yield* statements.saveEmail.run(email, key, person);
				// What was sent to the address before must not open the account any more.
				yield* statements.dropLinks.run(person);
				return true;
			}),
		keepJoined: (all) => db.write(() => saveJoined(statements, all)),
		takeJoined: () =>
			db.write(function* () {
				const all = (yield* statements.selectJoined.all()).map(joined);
				yield* statements.clearJoined.run();
				return all;
			})
	};
}
