/** What the server asks about people, outside of acts. */
import type Database from 'better-sqlite3';
import { opens } from '../../domain/access.ts';
import type { LastSeen, People, Picture } from '../../domain/people-port.ts';
import type { Store } from '../../domain/store-port.ts';
import type { createFacts } from './facts.ts';
import { card, type CardRecord } from './rows.ts';

type PeopleStore = People & Pick<Store, 'card' | 'find' | 'invited'>;

/** Prepares the statements once. */
export function createPeople(
	db: Database.Database,
	facts: ReturnType<typeof createFacts>
): PeopleStore {
	const byKey = db.prepare<[string], CardRecord>(
		'SELECT * FROM person WHERE name_key = ? AND deleted_at IS NULL AND disabled_at IS NULL'
	);
	const byId = db.prepare<[string], CardRecord & { email: string; admin: number }>(
		'SELECT * FROM person WHERE id = ?'
	);
	const selectMembers = db
		.prepare<[string], string>('SELECT person FROM span WHERE room = ? AND to_seq IS NULL')
		.pluck();
	const countMembers = db
		.prepare<[string], number>('SELECT count(*) FROM span WHERE room = ? AND to_seq IS NULL')
		.pluck();
	const selectFriends = db.prepare<[string], LastSeen>(
		`SELECT p.id AS person, coalesce(p.seen_at, 0) AS seen FROM contact c
		JOIN person p ON p.id = c.other WHERE c.person = ? AND c.state = 'friend'`
	);
	const selectStrangers = db
		.prepare<[string, string], string>(
			`SELECT other FROM contact WHERE person = ? AND blocked = 1
			UNION SELECT person FROM contact WHERE other = ? AND blocked = 1`
		)
		.pluck();
	const selectOther = db.prepare<[string, string], LastSeen>(
		`SELECT p.id AS person, coalesce(p.seen_at, 0) AS seen FROM span s JOIN person p ON p.id = s.person
		WHERE s.room = ? AND s.person <> ?`
	);
	const setSeen = db.prepare('UPDATE person SET seen_at = ? WHERE id = ? AND deleted_at IS NULL');
	const selectHash = db
		.prepare<[string], string>('SELECT password_hash FROM person WHERE id = ?')
		.pluck();
	const setHash = db.prepare('UPDATE person SET password_hash = ? WHERE id = ?');
	const selectAvatar = db.prepare<[string], Picture>(
		'SELECT type, bytes FROM avatar WHERE name = ?'
	);
	const noteAll = db.transaction((people: { person: string; at: number }[]) => {
		for (const { person, at } of people) setSeen.run(at, person);
	});

	return {
		async account(id) {
			const found = byId.get(id);
			return found ? { card: card(found), email: found.email, admin: found.admin === 1 } : null;
		},
		async card(id) {
			const found = byId.get(id);
			return found ? card(found) : null;
		},
		async members(room) {
			return selectMembers.all(room) as string[];
		},
		async find(key) {
			const found = byKey.get(key);
			return found ? card(found) : null;
		},
		async invited(id, token, now) {
			const room = facts.room(id);
			if (!room || room.deleted || !opens(facts.invite(token), room, now)) return null;
			const { name, description, passwordHash } = room;
			const members = countMembers.get(id) as number;
			return { id, name, description, private: passwordHash !== null, members };
		},
		async friends(person) {
			return selectFriends.all(person);
		},
		async strangers(person) {
			return selectStrangers.all(person, person) as string[];
		},
		async otherOf(room, person) {
			if (!facts.room(room)?.direct) return null;
			return selectOther.get(room, person) ?? null;
		},
		async noteSeen(people) {
			noteAll.immediate(people);
		},
		async passwordHash(person) {
			return (selectHash.get(person) as string | undefined) || null;
		},
		async setPassword(person, hash) {
			setHash.run(hash, person);
		},
		async avatar(name) {
			return selectAvatar.get(name) ?? null;
		}
	};
}
