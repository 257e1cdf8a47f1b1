/** Complaint 20: what a policy throws away of a room, and what it never does. */
import { expect, test } from 'vitest';
import { trimBefore, trimRoom } from '../../../src/lib/db/storage-health.ts';
import { MemoryLocalStore } from '../../../src/lib/sync/memory/memory-store.ts';
import { change, id, ME, message, state } from '../../contract/rows.ts';

/** A device that holds messages 1 to 200 of a room, said at 1,000 × seq ms. */
async function device(read: number) {
	const room = id();
	const cache = new MemoryLocalStore();
	const rows = Array.from({ length: 200 }, (_, i) => ({
		...message(room, i + 1),
		at: 1_000 * (i + 1)
	}));
	const cursor = { i: 'db', g: 1, s: 200, h: '' };
	const ranges = [{ from: 1, to: 200, asOf: null }];
	const next = state(room, { ranges, cursor, ready: true, read });
	await cache.commit([change(room, { next, rows })], ME);
	const held = async (): Promise<[count: number, first: number | undefined]> => [
		await cache.countMessages(room),
		(await cache.messages(room, 0, Infinity, 1, 'bottom'))[0]?.seq
	];
	return { cache, room, held };
}

test.each([
	['in the middle', 200, 120_000, [81, 120]],
	['before everything', 200, 0, [200, 1]],
	['after everything: the newest stay', 200, 999_000, [50, 151]],
	['what is unread stays', 90, 120_000, [110, 91]]
])('said before a moment %s', async (_, read, before, left) => {
	const { cache, room, held } = await device(read);
	await trimBefore(cache, ME, room, before, 50);
	expect(await held()).toEqual(left);
	// Once more finds nothing to do.
	await trimBefore(cache, ME, room, before, 50);
	expect(await held()).toEqual(left);
});

test.each([
	['the newest stay', 200, [50, 151]],
	['what is unread stays', 90, [110, 91]]
])('all but the newest: %s', async (_, read, left) => {
	const { cache, room, held } = await device(read);
	await trimRoom(cache, ME, room, 50);
	expect(await held()).toEqual(left);
});
