/** The store on a database that speaks SQL, behind the port that the domain knows. */
import { randomBytes as cryptoRandomBytes } from 'node:crypto';
import { DIRECTORY } from '../../../src/lib/protocol/ids.ts';
import type { Head, Store } from '../../domain/store-port.ts';
import { createAccountStore } from './accounts.ts';
import { createCallStore } from './call-store.ts';
import { ROOMS_OF_PERSON } from './conditions.ts';
import type { SqlDatabase } from './database.ts';
import { actResultOf } from './facts/facts.ts';
import { prepareFacts } from './facts/statements.ts';
import { createPersonReads } from './person-reads.ts';
import { history, refresh } from './reads/history.ts';
import { compare } from './reads/compare.ts';
import { moments } from './reads/moments.ts';
import { pull } from './reads/pull.ts';
import type { ReadContext } from './reads/read-context.ts';
import { prepareReads } from './reads/statements.ts';
import type { RoomCaches } from './room-caches.ts';
import type { Steps } from './steps.ts';
import { commitActs, prepareActResult } from './write.ts';
import { Writer } from './writer.ts';

/** Who a database is. */
interface Instance {
	id: string;
	generation: number;
}

interface StoreOptions {
	db: SqlDatabase;
	instance: Instance;
	rooms: RoomCaches;
	/** random bytes for ids and names that the server makes */
	randomBytes?: (count: number) => Uint8Array;
}

/** Makes the store on an open database with all its tables. */
export function createSqlStore(options: StoreOptions): Store {
	const { db, instance, rooms, randomBytes = cryptoRandomBytes } = options;
	const cursorInstance = { i: instance.id, g: instance.generation };
	const facts = prepareFacts(db);
	const writer = new Writer({ db, rooms, instance: cursorInstance, randomBytes });
	const { isExclusive } = db;
	const commits = { writer, facts, isExclusive, insertActResult: prepareActResult(db) };
	return {
		...createPersonReads(db, facts, rooms),
		...createCallStore(db),
		...createAccountStore(db, { facts, writer, instance: instance.id, randomBytes }),
		...createDeviceReads(db, rooms, cursorInstance),
		instance: () => ({ ...instance }),
		commit: (acts, decide, now) => commitActs(commits, acts, decide, now),
		actResult: (id) => db.ask(() => actResultOf({ statements: facts, rooms: rooms() }, id)),
		room: (id) => db.ask(() => rooms().room(id)),
		membership: (room, person) => db.ask(() => rooms().membership(room, person))
	};
}

/** Reading for devices: what is answered belongs to one moment. */
function createDeviceReads(
	db: SqlDatabase,
	rooms: RoomCaches,
	instance: ReadContext['instance']
): Pick<Store, 'heads' | 'pull' | 'history' | 'refresh' | 'moments' | 'compare'> {
	const statements = prepareReads(db);
	const heads = db.prepare<[string, string, string], Head>(
		`SELECT id AS stream, kind, head, head_hash AS hash FROM stream
		WHERE id IN (?, ?) OR id IN (${ROOMS_OF_PERSON})`
	);
	const read = <A>(work: (context: ReadContext) => Steps<A>): Promise<A> =>
		db.read(() => work({ statements, rooms: rooms(), instance }));
	return {
		heads: (person) => db.ask(() => heads.all(person, DIRECTORY, person)),
		pull: (person, ask) => read((context) => pull(context, person, ask)),
		history: (person, ask) => read((context) => history(context, person, ask)),
		refresh: (person, ask) => read((context) => refresh(context, person, ask)),
		moments: (person, ask) => read((context) => moments(context, person, ask)),
		compare: (person, ask) => read((context) => compare(context, person, ask))
	};
}
