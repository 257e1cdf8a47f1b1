/** People as the compatible API knows them, and what it keeps by itself, on SQLite. */
import type Database from 'better-sqlite3';
import { nameKey } from '../../../src/lib/protocol/names.ts';
import type {
	CompatStore,
	CompatWrites,
	FileReads,
	ContactView,
	Joined,
	PeopleReads,
	PersonView,
	Profile
} from '../../compat/ports.ts';
import { GUESTS_DOMAIN as GUESTS } from '../../compat/ports.ts';
import type { StoredFile } from '../../files/ports.ts';
import { createCompatReads } from './compat-reads.ts';
import { card, fileCard, type CardRecord, type FileRecord } from './rows.ts';

interface PersonRecord extends CardRecord {
	email: string;
	created_at: number;
	seen_at: number | null;
}
interface ProfileRecord {
	real_name: string;
	phone: string;
	address: string;
	gender: string;
	birthday: string | null;
	occupation: string;
	website: string;
	updated_at: number;
}
type ContactRecord = CardRecord & { since: number };
type JoinedRecord = Omit<Joined, 'byName'> & { by_name: number };

const LIVING = 'deleted_at IS NULL AND disabled_at IS NULL';
const NOTHING: Profile = {
	realName: '',
	phone: '',
	address: '',
	gender: '',
	birthday: null,
	occupation: '',
	website: ''
};

const contact = (record: ContactRecord): ContactView => ({ card: card(record), at: record.since });

/** Characters that mean something in LIKE. */
const literally = (text: string) => text.replace(/[\\%_]/g, '\\$&');

function profileOf(record: ProfileRecord | undefined): Profile {
	if (!record) return NOTHING;
	const { real_name, updated_at: _, ...same } = record;
	return { ...same, realName: real_name };
}

function createPeopleReads(db: Database.Database): PeopleReads {
	const selectPerson = db.prepare<[string], PersonRecord>('SELECT * FROM person WHERE id = ?');
	const selectProfile = db.prepare<[string], ProfileRecord>(
		`SELECT real_name, phone, address, gender, birthday, occupation, website, updated_at
		FROM profile WHERE person = ?`
	);
	const byNumber = db.prepare<[number], CardRecord>(
		`SELECT * FROM person WHERE number = ? AND ${LIVING}`
	);
	const byKey = db.prepare<[string], CardRecord>(
		`SELECT * FROM person WHERE name_key = ? AND ${LIVING}`
	);
	const search = db.prepare<
		{ part: string; start: string; except: string; limit: number },
		CardRecord
	>(
		`SELECT * FROM person WHERE name_key LIKE @part ESCAPE '\\' AND id <> @except AND ${LIVING}
		ORDER BY name_key LIKE @start ESCAPE '\\' DESC, length(name_key), name_key LIMIT @limit`
	);
	const contacts = db.prepare<[string, string], ContactRecord>(
		`SELECT p.*, c.at AS since FROM contact c JOIN person p ON p.id = c.other
		WHERE c.person = ? AND c.state = ? AND c.blocked = 0 ORDER BY p.name_key`
	);

	const anybody = db.prepare<[], unknown>('SELECT 1 FROM person LIMIT 1');
	const unseenGuests = db
		.prepare<[string, number], string>(
			`SELECT id FROM person WHERE email_key LIKE ? AND deleted_at IS NULL
			AND coalesce(seen_at, created_at) < ?`
		)
		.pluck();

	return {
		hasPeople: () => anybody.get() !== undefined,
		guestsUnseenSince: (at) => unseenGuests.all(`%@${GUESTS}`, at) as string[],
		person(id): PersonView | null {
			const found = selectPerson.get(id);
			if (!found) return null;
			const fields = selectProfile.get(id);
			return {
				...profileOf(fields),
				card: card(found),
				email: found.email,
				bio: found.bio ?? '',
				createdAt: found.created_at,
				updatedAt: fields?.updated_at ?? found.created_at,
				seenAt: found.seen_at
			};
		},
		card(id) {
			const found = selectPerson.get(id);
			return found ? card(found) : null;
		},
		byNumber(number) {
			const found = byNumber.get(number);
			return found ? card(found) : null;
		},
		byName(name) {
			const found = byKey.get(nameKey(name.trim()));
			return found ? card(found) : null;
		},
		search(text, except, limit) {
			const key = literally(nameKey(text.trim()));
			return search.all({ part: `%${key}%`, start: `${key}%`, except, limit }).map(card);
		},
		friends: (person) => contacts.all(person, 'friend').map(contact),
		requests: (person) => ({
			incoming: contacts.all(person, 'incoming').map(contact),
			outgoing: contacts.all(person, 'outgoing').map(contact)
		})
	};
}

