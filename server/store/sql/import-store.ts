/** What an import writes: people who cannot sign in, and conversations as they were. */
import { randomBytes } from 'node:crypto';
import { DIRECTORY } from '../../../src/lib/protocol/ids.ts';
import { codePoints, LIMITS } from '../../../src/lib/protocol/limits.ts';
import { nameKeys } from '../../../src/lib/protocol/name-key.ts';
import type {
	ImportStore,
	KnownMessage,
	KnownPerson,
	NewMember,
	NewRoom
} from '../../import/import-port.ts';
import { PEOPLE_IN_ROOM } from './conditions.ts';
import type { SqlDatabase } from './database.ts';
import { writeMessage, prepareImportedMessages } from './imported-messages.ts';
import { insertPeople, prepareImportedPeople } from './imported-people.ts';
import { findPerson } from './person-by-name.ts';
import type { RoomCaches } from './room-caches.ts';
import { eachOf, type Steps } from './steps.ts';
import { Writer, type Transaction } from './writer.ts';

const prepare = (db: SqlDatabase) => ({
	messages: prepareImportedMessages(db),
	people: prepareImportedPeople(db),
	room: db.pluck<[string], number | null>('SELECT deleted_at FROM room WHERE id = ?'),
	hasRoom: db.prepare<[string], unknown>('SELECT 1 FROM room WHERE id = ?'),
	hasStream: db.prepare<[string], unknown>('SELECT 1 FROM stream WHERE id = ?'),
	named: db.prepare<[string], unknown>('SELECT 1 FROM room WHERE name_key = ?'),
	inRoom: db.pluck<[string], string>(PEOPLE_IN_ROOM),
	wasMember: db.prepare<[string, string], unknown>(
		'SELECT 1 FROM membership WHERE room = ? AND person = ?'
	),
	pinned: db.pluck<[string, number], number>(
		`SELECT seq FROM message WHERE room = ? AND pinned_at IS NOT NULL AND deleted_at IS NULL
		ORDER BY pinned_at DESC, seq DESC LIMIT ?`
	),
	pins: db.pluck<[string], string>('SELECT pins FROM room WHERE id = ?'),
	carrying: db.prepare<[string], unknown>('SELECT 1 FROM attachment WHERE file = ? LIMIT 1')
});

interface Context {
	db: SqlDatabase;
	statements: ReturnType<typeof prepare>;
	writer: Writer;
	instance: string;
}

interface ImportOptions {
	db: SqlDatabase;
	instance: { id: string; generation: number };
	rooms: RoomCaches;
	/** which every account is in; null: nothing is written */
	firstRoom: string | null;
}

/** Memberships that are begun in one transaction. */
const MEMBERS_AT_ONCE = 200;

/** Makes the store of an import. Of all that write to the database in this process it has to be the only one. */
export function createImportStore({ db, instance, rooms, firstRoom }: ImportOptions): ImportStore {
	const statements = prepare(db);
	const cursor = { i: instance.id, g: instance.generation };
	const writer = new Writer({ db, rooms, instance: cursor, randomBytes });
	const context: Context = { db, statements, writer, instance: instance.id };
	const { messages, people } = statements;
	return {
		instance: instance.id,
		async people(ids) {
			const found = await db.ask(() => people.known.all(JSON.stringify(ids)));
			return new Map(
				found.map(({ id, number, off }): [string, KnownPerson] => [
					id,
					{ number, isAccount: off === 0 }
				])
			);
		},
		accountCalled: (name) => db.ask(() => findPerson(db, name)).then((found) => found ?? null),
		addPeople: async (all, secret, now) =>
			(
				await writer.transact(now, (transaction) =>
					insertPeople(people, transaction, { people: all, secret, firstRoom })
				)
			).value,
		isTaken: async (what, key) =>
			(await db.ask(() => people[what === 'name' ? 'named' : 'mailed'].get(key))) !== undefined,
		room: (id) => db.ask(() => stateOf(context, id)),
		addRoom: (room) => addRoom(context, room),
		messages: async (ids) => {
			const found = await db.ask(() => messages.known.all(JSON.stringify(ids)));
			return found.map(({ id, room, seq, files, deleted }): KnownMessage => {
				const cards = files === null ? [] : (JSON.parse(files) as { id: string }[]);
				return { id, room, seq, isDeleted: deleted === 1, files: cards.map((card) => card.id) };
			});
		},
		addMessages: async (room, all, now) => {
			await writer.transact(now, function* (transaction) {
				yield* transaction.log.lock([room]);
				for (const message of all) yield* writeMessage(messages, transaction, room, message);
				yield* readByAll(context, transaction, room);
			});
		},
		seqs: async (room, ids) => {
			const found = await db.ask(() => messages.known.all(JSON.stringify(ids)));
			return new Map(found.filter((one) => one.room === room).map(({ id, seq }) => [id, seq]));
		},
		attach: async (room, message, file) =>
			void (await db.ask(() => messages.attach.run(message, file, room))),
		isCarried: async (file) => (await db.ask(() => statements.carrying.get(file))) !== undefined,
		setPins: (room, now) => setPins(context, room, now),
		addMembers: (room, members, now) => addMembers(context, room, members, now)
	};
}

