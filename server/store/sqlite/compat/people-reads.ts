/** People as the compatible API knows them. */
import type Database from 'better-sqlite3';
import { nameKey } from '../../../../src/lib/protocol/name-key.ts';
import {
	GUESTS_DOMAIN,
	type ContactView,
	type PeopleReads,
	type PersonView,
	type Profile
} from '../../../compat/ports.ts';
import { ACTIVE_BY_NAME, IS_ACTIVE } from '../../sql/conditions.ts';
import { finish, SqliteDatabase } from '../database.ts';
import type { CardRecord, PersonRecord, ProfileRecord } from '../../sql/records.ts';
import { personByName } from '../../sql/person-by-name.ts';
import { card } from '../../sql/rows.ts';

type ContactRecord = PersonRecord & { since: number };
interface Search {
	part: string;
	start: string;
	except: string;
	limit: number;
}

const prepare = (db: Database.Database) => ({
	byId: db.prepare<[string], PersonRecord>('SELECT * FROM person WHERE id = ?'),
	profile: db.prepare<[string], ProfileRecord>('SELECT * FROM profile WHERE person = ?'),
	byNumber: db.prepare<[number], CardRecord>(
		`SELECT * FROM person WHERE number = ? AND ${IS_ACTIVE}`
	),
	byName: new SqliteDatabase(db).prepare<[string, string], CardRecord>(ACTIVE_BY_NAME),
	search: db.prepare<Search, CardRecord>(
		`SELECT * FROM person WHERE name_key LIKE @part ESCAPE '\\' AND id <> @except AND ${IS_ACTIVE}
		ORDER BY name_key LIKE @start ESCAPE '\\' DESC, length(name_key), name_key LIMIT @limit`
	),
	contacts: db.prepare<[string, string], ContactRecord>(
		`SELECT p.*, c.at AS since FROM contact c JOIN person p ON p.id = c.other
		WHERE c.person = ? AND c.state = ? AND c.blocked = 0 ORDER BY p.name_key`
	),
	hasPeople: db.prepare<[], unknown>('SELECT 1 FROM person LIMIT 1'),
	guestsUnseen: db
		.prepare<[string, number], string>(
			`SELECT id FROM person WHERE email_key LIKE ? AND deleted_at IS NULL
			AND coalesce(seen_at, created_at) < ?`
		)
		.pluck()
});

const NOTHING: Profile = {
	realName: '',
	phone: '',
	address: '',
	gender: '',
	birthday: null,
	occupation: '',
	website: ''
};

function profileOf(record: ProfileRecord | undefined): Profile {
	if (!record) return NOTHING;
	const { real_name: realName, phone, address, gender, birthday, occupation, website } = record;
	return { realName, phone, address, gender, birthday, occupation, website };
}

const personView = (person: PersonRecord, profile: ProfileRecord | undefined): PersonView => ({
	...profileOf(profile),
	card: card(person),
	email: person.email,
	bio: person.bio ?? '',
	createdAt: person.created_at,
	updatedAt: profile?.updated_at ?? person.created_at,
	seenAt: person.seen_at
});

const contactView = (record: ContactRecord): ContactView => ({
	card: card(record),
	at: record.since
});

const cardOf = (record: CardRecord | undefined) => (record ? card(record) : null);

/** Characters that mean something in LIKE. */
const literally = (text: string) => text.replace(/[\\%_]/g, '\\$&');

/** The part of the store that reads people for the compatible API. */
export function createPeopleReads(db: Database.Database): PeopleReads {
	const statements = prepare(db);
	const contacts = (person: string, state: 'friend' | 'incoming' | 'outgoing') =>
		statements.contacts.all(person, state).map(contactView);
	return {
		hasPeople: () => statements.hasPeople.get() !== undefined,
		guestsUnseenSince: (at) => statements.guestsUnseen.all(`%@${GUESTS_DOMAIN}`, at),
		person(id) {
			const found = statements.byId.get(id);
			return found ? personView(found, statements.profile.get(id)) : null;
		},
		card: (id) => cardOf(statements.byId.get(id)),
		byNumber: (number) => cardOf(statements.byNumber.get(number)),
		byName: (name) => cardOf(finish(personByName(statements.byName, name))),
		search(text, except, limit) {
			const key = literally(nameKey(text.trim()));
			return statements.search.all({ part: `%${key}%`, start: `${key}%`, except, limit }).map(card);
		},
		friends: (person) => contacts(person, 'friend'),
		requests: (person) => ({
			incoming: contacts(person, 'incoming'),
			outgoing: contacts(person, 'outgoing')
		})
	};
}
