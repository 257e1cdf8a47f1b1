import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countUnread, movedUnread } from '../../../../src/lib/sync/reconcile/unread.ts';
import { ME, message, OTHER } from '../../../contract/rows.ts';
import { happenings, recount, RoomLog } from '../room-log.ts';

test('counts what is said by others, stands, and is no system message', () => {
	const row = (more: object) => message('r', 1, more);
	const mentions = [['me', ME]] as [string, string][];
	expect(countUnread([row({})], ME)).toEqual({ unread: 1, mentioned: 0 });
	expect(countUnread([row({ mentions })], ME)).toEqual({ unread: 1, mentioned: 1 });
	expect(countUnread([row({ mentions: [['other', OTHER]] })], ME)).toEqual({
		unread: 1,
		mentioned: 0
	});
	const uncounted = [{ author: ME }, { deleted: true }, { type: 'system' }];
	for (const more of uncounted) {
		expect(countUnread([row({ ...more, mentions })], ME)).toEqual({ unread: 0, mentioned: 0 });
	}
});

test('is the same as a naive recount of the log (promise 12)', () => {
	fc.assert(
		fc.property(happenings(1, 25), fc.nat(25), (what, read) => {
			const log = new RoomLog(what);
			const rows = log.rowsAt(log.head);
			const after = rows.filter((row) => row.seq > read);
			expect(countUnread(after, ME)).toEqual(recount(rows, read));
		})
	);
});

test('moves by what is said, and never below zero', () => {
	const number = fc.integer({ min: -20, max: 20 });
	fc.assert(
		fc.property(fc.nat(9), fc.nat(9), number, number, (unread, mentioned, a, b) => {
			const added = movedUnread({ unread, mentioned }, { add: a, mentions: b });
			expect(added.unread).toBe(Math.max(0, unread + a));
			expect(added.mentioned).toBe(Math.max(0, mentioned + b));
			const set = movedUnread({ unread, mentioned }, { set: a, mentions: b });
			expect(set).toEqual({ unread: Math.max(0, a), mentioned: Math.max(0, b) });
			expect(movedUnread({ unread, mentioned }, null)).toEqual({ unread, mentioned });
		})
	);
});
