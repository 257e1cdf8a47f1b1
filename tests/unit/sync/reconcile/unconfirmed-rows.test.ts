import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyPage } from '../../../../src/lib/sync/reconcile/reconcile.ts';
import {
	applyAccepted,
	applyNewLink,
	hasUnconfirmed
} from '../../../../src/lib/sync/reconcile/unconfirmed-rows.ts';
import { ME, message } from '../../../contract/rows.ts';
import { Device, happenings, RoomLog } from '../room-log.ts';

describe('what was answered before the log brought it (R10)', () => {
	test('is shown at once, and confirmed by the log wherever it is split', async () => {
		await fc.assert(
			fc.asyncProperty(happenings(2, 20), fc.nat(20), fc.boolean(), async (what, a, relinked) => {
				const log = new RoomLog([...what, { kind: 'own', target: 0 }]);
				const stood = a % log.head;
				const own = log.rowsAt(log.head).find((row) => row.seq === log.head)!;
				const device = new Device();
				if (stood > 0) await device.apply((states) => applyPage(states, log.page(0, stood), ME));
				await device.apply((states) => applyAccepted(states, [own]));
				expect(await device.rows(log.room)).toContainEqual(own);
				if (relinked) await device.apply(applyNewLink);
				expect(hasUnconfirmed(device.replica.states)).toBe(relinked);
				await device.apply((states) => applyPage(states, log.page(stood, log.head), ME));
				expect(device.state(log.room)?.unconfirmed ?? []).toEqual([]);
				expect(await device.rows(log.room)).toEqual(log.rowsAt(log.head));
			})
		);
	});

	test('and is not confirmed belongs to a lost past: the stream begins anew (promise 18)', async () => {
		const log = new RoomLog([
			{ kind: 'post', target: 0 },
			{ kind: 'post', target: 0 }
		]);
		const device = new Device();
		await device.apply((states) => applyPage(states, log.page(0, 1), ME));
		const lost = message(log.room, 2, { author: ME });
		await device.apply((states) => applyAccepted(states, [lost]));
		await device.apply((states) => applyPage(states, log.page(1, 2), ME));
		expect(device.state(log.room)).toMatchObject({ cursor: null, epoch: 1 });
		expect(await device.rows(log.room)).toEqual([]);
	});
});
