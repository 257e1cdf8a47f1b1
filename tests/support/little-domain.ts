/** The real domain on a real database, without doors: for tests of rules. */
import { createDomain, type RunningDomain } from '../../server/domain/domain.ts';
import type { Actor } from '../../server/domain/ports.ts';
import type { Store } from '../../server/domain/store-port.ts';
import { openSqlite } from '../../server/store/sqlite/open.ts';
import type { Row } from '../../src/lib/protocol/change.ts';
import type { Frame, Result } from '../../src/lib/protocol/down.ts';
import type { ActDraft } from '../../src/lib/sync/outbox/create-act.ts';
import { newId } from './person.ts';
import { newTestStore, sqliteStore, type TestStore } from './test-store.ts';

/** Somebody with an account. */
export interface Somebody extends Actor {
	name: string;
	/** Does something; answers what came of it. */
	act(draft: ActDraft): Promise<Result>;
	/** Does something that has to be accepted; answers the id of the act. */
	do(draft: ActDraft): Promise<string>;
	/** Code of the refusal, or "accepted". */
	outcome(draft: ActDraft): Promise<string>;
	/** All rows of a stream that the person may see, the newest form of each. */
	rows(stream: string): Promise<Row[]>;
	/** Frames that this person's sockets would have got. */
	frames: Frame[];
}

export interface LittleDomain {
	domain: RunningDomain;
	store: Store;
	/** For parts of the store beside it. */
	database: TestStore['database'];
	rooms: TestStore['rooms'];
	/** Rows of a statement with `?`, for what no part of the store answers. */
	query: TestStore['query'];
	/** The domain of a server that starts anew on the same database. */
	restarted(): Promise<LittleDomain>;
	/** ms added to the server's clock */
	later(ms: number): void;
	person(name: string): Promise<Somebody>;
	/** A room of this person with these members. @param password makes it private */
	room(owner: Somebody, members?: Somebody[], password?: string): Promise<string>;
}

export interface SqliteDomain extends LittleDomain {
	db: ReturnType<typeof openSqlite>;
	store: ReturnType<typeof sqliteStore>['store'];
}

/** @param db an open database without people; absent: one in memory */
export async function sqliteDomain(db = openSqlite({ file: ':memory:' })): Promise<SqliteDomain> {
	const made = sqliteStore(db);
	return { ...(await domainOn(made)), db, store: made.store };
}

/**
 * The same on the kind of database that this run of the tests is about.
 * @param url of a new PostgreSQL database; absent: one is made
 */
export const littleDomain = async (url?: string): Promise<LittleDomain> =>
	domainOn(await newTestStore(url));

async function domainOn(made: TestStore): Promise<LittleDomain> {
	const { store } = made;
	let skew = 0;
	const people: Somebody[] = [];
	const streams = new Map<string, Set<string>>();
	const domain = createDomain({
		store,
		hasher: {
			hash: async (password) => `hash:${password}`,
			verify: async (hash, password) => hash === `hash:${password}`,
			verifyAsTyped: async () => false
		},
		limiter: { take: async () => undefined, refund: async () => undefined },
		pictures: {
			square: async (bytes) => (bytes.length > 3 ? { type: 'image/webp', bytes } : null)
		},
		clock: {
			now: () => Date.now() + skew,
			after(ms, run) {
				const timer = setTimeout(run, ms);
				return () => clearTimeout(timer);
			}
		}
	});
	domain.subscribe(({ membershipChanges, frames }) => {
		for (const { person, room, in: isIn } of membershipChanges) {
			if (isIn) streams.get(person)?.add(room);
			else streams.get(person)?.delete(room);
		}
		for (const one of people) {
			const seen = streams.get(one.person);
			one.frames.push(...frames.filter(({ stream }) => seen?.has(stream)));
		}
	});
	await domain.start();

	async function person(name: string): Promise<Somebody> {
		const email = `${name}@example.org`;
		const made = await domain.register({ name, email, passwordHash: 'hash:secret' });
		if ('refused' in made) throw new Error(made.refused.code);
		const actor: Actor = { person: made.person, session: name, device: newId() };
		const one: Somebody = {
			...actor,
			name,
			frames: [],
			async act(draft) {
				const [result] = await domain.acts(actor, [{ id: newId(), at: 1, ...draft }]);
				return result!;
			},
			async do(draft) {
				const result = await one.act(draft);
				if (result.status === 'accepted') return result.id;
				throw new Error(`${draft.kind} by ${name}: ${result.refusal.code}`);
			},
			async outcome(draft) {
				const result = await one.act(draft);
				return result.status === 'accepted' ? 'accepted' : result.refusal.code;
			},
			async rows(stream) {
				const asked = { streams: [{ id: stream, cursor: null }] };
				const [page] = (await domain.pull(actor, asked)).pages;
				if (page?.type !== 'page' && page?.type !== 'skipToNewest') return [];
				if (page.type === 'page') return page.rows;
				const part = { stream, cursor: page.cursor, since: 0 };
				const side = await domain.refresh(actor, { ...part, part: 'nonMessageRows' });
				return newestOf([...page.rows, ...('rows' in side ? side.rows : [])]);
			}
		};
		streams.set(made.person, new Set(await domain.streams(made.person)));
		people.push(one);
		return one;
	}

	let rooms = 0;
	return {
		domain,
		store,
		query: made.query,
		database: made.database,
		rooms: made.rooms,
		restarted: async () => domainOn(await made.reopened()),
		later(ms) {
			skew += ms;
		},
		person,
		async room(owner, members = [], password) {
			const room = newId();
			const secret = password === undefined ? {} : { password };
			const name = `room ${rooms++}`;
			await owner.do({ kind: 'room.create', room, name, description: '', ...secret });
			for (const member of members) await member.do({ kind: 'room.join', room, ...secret });
			return room;
		}
	};
}

/** Each row once, in its newest form. */
function newestOf(rows: Row[]): Row[] {
	const newest = new Map<string, Row>();
	for (const row of rows) {
		const key = `${row.kind} ${row.id}`;
		if (row.rev >= (newest.get(key)?.rev ?? 0)) newest.set(key, row);
	}
	return [...newest.values()];
}

/** The message with this id among rows. */
export function messageIn(rows: Row[], id: string) {
	const found = rows.find((row) => row.kind === 'message' && row.id === id);
	if (found?.kind !== 'message') throw new Error(`no message ${id}`);
	return found;
}
