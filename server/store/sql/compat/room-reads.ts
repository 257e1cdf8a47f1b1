/** Rooms as the compatible API knows them. */
import type { Card } from '../../../../src/lib/protocol/change.ts';
import type { PersonId, RoomId } from '../../../../src/lib/protocol/ids.ts';
import { roomNameKey } from '../../../../src/lib/protocol/name-key.ts';
import type {
	Circle,
	RoomAccess,
	RoomKey,
	RoomPlace,
	RoomReads,
	RoomView
} from '../../../compat/ports.ts';
import { BLOCKED_WITH, ROOMS_OF_PERSON } from '../conditions.ts';
import type { SqlDatabase } from '../database.ts';
import type { CardRecord, RoomRecord } from '../records.ts';
import type { RightsIn } from '../rights.ts';
import { card } from '../rows.ts';
import type { Steps } from '../steps.ts';

type RoomViewRecord = Pick<
	RoomRecord,
	'id' | 'number' | 'name' | 'description' | 'password_hash' | 'created_at'
> & { created_by: number | null; members: number };

/** Rooms of the compatible API: no direct conversations, and none that were deleted. */
export const IS_ROOM = 'r.deleted_at IS NULL AND r.direct = 0';

const ROOMS = `SELECT r.id, r.number, r.name, r.description, r.password_hash, r.created_at,
	(SELECT p.number FROM membership s JOIN person p ON p.id = s.person
		WHERE s.room = r.id AND s.role = 'owner' AND s.to_seq IS NULL) AS created_by,
	(SELECT count(*) FROM membership WHERE room = r.id AND to_seq IS NULL) AS members
	FROM room r WHERE ${IS_ROOM}`;

const MEMBERS = `SELECT p.*, s.room AS of_room FROM membership s JOIN person p ON p.id = s.person
	WHERE s.to_seq IS NULL`;

const prepare = (db: SqlDatabase) => ({
	byNumber: db.prepare<[number], RoomViewRecord>(`${ROOMS} AND r.number = ?`),
	byName: db.prepare<[string], RoomViewRecord>(`${ROOMS} AND r.name_key = ?`),
	byId: db.prepare<[string], RoomViewRecord>(`${ROOMS} AND r.id = ?`),
	all: db.prepare<[], RoomViewRecord>(`${ROOMS} ORDER BY r.name_key`),
	ofPerson: db.pluck<[string], string>(ROOMS_OF_PERSON),
	members: db.prepare<[string], CardRecord>(`${MEMBERS} AND s.room = ? ORDER BY p.name_key`),
	membersAmong: db.prepare<[string, string], CardRecord>(
		`${MEMBERS} AND s.room = ? AND s.person IN ${db.dialect.texts('?')} ORDER BY p.name_key`
	),
	membersOf: db.prepare<[string], CardRecord & { of_room: string }>(
		`${MEMBERS} AND s.room IN ${db.dialect.texts('?')} ORDER BY p.name_key`
	),
	numbers: db.prepare<[string], { id: string; number: number }>(
		`SELECT r.id, r.number FROM room r WHERE ${IS_ROOM} AND r.id IN ${db.dialect.texts('?')}`
	),
	countPeople: db.prepare<[string], { room: string; people: number }>(
		`SELECT room, count(*) AS people FROM membership
		WHERE to_seq IS NULL AND person IN ${db.dialect.texts('?')} GROUP BY room`
	)
});
type Statements = ReturnType<typeof prepare>;

/** Answers whoever is told of a person's coming and going. */
export function prepareCircle(db: SqlDatabase): (person: PersonId) => Steps<Circle> {
	const ofPerson = db.pluck<[string], string>(ROOMS_OF_PERSON);
	const friends = db.pluck<[string], string>(
		`SELECT other FROM contact WHERE person = ? AND state = 'friend' AND blocked = 0`
	);
	const blockedWith = db.pluck<[string, string], string>(BLOCKED_WITH);
	return function* (person) {
		return {
			rooms: yield* ofPerson.all(person),
			friends: yield* friends.all(person),
			blocked: yield* blockedWith.all(person, person)
		};
	};
}

const roomView = (r: RoomViewRecord): RoomView => ({
	id: r.id,
	number: r.number,
	name: r.name,
	description: r.description,
	private: r.password_hash !== null,
	createdBy: r.created_by ?? 0,
	createdAt: r.created_at,
	members: r.members
});

function find(statements: Statements, key: RoomKey): Steps<RoomViewRecord | undefined> {
	if ('number' in key) return statements.byNumber.get(key.number);
	if ('name' in key) return statements.byName.get(roomNameKey(key.name));
	return statements.byId.get(key.id);
}

function* placesOf(statements: Statements, rooms: RoomId[]): Steps<Map<RoomId, RoomPlace>> {
	const places = new Map<RoomId, RoomPlace>();
	for (const { id, number } of yield* statements.numbers.all(JSON.stringify(rooms))) {
		places.set(id, { number });
	}
	const others = rooms.filter((room) => !places.has(room));
	if (others.length === 0) return places;
	const people = new Map<RoomId, Card[]>(others.map((room) => [room, []]));
	for (const record of yield* statements.membersOf.all(JSON.stringify(others))) {
		people.get(record.of_room)!.push(card(record));
	}
	for (const [room, both] of people) places.set(room, { people: both });
	return places;
}

/** The part of the store that reads rooms for the compatible API. */
export function createRoomReads(db: SqlDatabase, rightsIn: RightsIn): RoomReads {
	const statements = prepare(db);
	const circleOf = prepareCircle(db);
	const blockedWith = db.pluck<[string, string], string>(BLOCKED_WITH);

	return {
		rooms: (person) =>
			db.ask(function* () {
				const mine = new Set(yield* statements.ofPerson.all(person));
				const all = (yield* statements.all.all()).map(roomView);
				return {
					mine: all.filter((room) => mine.has(room.id)),
					others: all.filter((room) => !mine.has(room.id))
				};
			}),
		room: (person, key) =>
			db.ask(function* (): Steps<RoomAccess | null> {
				const found = yield* find(statements, key);
				if (!found) return null;
				const { isMember, readsFrom } = yield* rightsIn(person, found.id);
				return { room: roomView(found), isMember, mayRead: readsFrom !== null };
			}),
		members: async (room) => (await db.ask(() => statements.members.all(room))).map(card),
		async membersAmong(room, people) {
			const asked = JSON.stringify([...people]);
			return (await db.ask(() => statements.membersAmong.all(room, asked))).map(card);
		},
		async countIn(people) {
			const asked = JSON.stringify([...people]);
			const counted = await db.ask(() => statements.countPeople.all(asked));
			return new Map(counted.map(({ room, people: count }) => [room, count]));
		},
		async places(rooms) {
			const asked = [...new Set(rooms)];
			return asked.length === 0 ? new Map() : db.ask(() => placesOf(statements, asked));
		},
		circle: (person) => db.ask(() => circleOf(person)),
		blockedWith: (person) => db.ask(() => blockedWith.all(person, person))
	};
}
