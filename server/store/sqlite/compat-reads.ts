/** What the compatible API reads, on SQLite. Every function reads at one moment: statements here never wait. */
import type Database from 'better-sqlite3';
import type { Card } from '../../../src/lib/protocol/change.ts';
import { roomNameKey } from '../../../src/lib/protocol/names.ts';
import type {
	MessageReads,
	MessageView,
	RoomKey,
	RoomReads,
	RoomStand,
	RoomView
} from '../../compat/ports.ts';
import { mayRead } from '../../domain/access.ts';
import { card, CARD_JSON, messageRow, type CardRecord, type MessageRecord } from './rows.ts';

interface RoomStandRecord {
	id: string;
	number: number;
	name: string;
	description: string;
	password_hash: string | null;
	created_at: number;
	created_by: number | null;
	members: number;
}
interface RoomFacts {
	password_hash: string | null;
	direct: number;
	deleted_at: number | null;
}
interface SpanFacts {
	visible_from: number;
	to_seq: number | null;
	banned_at: number | null;
}
type FullRecord = MessageRecord & { card: string };

/** Rooms of the compatible API: no direct conversations, and none that were deleted. */
const ROOMS = `SELECT r.id, r.number, r.name, r.description, r.password_hash, r.created_at,
	(SELECT p.number FROM span s JOIN person p ON p.id = s.person
		WHERE s.room = r.id AND s.role = 'owner' AND s.to_seq IS NULL) AS created_by,
	(SELECT count(*) FROM span WHERE room = r.id AND to_seq IS NULL) AS members
	FROM room r WHERE r.deleted_at IS NULL AND r.direct = 0`;
/** Messages of the compatible API, with the cards of their authors. */
const SHOWN = `m.deleted_at IS NULL AND (m.type IS NULL OR m.type <> 'system')`;
const MESSAGES = `SELECT m.*, ${CARD_JSON} AS card FROM message m JOIN person p ON p.id = m.author
	WHERE ${SHOWN}`;

const roomView = (r: RoomStandRecord): RoomView => ({
	id: r.id,
	number: r.number,
	name: r.name,
	description: r.description,
	private: r.password_hash !== null,
	createdBy: r.created_by ?? 0,
	createdAt: r.created_at,
	members: r.members
});

const messageView = (r: FullRecord): MessageView => ({
	row: messageRow(r),
	author: card(JSON.parse(r.card) as CardRecord)
});

