/** What the compatible API keeps by itself: profiles, e-mail addresses, rooms that sockets had joined. */
import type Database from 'better-sqlite3';
import { emailKey } from '../../../../src/lib/protocol/names.ts';
import type { CompatWrites, Joined, PeopleReads, Profile } from '../../../compat/ports.ts';
import type { JoinedRecord } from '../../sql/records.ts';

const prepare = (db: Database.Database) => ({
	saveProfile: db.prepare(
		`INSERT INTO profile (person, real_name, phone, address, gender, birthday, occupation, website, updated_at)
		VALUES (@person, @realName, @phone, @address, @gender, @birthday, @occupation, @website, @now)
		ON CONFLICT (person) DO UPDATE SET real_name = excluded.real_name, phone = excluded.phone,
		address = excluded.address, gender = excluded.gender, birthday = excluded.birthday,
		occupation = excluded.occupation, website = excluded.website, updated_at = excluded.updated_at`
	),
	emailHolder: db.prepare<[string], string>('SELECT id FROM person WHERE email_key = ?').pluck(),
	saveEmail: db.prepare('UPDATE person SET email = ?, email_key = ? WHERE id = ?'),
	insertJoined: db.prepare(
		`INSERT OR REPLACE INTO joined (session, room, seq, by_name, at)
		VALUES (@session, @room, @seq, @byName, @at)`
	),
	selectJoined: db.prepare<[], JoinedRecord>('SELECT * FROM joined'),
	clearJoined: db.prepare('DELETE FROM joined')
});

const joined = ({ by_name, ...same }: JoinedRecord): Joined => ({ ...same, byName: by_name === 1 });

/** The part of the store that the compatible API writes. */
export function createCompatWrites(db: Database.Database, people: PeopleReads): CompatWrites {
	const statements = prepare(db);
	return {
		setProfile(person, fields, now) {
			const known = people.person(person);
			if (!known) return;
			const { realName, phone, address, gender, birthday, occupation, website } = known;
			const before: Profile = { realName, phone, address, gender, birthday, occupation, website };
			statements.saveProfile.run({ ...before, ...fields, person, now });
		},
		setEmail: db.transaction((person: string, email: string) => {
			const key = emailKey(email);
			const holder = statements.emailHolder.get(key);
			if (holder !== undefined && holder !== person) return false;
			statements.saveEmail.run(email, key, person);
			return true;
		}).immediate,
		keepJoined: db.transaction((all: Joined[]) => {
			statements.clearJoined.run();
			for (const one of all) {
				statements.insertJoined.run({ ...one, byName: one.byName ? 1 : 0 });
			}
		}).immediate,
		takeJoined: db.transaction(() => {
			const all = statements.selectJoined.all().map(joined);
			statements.clearJoined.run();
			return all;
		}).immediate
	};
}
