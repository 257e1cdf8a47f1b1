/** Rooms as the compatible API knows them. Every function reads at one moment: statements here never wait. */
import type Database from 'better-sqlite3';
import { roomNameKey } from '../../../../src/lib/protocol/name-key.ts';
import type { RoomAccess, RoomKey, RoomReads, RoomView } from '../../../compat/ports.ts';
import { BLOCKED_WITH, ROOMS_OF_PERSON } from '../../sql/conditions.ts';
import type { CardRecord, RoomRecord } from '../../sql/records.ts';
import type { RoomRights } from '../../sql/rights.ts';
import { card } from '../../sql/rows.ts';

/** As `RightsIn`, answered at once. */
export type RightsNow = (person: string | null, room: string) => RoomRights;

type RoomViewRecord = Pick<
	RoomRecord,
	'id' | 'number' | 'name' | 'description' | 'password_hash' | 'created_at'
> & { created_by: number | null; members: number };

/** Rooms of the compatible API: no direct conversations, and none that were deleted. */
const ROOMS = `SELECT r.id, r.number, r.name, r.description, r.password_hash, r.created_at,
	(SELECT p.number FROM membership s JOIN person p ON p.id = s.person
		WHERE s.room = r.id AND s.role = 'owner' AND s.to_seq IS NULL) AS created_by,
	(SELECT count(*) FROM membership WHERE room = r.id AND to_seq IS NULL) AS members
	FROM room r WHERE r.deleted_at IS NULL AND r.direct = 0`;

const prepare = (db: Database.Database) => ({
	byNumber: db.prepare<[number], RoomViewRecord>(`${ROOMS} AND r.number = ?`),
	byName: db.prepare<[string], RoomViewRecord>(`${ROOMS} AND r.name_key = ?`),
	byId: db.prepare<[string], RoomViewRecord>(`${ROOMS} AND r.id = ?`),
	all: db.prepare<[], RoomViewRecord>(`${ROOMS} ORDER BY r.name_key`),
	ofPerson: db.prepare<[string], string>(ROOMS_OF_PERSON).pluck(),
	members: db.prepare<[string], CardRecord>(
		`SELECT p.* FROM membership s JOIN person p ON p.id = s.person
		WHERE s.room = ? AND s.to_seq IS NULL ORDER BY p.name_key`
	),
	countPeople: db.prepare<[string], { room: string; people: number }>(
		`SELECT room, count(*) AS people FROM membership
		WHERE to_seq IS NULL AND person IN (SELECT value FROM json_each(?)) GROUP BY room`
	),
	friends: db
		.prepare<[string], string>(
			`SELECT other FROM contact WHERE person = ? AND state = 'friend' AND blocked = 0`
		)
		.pluck(),
	blockedWith: db.prepare<[string, string], string>(BLOCKED_WITH).pluck()
});

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

/** The part of the store that reads rooms for the compatible API. */
export function createRoomReads(db: Database.Database, rightsIn: RightsNow): RoomReads {
	const statements = prepare(db);

	function find(key: RoomKey): RoomViewRecord | undefined {
		if ('number' in key) return statements.byNumber.get(key.number);
		if ('name' in key) return statements.byName.get(roomNameKey(key.name));
		return statements.byId.get(key.id);
	}

	return {
		rooms(person) {
			const mine = new Set(statements.ofPerson.all(person));
			const all = statements.all.all().map(roomView);
			return {
				mine: all.filter((room) => mine.has(room.id)),
				others: all.filter((room) => !mine.has(room.id))
			};
		},
		room(person, key): RoomAccess | null {
			const found = find(key);
			if (!found) return null;
			const { isMember, readsFrom } = rightsIn(person, found.id);
			return { room: roomView(found), isMember, mayRead: readsFrom !== null };
		},
		members: (room) => statements.members.all(room).map(card),
		countIn(people) {
			const counted = statements.countPeople.all(JSON.stringify([...people]));
			return new Map(counted.map(({ room, people: count }) => [room, count]));
		},
		circle: (person) => ({
			rooms: statements.ofPerson.all(person),
			friends: statements.friends.all(person),
			blocked: statements.blockedWith.all(person, person)
		})
	};
}