function createWrites(db: Database.Database, reads: PeopleReads): CompatWrites {
	const saveProfile = db.prepare(
		`INSERT INTO profile (person, real_name, phone, address, gender, birthday, occupation, website, updated_at)
		VALUES (@person, @realName, @phone, @address, @gender, @birthday, @occupation, @website, @now)
		ON CONFLICT (person) DO UPDATE SET real_name = excluded.real_name, phone = excluded.phone,
		address = excluded.address, gender = excluded.gender, birthday = excluded.birthday,
		occupation = excluded.occupation, website = excluded.website, updated_at = excluded.updated_at`
	);
	const holder = db.prepare<[string], string>('SELECT id FROM person WHERE email_key = ?').pluck();
	const saveEmail = db.prepare('UPDATE person SET email = ?, email_key = ? WHERE id = ?');
	const insertJoined = db.prepare(
		'INSERT OR REPLACE INTO joined (session, room, seq, by_name, at) VALUES (?, ?, ?, ?, ?)'
	);
	const selectJoined = db.prepare<[], JoinedRecord>('SELECT * FROM joined');
	const clearJoined = db.prepare('DELETE FROM joined');

	return {
		setProfile(person, fields, now) {
			const known = reads.person(person);
			if (!known) return;
			const { realName, phone, address, gender, birthday, occupation, website } = known;
			const before = { realName, phone, address, gender, birthday, occupation, website };
			saveProfile.run({ ...before, ...fields, person, now });
		},
		setEmail: db.transaction((person: string, email: string) => {
			const key = email.toLowerCase();
			const taken = holder.get(key);
			if (taken !== undefined && taken !== person) return false;
			saveEmail.run(email, key, person);
			return true;
		}).immediate,
		keepJoined: db.transaction((all: Joined[]) => {
			clearJoined.run();
			for (const { session, room, seq, byName, at } of all) {
				insertJoined.run(session, room, seq, byName ? 1 : 0, at);
			}
		}).immediate,
		takeJoined: db.transaction(() => {
			const all = selectJoined.all().map(({ by_name, ...same }) => ({
				...same,
				byName: by_name === 1
			}));
			clearJoined.run();
			return all;
		}).immediate
	};
}

function createFileReads(db: Database.Database): FileReads {
	const byId = db.prepare<[string], FileRecord>('SELECT * FROM file WHERE id = ?');
	const byStored = db.prepare<[string], FileRecord>('SELECT * FROM file WHERE stored = ?');
	const stored = (record: FileRecord | undefined): StoredFile | null =>
		record
			? {
					...fileCard(record),
					person: record.person,
					stored: record.stored,
					thumb: record.thumb
				}
			: null;
	return {
		file: (id) => stored(byId.get(id)),
		fileStoredAs: (name) => stored(byStored.get(name))
	};
}

/** @param db an open, migrated database (see open.ts) */
export function createCompatStore(db: Database.Database): CompatStore {
	const people = createPeopleReads(db);
	return {
		...createCompatReads(db),
		...createFileReads(db),
		...people,
		...createWrites(db, people)
	};
}
