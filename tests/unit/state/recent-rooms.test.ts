/** What the start page leads back to. */
import { expect, test } from 'vitest';
import type { Prefs, RoomItem } from '../../../src/lib/state/client/client-types.ts';
import { prefArchived } from '../../../src/lib/read-model/room-sections.ts';
import { recentRooms } from '../../../src/lib/state/app/recent-rooms.ts';

const room = (id: string, at: number | null, rest: Partial<RoomItem> = {}) =>
	({
		id,
		state: 'in',
		upto: 1,
		direct: null,
		last: at === null ? null : { at },
		...rest
	}) as RoomItem;
const NONE: Prefs = new Map();

test('the latest first, as far as something was said there', () => {
	const rooms = [room('old', 1), room('silent', null), room('new', 3), room('middle', 2)];
	expect(recentRooms(rooms, NONE).map(({ id }) => id)).toEqual(['new', 'middle', 'old']);
});

test('neither rooms that were not entered nor conversations across a block', () => {
	const direct = { person: 'p', card: null, blocked: true } as unknown as RoomItem['direct'];
	const rooms = [room('a', 1, { state: 'joining' }), room('b', 2, { direct }), room('c', 3)];
	expect(recentRooms(rooms, NONE).map(({ id }) => id)).toEqual(['c']);
});

test('what is archived stays out of sight', () => {
	const prefs: Prefs = new Map([[prefArchived('a'), '99']]);
	expect(recentRooms([room('a', 1), room('b', 2)], prefs).map(({ id }) => id)).toEqual(['b']);
});

test('no more than fit', () => {
	const rooms = Array.from({ length: 20 }, (_, at) => room(`r${at}`, at));
	expect(recentRooms(rooms, NONE)).toHaveLength(6);
});
