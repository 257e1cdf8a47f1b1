/** What the index asks of PostgreSQL to tell whether it was made of this very database, as it stands. */
import { expect, test } from 'vitest';
import { createSearchSource } from '../../server/store/sql/search-source.ts';
import { littleDomain } from '../support/little-domain.ts';

test('an index knows the past of its database; any other one is begun anew', async () => {
	const world = await littleDomain();
	const source = createSearchSource(world.database);
	const empty = await source.past();
	const ann = await world.person('ann');
	const room = await world.room(ann);
	await ann.do({ kind: 'message.post', room, body: 'a heron' });
	const past = await source.past();
	await ann.do({ kind: 'message.post', room, body: 'two herons' });
	expect(await source.hasPast(empty)).toBe(true);
	expect(await source.hasPast(past)).toBe(true);
	expect(await source.hasPast(past.replace(/.$/u, (last) => (last === 'a' ? 'b' : 'a')))).toBe(
		false
	);
	// As an index says it that was made of SQLite, before the server was moved; and of no database at all.
	for (const other of ['17:9f86d081884c7d65', 'x', ' ', `${room} x y`, `${room} 99 hash`]) {
		expect([other, await source.hasPast(other)]).toEqual([other, false]);
	}
});