/** Prepares the statements once. */
export function createCompatReads(db: Database.Database): RoomReads & MessageReads {
	const roomByNumber = db.prepare<[number], RoomStandRecord>(`${ROOMS} AND r.number = ?`);
	const roomByName = db.prepare<[string], RoomStandRecord>(`${ROOMS} AND r.name_key = ?`);
	const roomById = db.prepare<[string], RoomStandRecord>(`${ROOMS} AND r.id = ?`);
	const allRooms = db.prepare<[], RoomStandRecord>(`${ROOMS} ORDER BY r.name_key`);
	const roomsOf = db
		.prepare<[string], string>('SELECT room FROM span WHERE person = ? AND to_seq IS NULL')
		.pluck();
	const membersOf = db.prepare<[string], CardRecord>(
		`SELECT p.* FROM span s JOIN person p ON p.id = s.person
		WHERE s.room = ? AND s.to_seq IS NULL ORDER BY p.name_key`
	);
	const countPeople = db.prepare<[string], { room: string; people: number }>(
		`SELECT room, count(*) AS people FROM span
		WHERE to_seq IS NULL AND person IN (SELECT value FROM json_each(?)) GROUP BY room`
	);
	const friendsOf = db
		.prepare<[string], string>(
			`SELECT other FROM contact WHERE person = ? AND state = 'friend' AND blocked = 0`
		)
		.pluck();
	const strangersOf = db
		.prepare<[string, string], string>(
			`SELECT other FROM contact WHERE person = ? AND blocked = 1
			UNION SELECT person FROM contact WHERE other = ? AND blocked = 1`
		)
		.pluck();
	// Both counts are answered by indexes alone, however long the texts are.
	const countMessages = db
		.prepare<{ room: string; from: number }, number>(
			`SELECT (SELECT count(*) FROM message WHERE room = @room AND seq >= @from) -
			(SELECT count(*) FROM message WHERE room = @room AND seq >= @from
			AND (deleted_at IS NOT NULL OR type = 'system'))`
		)
		.pluck();
	const messagesDown = db.prepare<[string, number, number, number], FullRecord>(
		`${MESSAGES} AND m.room = ? AND m.seq >= ? ORDER BY m.seq DESC LIMIT ? OFFSET ?`
	);
	const messagesUp = db.prepare<[string, number, number], FullRecord>(
		`${MESSAGES} AND m.room = ? AND m.seq > ? ORDER BY m.seq LIMIT ?`
	);
	const byNumber = db.prepare<[number], FullRecord>(`${MESSAGES} AND m.number = ?`);
	const headOf = db.prepare<[string], number>('SELECT head FROM stream WHERE id = ?').pluck();

	const lastUpTo = db
		.prepare<[string, number], number | null>(
			'SELECT max(seq) FROM message WHERE room = ? AND number <= ?'
		)
		.pluck();
	const lastNumber = db.prepare<[], number | null>('SELECT max(number) FROM message').pluck();
	const actorOf = db
		.prepare<[string, number], string>('SELECT actor FROM change WHERE stream = ? AND seq = ?')
		.pluck();
	const roomFacts = db.prepare<[string], RoomFacts>(
		'SELECT password_hash, direct, deleted_at FROM room WHERE id = ?'
	);
	const spanFacts = db.prepare<[string, string], SpanFacts>(
		'SELECT visible_from, to_seq, banned_at FROM span WHERE room = ? AND person = ?'
	);

	/** From which seq on a person may read in a room, or null for nothing; direct conversations included. */
	function readsFrom(person: string | null, id: string): number | null {
		const room = roomFacts.get(id);
		if (!room) return null;
		const found = person === null ? undefined : spanFacts.get(id, person);
		const span = found && { to: found.to_seq, banned: found.banned_at !== null };
		const { password_hash: passwordHash, direct, deleted_at } = room;
		const facts = { passwordHash, direct: direct === 1, deleted: deleted_at !== null };
		if (!mayRead(facts, span ?? null)) return null;
		return found?.to_seq === null ? found.visible_from : 1;
	}

	function stand(person: string | null, record: RoomStandRecord | undefined): RoomStand | null {
		if (!record) return null;
		return {
			room: roomView(record),
			isMember: person !== null && spanFacts.get(record.id, person)?.to_seq === null,
			mayRead: readsFrom(person, record.id) !== null
		};
	}

	function find(key: RoomKey): RoomStandRecord | undefined {
		if ('number' in key) return roomByNumber.get(key.number);
		return 'name' in key ? roomByName.get(roomNameKey(key.name)) : roomById.get(key.id);
	}

	return {
		rooms(person) {
			const mine = new Set(roomsOf.all(person) as string[]);
			const all = allRooms.all().map(roomView);
			return {
				mine: all.filter((room) => mine.has(room.id)),
				others: all.filter((room) => !mine.has(room.id))
			};
		},
		room: (person, key) => stand(person, find(key)),
		members: (room): Card[] => membersOf.all(room).map(card),
		countIn(people) {
			const counted = countPeople.all(JSON.stringify([...people]));
			return new Map(counted.map(({ room, people: count }) => [room, count]));
		},
		circle: (person) => ({
			rooms: roomsOf.all(person) as string[],
			friends: friendsOf.all(person) as string[],
			strangers: strangersOf.all(person, person) as string[]
		}),
		history(person, room, skip, limit) {
			const from = readsFrom(person, room);
			if (from === null) return null;
			return {
				messages: messagesDown.all(room, from, limit, skip).map(messageView).reverse(),
				total: countMessages.get({ room, from }) as number
			};
		},
		after(person, room, seq, limit) {
			const from = readsFrom(person, room);
			if (from === null) return null;
			return messagesUp.all(room, Math.max(seq, from - 1), limit).map(messageView);
		},
		newest(person, rooms, limit) {
			const found = rooms.flatMap((room) => {
				const from = readsFrom(person, room);
				return from === null ? [] : messagesDown.all(room, from, limit, 0);
			});
			return found
				.sort((a, b) => b.number - a.number)
				.slice(0, limit)
				.reverse()
				.map(messageView);
		},
		message(person, number) {
			const found = byNumber.get(number);
			return found && readsFrom(person, found.room) !== null ? messageView(found) : null;
		},
		head: (room) => (headOf.get(room) as number | undefined) ?? 0,
		lastNumber: () => (lastNumber.get() as number | null) ?? 0,
		seqUpTo: (room, number) => (lastUpTo.get(room, number) as number | null) ?? 0,
		actor: (stream, seq) => (actorOf.get(stream, seq) as string | undefined) ?? null
	};
}
