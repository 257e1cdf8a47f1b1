/** The store on SQLite, behind the port that the domain knows. */
import type Database from 'better-sqlite3';
import { randomBytes } from 'node:crypto';
import { LOBBY, uuid7 } from '../../../src/lib/protocol/ids.ts';
import { roomNameKey } from '../../../src/lib/protocol/names.ts';
import type { Credentials } from '../../domain/ports.ts';
import type { Committed, Head, Span, Store } from '../../domain/store-port.ts';
import { createFacts } from './facts.ts';
import { createPeople } from './people.ts';
import { createReads } from './reads.ts';
import type { CardRecord } from './rows.ts';
import { createWriter, storageFault } from './write.ts';

type PersonRecord = CardRecord & {
	email: string;
	admin: number;
	password_hash: string;
	disabled_at: number | null;
};

/**
 * Makes the store.
 * @param db an open, migrated database (see open.ts)
 * @param chance random bytes for the id of the first room
 */
export function createStore(
	db: Database.Database,
	chance: (count: number) => Uint8Array = randomBytes
): Store & { spanNow: (room: string, person: string) => Span | null } {
	const who = db
		.prepare<[], { id: string; generation: number }>('SELECT id, generation FROM instance')
		.get();
	if (!who) throw new Error('the database has no instance row');
	const at = { i: who.id, g: who.generation };
	const instance = () => at;

	const facts = createFacts(db);
	const reads = createReads(db, facts.span, instance);
	const writer = createWriter(db, facts, instance, chance);
	const people = createPeople(db, facts);

	const selectNamed = db.prepare<[string], { id: string }>(
		'SELECT id FROM room WHERE name_key = ?'
	);
	const hasStream = db.prepare<[string], unknown>('SELECT 1 FROM stream WHERE id = ?');
	const taken = db.prepare<[string, string], { name_key: string; email_key: string }>(
		'SELECT name_key, email_key FROM person WHERE name_key = ? OR email_key = ?'
	);
	const anybody = db.prepare<[], unknown>('SELECT 1 FROM person LIMIT 1');
	const insertPerson = db.prepare(
		`INSERT INTO person (id, name, name_key, email, email_key, password_hash, admin, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
	);
	const byName = db.prepare<[string], PersonRecord>('SELECT * FROM person WHERE name_key = ?');
	const byEmail = db.prepare<[string], PersonRecord>('SELECT * FROM person WHERE email_key = ?');
	const selectHeads = db.prepare<[string, string, string], Head>(
		`SELECT id AS stream, kind, head, head_hash AS hash FROM stream WHERE id IN (?, ?)
		OR id IN (SELECT room FROM span WHERE person = ? AND to_seq IS NULL)`
	);

	/** Runs a read so that all its statements see one moment. */
	const atOnce = db.transaction(<A>(read: () => A): A => read());

	function write<A>(run: () => A): A {
		try {
			return db.transaction(run).immediate();
		} catch (error) {
			writer.forgetAll();
			throw storageFault(error);
		}
	}

	function makeRoom(name: string, description: string, now: number): string {
		const room = uuid7(now, chance(10));
		const log = writer.openLog();
		if (!hasStream.get(LOBBY)) log.create(LOBBY, 'lobby');
		const doing = { log, actor: at.i, op: room, digest: '', now, moves: [], rows: [] };
		writer.carryOut(doing, { do: 'room.insert', room, name, description, passwordHash: null });
		log.finish();
		return room;
	}

	return {
		spanNow: facts.span,
		instance: () => ({ id: at.i, generation: at.g }),
		async commit(acts, decide, now) {
			return writer.commit(acts, decide, now);
		},
		async ensureRoom(name, description, now) {
			return (
				selectNamed.get(roomNameKey(name))?.id ?? write(() => makeRoom(name, description, now))
			);
		},
		async register(person, room, now) {
			return write(() => {
				const { id, name, nameKey, email, emailKey, passwordHash } = person;
				const clash = taken.get(nameKey, emailKey);
				if (clash) return { taken: clash.name_key === nameKey ? 'name' : 'email' } as const;
				const first = !anybody.get();
				insertPerson.run(id, name, nameKey, email, emailKey, passwordHash, first ? 1 : 0, now);
				const log = writer.openLog();
				log.create(id, 'feed');
				const committed: Committed = { outcomes: [], moves: [], frames: [] };
				const { moves } = committed;
				const doing = { log, actor: id, op: id, digest: '', now, moves, rows: [] };
				writer.carryOut(doing, {
					do: 'span.open',
					room,
					person: id,
					role: first ? 'owner' : 'member'
				});
				committed.frames = log.finish();
				return { committed };
			});
		},
		async op(id) {
			return facts.op(id);
		},
		async room(id) {
			return facts.room(id);
		},
		async span(room, person) {
			return facts.span(room, person);
		},
		async credentials(key) {
			const found = 'nameKey' in key ? byName.get(key.nameKey) : byEmail.get(key.emailKey);
			if (!found) return null;
			const { id, password_hash, disabled_at } = found;
			return {
				person: id,
				passwordHash: password_hash,
				disabled: disabled_at !== null
			} satisfies Credentials;
		},
		...people,
		async heads(person) {
			return selectHeads.all(person, LOBBY, person);
		},
		async pull(person, ask) {
			return atOnce(() => reads.pull(person, ask)) as ReturnType<typeof reads.pull>;
		},
		async history(person, ask) {
			return atOnce(() => reads.history(person, ask)) as ReturnType<typeof reads.history>;
		},
		async amend(person, ask) {
			return atOnce(() => reads.amend(person, ask)) as ReturnType<typeof reads.amend>;
		}
	};
}
