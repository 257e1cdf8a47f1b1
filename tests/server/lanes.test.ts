/** What has to be tried again is not overtaken by what comes after it in the same room (promise 4). */
import { expect, test } from 'vitest';
import { createDomain } from '../../server/domain/domain.ts';
import { realClock } from '../../server/clock.ts';
import { SqliteDatabase } from '../../server/store/sqlite/database.ts';
import { openSqlite } from '../../server/store/sqlite/open.ts';
import { createStore } from '../../server/store/sqlite/store.ts';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import { newId } from '../support/person.ts';

async function setUp(isBusy: () => boolean) {
	const db = openSqlite({ file: ':memory:' });
	const domain = createDomain({
		store: createStore(new SqliteDatabase(db)),
		hasher: {
			async hash(password) {
				if (isBusy()) throw new RefusalError(refuse('busy', { after: 1 }));
				return password;
			},
			verify: async (hash, password) => hash === password,
			verifyAsTyped: async () => false
		},
		limiter: { take: async () => undefined, refund: async () => undefined },
		pictures: { square: async () => null },
		clock: realClock
	});
	await domain.start();
	const made = await domain.register({ name: 'ann', email: 'ann@example.org', passwordHash: 'x' });
	if ('refused' in made) throw new Error(made.refused.code);
	return { domain, who: { person: made.person, session: 's', device: newId() } };
}

test('a room that cannot be made yet keeps what was written into it waiting (A4)', async () => {
	let busy = true;
	const { domain, who } = await setUp(() => busy);
	const room = newId();
	const acts = [
		{
			kind: 'room.create',
			id: newId(),
			at: 1,
			room,
			name: 'attic',
			description: '',
			password: 'p'
		},
		{ kind: 'message.post', id: newId(), at: 2, room, body: 'first' }
	];
	const first = await domain.acts(who, acts);
	expect(first.map(({ status }) => status)).toEqual(['later', 'later']);
	busy = false;
	const second = await domain.acts(who, acts);
	expect(second.map(({ status }) => status)).toEqual(['accepted', 'accepted']);
});

test('acts in other rooms go on meanwhile', async () => {
	const { domain, who } = await setUp(() => true);
	const [attic, open] = [newId(), newId()];
	const results = await domain.acts(who, [
		{
			kind: 'room.create',
			id: newId(),
			at: 1,
			room: attic,
			name: 'a',
			description: '',
			password: 'p'
		},
		{ kind: 'room.create', id: newId(), at: 2, room: open, name: 'b', description: '' },
		{ kind: 'message.post', id: newId(), at: 3, room: open, body: 'here' }
	]);
	expect(results.map(({ status }) => status)).toEqual(['later', 'accepted', 'accepted']);
});
