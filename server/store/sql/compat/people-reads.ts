/** People as the compatible API knows them. */
import { nameKey } from '../../../../src/lib/protocol/name-key.ts';
import {
	GUESTS_DOMAIN,
	type ContactView,
	type PeopleReads,
	type PersonView,
	type Profile
} from '../../../compat/ports.ts';
import { ACTIVE_BY_NAME, IS_ACTIVE } from '../conditions.ts';
import type { SqlDatabase } from '../database.ts';
import { literally } from '../like.ts';
import type { CardRecord, PersonRecord, ProfileRecord } from '../records.ts';
import { personByName } from '../person-by-name.ts';
import { card } from '../rows.ts';
import type { Steps } from '../steps.ts';

type ContactRecord = PersonRecord & { since: number };
interface Search {
	part: string;
	start: string;
	except: string;
	limit: number;
}

const prepare = (db: SqlDatabase) => ({
	byId: db.prepare<[string], PersonRecord>('SELECT * FROM person WHERE id = ?'),
	byIds: db.prepare<[string], CardRecord>(
		`SELECT * FROM person WHERE id IN ${db.dialect.texts('?')}`
	),
	active: db.prepare<[string], CardRecord>(`SELECT * FROM person WHERE id = ? AND ${IS_ACTIVE}`),
	profile: db.prepare<[string], ProfileRecord>('SELECT * FROM profile WHERE person = ?'),
	byNumber: db.prepare<[number], CardRecord>(
		`SELECT * FROM person WHERE number = ? AND ${IS_ACTIVE}`
	),
	byName: db.prepare<[string, string], CardRecord>(ACTIVE_BY_NAME),
	search: db.prepare<Search, CardRecord>(
		`SELECT * FROM person WHERE name_key LIKE @part ESCAPE '\\' AND id <> @except AND ${IS_ACTIVE}
		ORDER BY name_key LIKE @start ESCAPE '\\' DESC, length(name_key), name_key LIMIT @limit`
	),
	contacts: db.prepare<[string, string], ContactRecord>(
		`SELECT p.*, c.at AS since FROM contact c JOIN person p ON p.id = c.other
		WHERE c.person = ? AND c.state = ? AND c.blocked = 0 ORDER BY p.name_key`
	),
	hasPeople: db.prepare<[], unknown>('SELECT 1 FROM person LIMIT 1'),
	guestsUnseen: db.pluck<[string, number], string>(
		`SELECT id FROM person WHERE email_key LIKE ? AND deleted_at IS NULL
		AND coalesce(seen_at, created_at) < ?`
	)
});
type Statements = ReturnType<typeof prepare>;

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

function* personOf(statements: Statements, id: string): Steps<PersonView | null> {
	const found = yield* statements.byId.get(id);
	return found ? personView(found, yield* statements.profile.get(id)) : null;
}

function* contactsOf(
	statements: Statements,
	person: string,
	state: 'friend' | 'incoming' | 'outgoing'
): Steps<ContactView[]> {
	return (yield* statements.contacts.all(person, state)).map(contactView);
}

/** The part of the store that reads people for the compatible API. */
export function createPeopleReads(db: SqlDatabase): PeopleReads {
	const statements = prepare(db);
	return {
		hasPeople: async () => (await db.ask(() => statements.hasPeople.get())) !== undefined,
		guestsUnseenSince: (at) => db.ask(() => statements.guestsUnseen.all(`%@${GUESTS_DOMAIN}`, at)),
		person: (id) => db.ask(() => personOf(statements, id)),
		card: async (id) => cardOf(await db.ask(() => statements.byId.get(id))),
		async cards(ids) {
			const asked = JSON.stringify([...ids]);
			return (await db.ask(() => statements.byIds.all(asked))).map(card);
		},
		activeCard: async (id) => cardOf(await db.ask(() => statements.active.get(id))),
		byNumber: async (number) => cardOf(await db.ask(() => statements.byNumber.get(number))),
		byName: async (name) => cardOf(await db.ask(() => personByName(statements.byName, name))),
		async search(text, except, limit) {
			const key = literally(nameKey(text.trim()));
			const like = { part: `%${key}%`, start: `${key}%`, except, limit };
			return (await db.ask(() => statements.search.all(like))).map(card);
		},
		friends: (person) => db.ask(() => contactsOf(statements, person, 'friend')),
		requests: (person) =>
			db.ask(function* () {
				return {
					incoming: yield* contactsOf(statements, person, 'incoming'),
					outgoing: yield* contactsOf(statements, person, 'outgoing')
				};
			})
	};
}
