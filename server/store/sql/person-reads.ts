/** What the server asks about people, outside of acts. */
import { DROP_PASSWORD_LINKS } from './password-link-store.ts';
import type { SqlDatabase } from './database.ts';
import { isInviteValid } from '../../domain/access.ts';
import type { LastSeen, People, Picture } from '../../domain/people-port.ts';
import type { Store } from '../../domain/store-port.ts';
import { ACTIVE_BY_NAME, BLOCKED_WITH, PEOPLE_IN_ROOM } from './conditions.ts';
import type { FactStatements } from './facts/statements.ts';
import { inviteByToken } from './facts/own-facts.ts';
import type { CardRecord, PersonRecord } from './records.ts';
import { personByName } from './person-by-name.ts';
import type { RoomCaches } from './room-caches.ts';
import { card } from './rows.ts';

type PersonReads = People & Pick<Store, 'card' | 'find' | 'invited'>;

const prepare = (db: SqlDatabase) => ({
	byName: db.prepare<[string, string], CardRecord>(ACTIVE_BY_NAME),
	byId: db.prepare<[string], PersonRecord>('SELECT * FROM person WHERE id = ?'),
	inRoom: db.pluck<[string], string>(PEOPLE_IN_ROOM),
	countInRoom: db.pluck<[string], number>(`SELECT count(*) FROM (${PEOPLE_IN_ROOM}) AS counted`),
	friends: db.prepare<[string], LastSeen>(
		`SELECT p.id AS person, coalesce(p.seen_at, 0) AS seen FROM contact c
		JOIN person p ON p.id = c.other WHERE c.person = ? AND c.state = 'friend'`
	),
	blockedWith: db.pluck<[string, string], string>(BLOCKED_WITH),
	otherOf: db.prepare<[string, string], LastSeen>(
		`SELECT p.id AS person, coalesce(p.seen_at, 0) AS seen FROM membership s JOIN person p ON p.id = s.person
		WHERE s.room = ? AND s.person <> ?`
	),
	setSeen: db.prepare('UPDATE person SET seen_at = ? WHERE id = ? AND deleted_at IS NULL'),
	passwordHash: db.pluck<[string], string>('SELECT password_hash FROM person WHERE id = ?'),
	setPasswordHash: db.prepare(
		'UPDATE person SET password_hash = ? WHERE id = ? AND password_hash = ?'
	),
	/** Links for a forgotten password that others may have got hold of. */
	dropLinks: db.prepare<[string]>(DROP_PASSWORD_LINKS),
	avatar: db.prepare<[string], Picture>('SELECT type, bytes FROM avatar WHERE name = ?')
});

/** The part of the store that is about people. */
export function createPersonReads(
	db: SqlDatabase,
	facts: FactStatements,
	caches: RoomCaches
): PersonReads {
	const statements = prepare(db);
	return {
		async account(id) {
			const found = await db.ask(() => statements.byId.get(id));
			return found ? { card: card(found), email: found.email, admin: found.admin === 1 } : null;
		},
		async card(id) {
			const found = await db.ask(() => statements.byId.get(id));
			return found ? card(found) : null;
		},
		async find(name) {
			const found = await db.ask(() => personByName(statements.byName, name));
			return found ? card(found) : null;
		},
		invited: (id, token, now) =>
			db.read(function* () {
				const rooms = caches();
				const room = yield* rooms.room(id);
				if (!room || room.deleted) return null;
				const invite = yield* inviteByToken({ statements: facts, rooms }, token);
				if (!isInviteValid(invite, room, now)) return null;
				const { name, description, passwordHash } = room;
				const members = (yield* statements.countInRoom.get(id)) ?? 0;
				return { id, name, description, private: passwordHash !== null, members };
			}),
		otherOf: (room, person) =>
			db.read(function* () {
				if (!(yield* caches().room(room))?.direct) return null;
				return (yield* statements.otherOf.get(room, person)) ?? null;
			}),
		members: (room) => db.ask(() => statements.inRoom.all(room)),
		friends: (person) => db.ask(() => statements.friends.all(person)),
		blockedWith: (person) => db.ask(() => statements.blockedWith.all(person, person)),
		noteSeen: (people) =>
			db.write(function* () {
				for (const { person, at } of people) yield* statements.setSeen.run(at, person);
			}),
		passwordHash: async (person) =>
			(await db.ask(() => statements.passwordHash.get(person))) || null,
		setPassword: ({ person, passwordHash }, hash) =>
			db.write(function* () {
				const isSet = (yield* statements.setPasswordHash.run(hash, person, passwordHash)) > 0;
				if (isSet) yield* statements.dropLinks.run(person);
				return isSet;
			}),
		avatar: async (name) => (await db.ask(() => statements.avatar.get(name))) ?? null
	};
}