function* stateOf(
	{ statements }: Context,
	id: string
): Steps<Awaited<ReturnType<ImportStore['room']>>> {
	if (yield* statements.hasRoom.get(id)) {
		return (yield* statements.room.get(id)) === null ? 'here' : 'deleted';
	}
	return (yield* statements.hasStream.get(id)) ? 'other' : 'none';
}

/** The name, or the same with the first number behind it that makes it nobody else's. */
function* freeName({ statements }: Context, name: string): Steps<string> {
	for (let n = 1; ; n++) {
		const end = n === 1 ? '' : ` (${n})`;
		const wanted = cutTo(name, LIMITS.roomNameMax - end.length) + end;
		const found = yield* eachOf(nameKeys(wanted), (key) => statements.named.get(key));
		if (found.every((one) => one === undefined)) return wanted;
	}
}

const cutTo = (text: string, max: number): string =>
	codePoints(text) <= max ? text : [...text].slice(0, max).join('').trim();

/** The room begins at its own time: what is said in it comes after. */
async function addRoom(context: Context, room: NewRoom): Promise<void> {
	const { id, passwordHash, description, direct, owner, at } = room;
	await context.writer.transact(at, function* (transaction) {
		yield* transaction.log.lock([DIRECTORY]);
		const name = direct ? '' : yield* freeName(context, room.name);
		const insert = { do: 'room.insert', room: id, name, description, passwordHash } as const;
		yield* transaction.carryOut({ actor: owner, act: id, digest: '' }, [
			direct ? { ...insert, direct } : insert
		]);
	});
}

/** What is brought in is nothing that anybody owes a reading. */
function* readByAll(
	{ statements, instance }: Context,
	transaction: Transaction,
	room: string
): Steps<void> {
	const people = yield* statements.inRoom.all(room);
	if (people.length === 0) return;
	yield* transaction.log.lock(people);
	const upto = yield* transaction.log.head(room);
	for (const person of people) {
		yield* transaction.carryOut({ actor: instance, act: room, digest: '' }, [
			{ do: 'read', room, person, upto }
		]);
	}
}

async function setPins({ statements, writer, instance }: Context, room: string, now: number) {
	await writer.transact(now, function* (transaction) {
		yield* transaction.log.lock([room]);
		const pins = yield* statements.pinned.all(room, LIMITS.pinsMax);
		const shown = JSON.parse((yield* statements.pins.get(room)) ?? '[]') as number[];
		if (pins.every((seq) => shown.includes(seq))) return;
		yield* transaction.carryOut({ actor: instance, act: room, digest: '' }, [
			{ do: 'room.update', room, pins }
		]);
	});
}

async function addMembers(
	{ statements, writer, instance }: Context,
	room: string,
	members: NewMember[],
	now: number
): Promise<number> {
	let added = 0;
	for (let from = 0; from < members.length; from += MEMBERS_AT_ONCE) {
		const some = members.slice(from, from + MEMBERS_AT_ONCE);
		const { value } = await writer.transact(now, function* (transaction) {
			yield* transaction.log.lock([room, ...some.map(({ person }) => person)]);
			let count = 0;
			for (const { person, role, isIn } of some) {
				if (yield* statements.wasMember.get(room, person)) continue;
				count++;
				yield* transaction.carryOut({ actor: instance, act: room, digest: '' }, [
					{ do: 'membership.open', room, person, role },
					...(isIn ? [] : [{ do: 'membership.close', room, person, why: 'left' } as const])
				]);
			}
			return count;
		});
		added += value;
	}
	return added;
}
