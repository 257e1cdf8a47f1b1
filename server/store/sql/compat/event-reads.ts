/** What events of the compatible API are made of: read in a few statements, however much happened. */
import type { Card } from '../../../../src/lib/protocol/change.ts';
import type { PersonId, RoomId, StreamId } from '../../../../src/lib/protocol/ids.ts';
import type {
	Circle,
	EventFacts,
	EventNeeds,
	EventReads,
	MessageView,
	Rest
} from '../../../compat/ports.ts';
import { BLOCKED_WITH, cardJson, ROOMS_OF_PERSON } from '../conditions.ts';
import type { SqlDatabase } from '../database.ts';
import type { CardRecord } from '../records.ts';
import { card } from '../rows.ts';
import type { Steps } from '../steps.ts';
import { prepareFiles } from './file-reads.ts';
import { messagesWithAuthor, messageView, type MessageWithAuthor } from './message-reads.ts';
import { IS_ROOM, prepareCircle } from './room-reads.ts';

type RestSpan = { person: string; rooms: string; above: number; upTo: number; limit: number };

function prepare(db: SqlDatabase) {
	const { texts, numbers } = db.dialect;
	return {
		cards: db.prepare<[string], CardRecord>(`SELECT * FROM person WHERE id IN ${texts('?')}`),
		blocks: db.prepare<[string, string], { person: string; other: string }>(
			`SELECT person, other FROM contact WHERE blocked = 1 AND person IN ${texts('?')}
			UNION SELECT other AS person, person AS other FROM contact
			WHERE blocked = 1 AND other IN ${texts('?')}`
		),
		actors: db.prepare<[string, string], { stream: string; seq: number; actor: string }>(
			`SELECT stream, seq, actor FROM change
			WHERE stream IN ${texts('?')} AND seq IN ${numbers('?')}`
		),
		asked: db.pluck<[string], string>(
			`SELECT other FROM contact WHERE person = ? AND state = 'outgoing' AND blocked = 0`
		),
		mine: db.pluck<[string], string>(ROOMS_OF_PERSON),
		rooms: db.prepare<[string, string], { id: string; number: number; name: string }>(
			`SELECT r.id, r.number, r.name FROM membership s JOIN room r ON r.id = s.room
			WHERE s.person = ? AND s.to_seq IS NULL AND ${IS_ROOM} AND r.id IN ${texts('?')}`
		),
		blockedWith: db.pluck<[string, string], string>(BLOCKED_WITH),
		rest: db.prepare<RestSpan, MessageWithAuthor>(
			`${messagesWithAuthor(db.dialect)} AND m.number > @above AND m.number <= @upTo
			AND m.room IN ${texts('@rooms')}
			AND EXISTS (SELECT 1 FROM membership s WHERE s.room = m.room AND s.person = @person
				AND s.to_seq IS NULL AND m.seq >= s.visible_from)
			ORDER BY m.number LIMIT @limit`
		),
		amended: db.prepare<[string], MessageWithAuthor>(
			`SELECT m.*, ${cardJson(db.dialect)} AS card FROM message m JOIN person p ON p.id = m.author
			WHERE m.rev <> m.seq AND m.number IN ${numbers('?')}`
		),
		files: prepareFiles(db),
		circle: prepareCircle(db)
	};
}
type Statements = ReturnType<typeof prepare>;

function* cardsOf({ cards }: Statements, people: PersonId[]): Steps<Map<PersonId, Card>> {
	const found = people.length === 0 ? [] : yield* cards.all(JSON.stringify(people));
	return new Map(found.map((record) => [record.id, card(record)]));
}

function* blockedOf(
	{ blocks }: Statements,
	people: PersonId[]
): Steps<Map<PersonId, Set<PersonId>>> {
	const blocked = new Map(people.map((person) => [person, new Set<PersonId>()]));
	if (people.length === 0) return blocked;
	const asked = JSON.stringify(people);
	for (const { person, other } of yield* blocks.all(asked, asked)) blocked.get(person)?.add(other);
	return blocked;
}

const changeKey = (stream: StreamId, seq: number): string => `${stream} ${seq}`;

function* actorsOf(
	{ actors }: Statements,
	changes: EventNeeds['changes']
): Steps<Map<string, PersonId>> {
	if (changes.length === 0) return new Map();
	const streams = JSON.stringify([...new Set(changes.map(({ stream }) => stream))]);
	const seqs = JSON.stringify([...new Set(changes.map(({ seq }) => seq))]);
	const found = yield* actors.all(streams, seqs);
	return new Map(found.map(({ stream, seq, actor }) => [changeKey(stream, seq), actor]));
}

function* factsOf(statements: Statements, needs: EventNeeds): Steps<EventFacts> {
	const people = [...needs.people];
	const cards = yield* cardsOf(statements, people);
	const blocked = yield* blockedOf(statements, people);
	const circles = new Map<PersonId, Circle>();
	for (const person of needs.circles) circles.set(person, yield* statements.circle(person));
	const files = yield* statements.files(needs.files);
	const actors = yield* actorsOf(statements, needs.changes);
	const actor = (stream: StreamId, seq: number) => actors.get(changeKey(stream, seq)) ?? null;
	return { cards, blocked, circles, files, actor };
}

function* restOf(
	statements: Statements,
	person: PersonId,
	among: RoomId[],
	{ before, above, upTo }: { before: number[]; above: number; upTo: number },
	limit: number
): Steps<Rest> {
	const rooms = JSON.stringify(among);
	const named = yield* statements.rooms.all(person, rooms);
	const blocked = yield* statements.blockedWith.all(person, person);
	const isMore = upTo > above;
	const records = isMore ? yield* statements.rest.all({ person, rooms, above, upTo, limit }) : [];
	const messages = new Map<RoomId, MessageView[]>();
	for (const record of records) {
		const ofRoom = messages.get(record.room) ?? [];
		ofRoom.push(messageView(record));
		messages.set(record.room, ofRoom);
	}
	const amended = before.length === 0 ? [] : yield* statements.amended.all(JSON.stringify(before));
	return {
		rooms: new Map(named.map(({ id, number, name }) => [id, { number, name }])),
		blocked,
		messages,
		amended: new Map(
			amended.map((record) => [
				record.number,
				record.deleted_at === null ? messageView(record) : null
			])
		)
	};
}

/** The part of the store that reads for the events of the compatible API. */
export function createEventReads(db: SqlDatabase): EventReads {
	const statements = prepare(db);
	return {
		facts: (needs) => db.ask(() => factsOf(statements, needs)),
		beginning: (person) =>
			db.ask(function* () {
				const card = (yield* cardsOf(statements, [person])).get(person) ?? null;
				const rooms = yield* statements.mine.all(person);
				return { card, rooms, asked: yield* statements.asked.all(person) };
			}),
		rest: (person, rooms, span, limit) =>
			db.ask(() => restOf(statements, person, rooms, span, limit))
	};
}
