/** The real domain on a real SQLite in memory, without doors: for tests of rules. */
import { createDomain, type RunningDomain } from '../../server/domain/domain.ts';
import type { Who } from '../../server/domain/ports.ts';
import { openSqlite } from '../../server/store/sqlite/open.ts';
import { createStore } from '../../server/store/sqlite/store.ts';
import type { Row } from '../../src/lib/protocol/change.ts';
import type { Frame, Result } from '../../src/lib/protocol/down.ts';
import type { ActDraft } from '../../src/lib/sync/compose.ts';
import { newId } from './person.ts';

/** Somebody with an account. */
export interface Somebody extends Who {
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
	db: ReturnType<typeof openSqlite>;
	/** ms added to the server's clock */
	later(ms: number): void;
	person(name: string): Promise<Somebody>;
	/** A room of this person with these members. @param password makes it private */
	room(owner: Somebody, members?: Somebody[], password?: string): Promise<string>;
}

export async function littleDomain(): Promise<LittleDomain> {
	const db = openSqlite({ file: ':memory:' });
	let skew = 0;
	const people: Somebody[] = [];
	const streams = new Map<string, Set<string>>();
	const domain = createDomain({
		store: createStore(db),
		hasher: {
			hash: async (password) => `hash:${password}`,
			verify: async (hash, password) => hash === `hash:${password}`
		},
		limiter: { take: async () => undefined, giveBack: async () => undefined },
		pictures: {
			square: async (bytes) => (bytes.length > 3 ? { type: 'image/webp', bytes } : null)
		},
		fanOut: {
			enter: (person, stream) => void streams.get(person)?.add(stream),
			leave: (person, stream) => void streams.get(person)?.delete(stream),
			frame(frame) {
				for (const one of people) {
					if (streams.get(one.person)?.has(frame.stream)) one.frames.push(frame);
				}
			}
		},
		clock: {
			now: () => Date.now() + skew,
			after(ms, run) {
				const timer = setTimeout(run, ms);
				return () => clearTimeout(timer);
			}
		}
	});
	await domain.start();

	async function person(name: string): Promise<Somebody> {
		const email = `${name}@example.org`;
		const made = await domain.register({ name, email, passwordHash: 'hash:secret' });
		if ('refused' in made) throw new Error(made.refused.code);
		const who: Who = { person: made.person, session: name, device: newId() };
		const one: Somebody = {
			...who,
			name,
			frames: [],
			async act(draft) {
				const [result] = await domain.acts(who, [{ id: newId(), at: 1, ...draft }]);
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
				const [page] = (await domain.pull(who, asked)).pages;
				if (page?.type !== 'page' && page?.type !== 'jump') return [];
				if (page.type === 'page') return page.rows;
				const part = { stream, cursor: page.cursor, since: 0 };
				const side = await domain.amend(who, { ...part, part: 'side' });
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
		db,
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
