import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
	archivedNow,
	isArchived,
	nextPinned,
	prefArchived,
	prefPinned,
	roomSections,
	type RoomSort
} from '../../../src/lib/read-model/room-sections.ts';
import type { LastItem, RoomItem } from '../../../src/lib/read-model/views.ts';

function room(id: string, more: Partial<RoomItem> & { seq?: number | null } = {}): RoomItem {
	const { seq = 5, ...rest } = more;
	return {
		id,
		upto: 5,
		queued: 0,
		unread: 0,
		direct: null,
		last: { seq } as LastItem,
		...rest
	} as RoomItem;
}
const direct = (id: string, more: Partial<RoomItem> = {}) =>
	room(id, { direct: { person: id, card: null, blocked: false }, ...more });

function shown(
	rooms: RoomItem[],
	prefs: [string, string][] = [],
	silenced: string[] = [],
	sort: RoomSort = 'recent'
) {
	return roomSections(rooms, new Map(prefs), new Set(silenced), sort).map(
		({ name, rooms: inside }) => `${name}: ${inside.map(({ id }) => id).join(' ')}`
	);
}

describe('sections', () => {
	test('only those that have something in them, in their order', () => {
		expect(shown([])).toEqual([]);
		expect(shown([room('a'), direct('b'), room('c')])).toEqual(['direct: b', 'rooms: a c']);
		expect(
			shown(
				[room('a'), direct('b'), room('c'), room('d'), direct('e')],
				[
					[prefPinned('c'), '1'],
					[prefArchived('e'), '5']
				],
				['d']
			)
		).toEqual(['pinned: c', 'direct: b', 'rooms: a', 'muted: d', 'archived: e']);
	});

	test('pinned ones keep their order, whatever happens in them, and silenced or not', () => {
		const pins: [string, string][] = [
			[prefPinned('c'), '1'],
			[prefPinned('a'), '2'],
			[prefPinned('b'), '2']
		];
		expect(shown([room('b'), room('a'), room('c')], pins, ['a'], 'unread')).toEqual([
			'pinned: c a b'
		]);
	});

	test('unread first, and otherwise the most recent', () => {
		const rooms = [room('a'), room('b', { unread: 2 }), room('c'), room('d', { unread: 1 })];
		expect(shown(rooms, [], [], 'unread')).toEqual(['rooms: b d a c']);
		expect(shown(rooms)).toEqual(['rooms: a b c d']);
	});

	test.each(['', 'x', '-1', '1.5', '"1"', '9'.repeat(400), '[]'])(
		'what another device wrote and makes no sense is not chosen: %s',
		(value) => {
			const prefs: [string, string][] = [
				[prefPinned('a'), value],
				[prefArchived('a'), value]
			];
			expect(shown([room('a')], prefs)).toEqual(['rooms: a']);
		}
	);

	test('every conversation is in exactly one section, in the order it came unless pinned', () => {
		const value = fc.constantFrom('', '1', '2', '9', 'x');
		const rooms = fc.uniqueArray(fc.constantFrom(...'abcdefgh'), { minLength: 1 });
		fc.assert(
			fc.property(rooms, fc.infiniteStream(value), fc.infiniteStream(fc.boolean()), (ids, v, b) => {
				const list = ids.map((id) => (b.next().value ? room(id) : direct(id)));
				const prefs = ids.flatMap((id): [string, string][] => [
					[prefPinned(id), v.next().value],
					[prefArchived(id), v.next().value]
				]);
				const silenced = new Set(ids.filter(() => b.next().value));
				const sections = roomSections(list, new Map(prefs), silenced, 'recent');
				expect(sections.flatMap((section) => section.rooms.map(({ id }) => id)).sort()).toEqual(
					[...ids].sort()
				);
				for (const { name, rooms: inside } of sections) {
					expect(inside.length).toBeGreaterThan(0);
					if (name !== 'pinned') expect(inside).toEqual(list.filter((one) => inside.includes(one)));
				}
			})
		);
	});
});

describe('archived', () => {
	const archive = (one: RoomItem) => new Map([[prefArchived(one.id), String(archivedNow(one))]]);

	test('it comes back when something new is said, by anybody, unless it is silenced', () => {
		const before = room('a');
		const prefs = archive(before);
		expect(isArchived(before, prefs, false)).toBe(true);
		const after = room('a', { upto: 6, seq: 6 });
		expect(isArchived(after, prefs, false)).toBe(false);
		expect(isArchived(after, prefs, true)).toBe(true);
	});

	test('edits, recalls and people who come and go do not bring it back', () => {
		expect(isArchived(room('a', { upto: 9, seq: 5 }), archive(room('a')), false)).toBe(true);
	});

	test("one's own message brings it back once the server has it", () => {
		const prefs = archive(room('a'));
		expect(isArchived(room('a', { seq: null, queued: 1 }), prefs, false)).toBe(true);
		expect(isArchived(room('a', { upto: 6, seq: 6 }), prefs, false)).toBe(false);
	});

	test('archived while messages of its own wait: what others say meanwhile is not taken for those', () => {
		const waiting = room('a', { seq: null, queued: 2 });
		const prefs = archive(waiting);
		expect(isArchived(waiting, prefs, false)).toBe(true);
		expect(isArchived(room('a', { upto: 6, seq: null, queued: 2 }), prefs, false)).toBe(false);
		expect(isArchived(room('a', { upto: 6, seq: 6 }), prefs, false)).toBe(false);
	});

	test('where nothing was ever said', () => {
		const empty = room('a', { last: null, upto: 0 });
		expect(isArchived(empty, archive(empty), false)).toBe(true);
		expect(isArchived(room('a', { upto: 1, seq: 1 }), archive(empty), false)).toBe(false);
	});
});

test('the one that is pinned next comes after all others', () => {
	expect(nextPinned(new Map())).toBe(1);
	const prefs = new Map([
		[prefPinned('a'), '3'],
		[prefPinned('b'), 'x'],
		[prefArchived('c'), '99']
	]);
	expect(nextPinned(prefs)).toBe(4);
});
