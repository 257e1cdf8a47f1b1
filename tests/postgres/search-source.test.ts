/** What the index asks of PostgreSQL to tell whether it was made of this very database, as it stands. */
import { expect, test } from 'vitest';
import type { ChangedMessage } from '../../server/search/source-port.ts';
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

test('what was changed is told in parts, each message once', async () => {
	const world = await littleDomain();
	const source = createSearchSource(world.database);
	const ann = await world.person('ann');
	const rooms = [await world.room(ann), await world.room(ann)];
	for (const room of rooms) {
		for (let n = 0; n < 5; n++) {
			const message = await ann.do({ kind: 'message.post', room, body: `word ${n}` });
			if (n > 0) await ann.do({ kind: 'message.edit', room, message, body: `other ${n}` });
			if (n > 3) await ann.do({ kind: 'message.recall', room, message });
		}
	}
	const parts: ChangedMessage[][] = [];
	do {
		parts.push(await source.changed(parts.at(-1)?.at(-1) ?? { room: '', rev: 0 }, 3));
	} while (parts.at(-1)!.length > 0);
	expect(parts.map(({ length }) => length)).toEqual([3, 3, 2, 0]);
	const told = parts.flat();
	const there = await world.query<ChangedMessage>(
		`SELECT room, rev, number, CASE WHEN deleted_at IS NULL THEN 1 ELSE 0 END AS said
		FROM message WHERE rev <> seq ORDER BY number`
	);
	expect(told.toSorted((a, b) => a.number - b.number)).toEqual(there);
});
