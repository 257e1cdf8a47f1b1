import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
	applyHistory,
	applyRefresh
} from '../../../../src/lib/sync/reconcile/reconcile-history.ts';
import { applyPage, applySkipToNewest } from '../../../../src/lib/sync/reconcile/reconcile.ts';
import { holes } from '../../../../src/lib/sync/reconcile/range.ts';
import { ME } from '../../../contract/rows.ts';
import { Device, happenings, recount, RoomLog } from '../room-log.ts';

/** A device that knows the newest page of a log as it stood at `head`. */
async function newcomer(log: RoomLog, head: number): Promise<Device> {
	const device = new Device();
	await device.apply((states) => applySkipToNewest(states, log.skip(head, 3, 0), ME));
	return device;
}

test('pieces of history in any order, some of them late, then a refresh: all rows as they are now (R4, R8)', async () => {
	const picks = fc.array(fc.tuple(fc.nat(30), fc.nat(8), fc.nat(30)), { maxLength: 12 });
	await fc.assert(
		fc.asyncProperty(happenings(4, 25), fc.nat(25), picks, async (what, a, pieces) => {
			const log = new RoomLog(what);
			const early = 1 + (a % log.head);
			const device = await newcomer(log, early);
			await device.apply((states) => applyPage(states, log.page(early, log.head), ME));
			const fill = (from: number, to: number, asOf: number) =>
				device.apply((states) => applyHistory(states, log.history(from, to, asOf), 0, ME));
			for (const [low, length, then] of pieces) {
				const from = 1 + (low % log.head);
				// Asked for before the cursor moved, answered after it.
				const asOf = early + (then % (log.head - early + 1));
				await fill(from, Math.min(from + length, asOf), asOf);
			}
			for (const hole of holes(device.state(log.room)!.ranges, log.head)) {
				await fill(hole.after + 1, hole.before - 1, log.head);
			}
			for (const { from, to, asOf } of device.state(log.room)!.ranges) {
				if (asOf === null) continue;
				const answer = log.refresh(from, to, asOf, log.head);
				await device.apply((states) => applyRefresh(states, answer, { from, to }, 0, ME));
			}
			expect(await device.rows(log.room)).toEqual(log.rowsAt(log.head));
			expect(device.state(log.room)).toMatchObject({
				ranges: [{ from: 1, to: log.head, asOf: null }],
				unreadBy: 'device',
				...recount(log.rowsAt(log.head), 0)
			});
		}),
		{ numRuns: 150 }
	);
});

test('a text that was taken back does not come back by a late piece of history (promise 8)', async () => {
	const log = new RoomLog([
		{ kind: 'post', target: 0 },
		{ kind: 'recall', target: 0 }
	]);
	const device = new Device();
	await device.apply((states) => applyPage(states, log.page(0, 2), ME));
	await device.apply((states) => applyHistory(states, log.history(1, 1, 1), 0, ME));
	expect(await device.rows(log.room)).toMatchObject([{ body: '', deleted: true }]);
});

test('an answer to a question of before a reset changes nothing', async () => {
	const log = new RoomLog([{ kind: 'post', target: 0 }]);
	const device = await newcomer(log, 1);
	expect(applyHistory(device.replica.states, log.history(1, 1, 1), 7, ME)).toEqual([]);
	const refresh = log.refresh(1, 1, 0, 1);
	expect(applyRefresh(device.replica.states, refresh, { from: 1, to: 1 }, 7, ME)).toEqual([]);
});
