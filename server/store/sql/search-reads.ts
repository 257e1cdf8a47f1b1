/** What searching reads: where somebody may read, and messages that an index has proposed. */
import { visibilityOf } from '../../domain/access.ts';
import type {
	FoundMessage,
	FoundPart,
	Hit,
	ReadableRoom,
	SearchReads
} from '../../domain/search-port.ts';
import { cardJson, IS_SAID, ROOMS_OF_PERSON } from './conditions.ts';
import type { SqlDatabase } from './database.ts';
import { fitRows } from './reads/page-budget.ts';
import type { CardRecord, MessageRecord } from './records.ts';
import { prepareRights } from './rights.ts';
import type { RoomCaches } from './room-caches.ts';
import { card, messageRow } from './rows.ts';
import type { Steps } from './steps.ts';

/** From which seq on somebody may read in a room; null: nothing. */
type ReadsFrom = (person: string, room: string) => Steps<number | null>;

type RoomNumber = { id: string; number: number; direct: number };
type Proposed = { number: number; room: string; seq: number };

const ROOMS = 'SELECT id, number, direct FROM room WHERE deleted_at IS NULL';

const prepare = (db: SqlDatabase) => ({
	roomsOfPerson: db.prepare<[string], RoomNumber>(`${ROOMS} AND id IN (${ROOMS_OF_PERSON})`),
	rooms: db.prepare<[string], RoomNumber>(`${ROOMS} AND id IN ${db.dialect.texts('?')}`),
	person: db.pluck<[string], number>('SELECT number FROM person WHERE id = ?'),
	proposed: db.prepare<[string], Proposed>(
		`SELECT m.number, m.room, m.seq FROM message m
		WHERE m.number IN ${db.dialect.numbers('?')} AND ${IS_SAID} ORDER BY m.number DESC`
	),
	messages: db.prepare<[string], MessageRecord & { card: string }>(
		`SELECT m.*, ${cardJson(db.dialect)} AS card FROM message m JOIN person p ON p.id = m.author
		WHERE m.number IN ${db.dialect.numbers('?')} ORDER BY m.number DESC`
	)
});

/** For devices: members read what they may see. @param caches see room-caches.ts */
export function createMemberSearchReads(db: SqlDatabase, caches: RoomCaches): SearchReads {
	return createSearchReads(db, () => {
		const rooms = caches();
		return function* (person, room) {
			return visibilityOf(yield* rooms.membership(room, person))?.visible ?? null;
		};
	});
}

/** For the compatible API, where anybody may read in public rooms. */
export function createCompatSearchReads(db: SqlDatabase): SearchReads {
	const rightsIn = prepareRights(db);
	return createSearchReads(db, () => {
		// One person asks, and mostly of messages in few rooms.
		const known = new Map<string, number | null>();
		return function* (person, room) {
			const before = known.get(room);
			if (before !== undefined) return before;
			const { readsFrom } = yield* rightsIn(person, room);
			known.set(room, readsFrom);
			return readsFrom;
		};
	});
}

type Statements = ReturnType<typeof prepare>;

/** Rooms that the person may read in, of these or of all. */
function* readableRooms(
	statements: Statements,
	readsFrom: ReadsFrom,
	person: string,
	{ rooms: only, direct }: { rooms?: string[] | undefined; direct?: true | undefined }
): Steps<ReadableRoom[]> {
	const rooms = only
		? yield* statements.rooms.all(JSON.stringify(only))
		: yield* statements.roomsOfPerson.all(person);
	const readable: ReadableRoom[] = [];
	for (const room of rooms) {
		if (direct && room.direct === 0) continue;
		const from = yield* readsFrom(person, room.id);
		if (from !== null) readable.push({ room: room.number, from });
	}
	return readable;
}

/** Numbers of the messages that the person may read, the latest first. */
function* readable(
	statements: Statements,
	readsFrom: ReadsFrom,
	person: string,
	hits: Hit[]
): Steps<number[]> {
	const asked = JSON.stringify(hits.map(({ number }) => number));
	const numbers: number[] = [];
	for (const { number, room, seq } of yield* statements.proposed.all(asked)) {
		if (seq >= ((yield* readsFrom(person, room)) ?? Infinity)) numbers.push(number);
	}
	return numbers;
}

function* found(statements: Statements, numbers: number[]): Steps<FoundMessage[]> {
	const records = yield* statements.messages.all(JSON.stringify(numbers));
	return records.map((record) => ({
		row: messageRow(record),
		author: card(JSON.parse(record.card) as CardRecord)
	}));
}

/** @param rightsNow called at the moment of each read */
function createSearchReads(db: SqlDatabase, rightsNow: () => ReadsFrom): SearchReads {
	const statements = prepare(db);
	return {
		question: (person, { rooms: only, author: by, ...rest }) =>
			db.read(function* () {
				const author = by === undefined ? undefined : yield* statements.person.get(by);
				const { direct } = rest;
				const rooms = yield* readableRooms(statements, rightsNow(), person, {
					rooms: only,
					direct
				});
				if (rooms.length === 0 || (by !== undefined && author === undefined)) return null;
				return { ...rest, rooms, author };
			}),
		read: (person, hits, { skip, limit, bytes = Infinity }) =>
			db.read(function* (): Steps<FoundPart> {
				const numbers = yield* readable(statements, rightsNow(), person, hits);
				const messages = yield* found(statements, numbers.slice(skip, skip + limit));
				const all = messages.map(({ row }) => row);
				const { rows, isCut } = fitRows(all, { rows: limit, bytes });
				return {
					messages: messages.slice(0, rows.length),
					total: numbers.length,
					cutAt: isCut ? rows.at(-1)!.number : null
				};
			})
	};
}
