/** Prepares a database through the server's own store and domain, past the doors that hash and limit. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Sessions } from '../../server/auth/sessions.ts';
import { createDomain } from '../../server/domain/domain.ts';
import type { Actor } from '../../server/domain/ports.ts';
import { openSqlite } from '../../server/store/sqlite/open.ts';
import { SqliteDatabase } from '../../server/store/sqlite/database.ts';
import { createSessionStore } from '../../server/store/sql/session-store.ts';
import { createStore } from '../../server/store/sqlite/store.ts';
import type { Result } from '../../src/lib/protocol/down.ts';
import { LIMITS } from '../../src/lib/protocol/limits.ts';
import { newId, post } from '../support/person.ts';

/** Somebody with an account and a session. */
export interface Seeded {
	person: string;
	/** the value for the header Cookie */
	cookie: string;
	device: string;
}

export interface Seed {
	/** Makes an account that is signed in, with a place in `general`. */
	person(name: string): Promise<Seeded>;
	/** Makes a room with these members; the first is its owner. */
	room(name: string, members: Seeded[]): Promise<string>;
	/** Posts texts into a room. */
	say(by: Seeded, room: string, texts: string[]): Promise<void>;
	close(): Promise<void>;
}

/** @param dataDir folder of the database; its server must not be running */
export async function openSeed(dataDir: string): Promise<Seed> {
	const db = openSqlite({ file: join(dataDir, 'roost.sqlite') });
	// Only while preparing: what is lost in a power cut here is prepared again.
	db.pragma('synchronous = OFF');
	const refuseToHash = () => Promise.reject(new Error('preparing never hashes'));
	const domain = createDomain({
		store: createStore(new SqliteDatabase(db)),
		hasher: { hash: refuseToHash, verify: refuseToHash, verifyAsTyped: refuseToHash },
		limiter: { take: () => Promise.resolve(), refund: () => Promise.resolve() },
		pictures: { square: () => Promise.resolve(null) },
		clock: {
			now: Date.now,
			after(ms, run) {
				const timer = setTimeout(run, ms);
				return () => clearTimeout(timer);
			}
		},
		onError(fault) {
			throw fault;
		}
	});
	await domain.start();
	const sessions = new Sessions(createSessionStore(new SqliteDatabase(db)), false);
	const who = ({ person, device }: Seeded): Actor => ({ person, device, session: '' });

	async function act(by: Seeded, acts: object[]): Promise<void> {
		for (let from = 0; from < acts.length; from += LIMITS.actsPerRequest) {
			const results: Result[] = await domain.acts(
				who(by),
				acts.slice(from, from + LIMITS.actsPerRequest)
			);
			const bad = results.find((result) => result.status !== 'accepted');
			if (bad) throw new Error(`preparing failed: ${JSON.stringify(bad)}`);
		}
	}

	return {
		async person(name) {
			const passwordHash = randomBytes(16).toString('hex');
			const made = await domain.register({ name, email: `${name}@example.org`, passwordHash });
			if ('refused' in made) throw new Error(`${name} is refused: ${made.refused.code}`);
			const { cookie } = await sessions.begin({ person: made.person, passwordHash }, true, 'bench');
			return { person: made.person, cookie: cookie.split(';')[0]!, device: newId() };
		},
		async room(name, members) {
			const room = newId();
			const at = Date.now();
			const [owner, ...others] = members;
			await act(owner!, [{ kind: 'room.create', id: newId(), at, room, name, description: '' }]);
			for (const other of others) await act(other, [{ kind: 'room.join', id: newId(), at, room }]);
			return room;
		},
		say: (by, room, texts) =>
			act(
				by,
				texts.map((text) => post(room, text))
			),
		async close() {
			await domain.drained();
			db.close();
		}
	};
}
