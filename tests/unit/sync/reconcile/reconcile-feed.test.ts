import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ReadRow, RoomMembershipRow } from '../../../../src/lib/protocol/change.ts';
import { applyRead, feedEffects } from '../../../../src/lib/sync/reconcile/reconcile-feed.ts';
import { applyPage } from '../../../../src/lib/sync/reconcile/reconcile.ts';
import { id, ME } from '../../../contract/rows.ts';
import { Device, happenings, recount, RoomLog } from '../room-log.ts';

const rooms = [id(), id(), id()];
const membership = fc.record({
	kind: fc.constant('roomMembership' as const),
	id: fc.constantFrom(...rooms),
	rev: fc.constant(1),
	state: fc.constantFrom('in' as const, 'out' as const)
}) satisfies fc.Arbitrary<RoomMembershipRow>;
const read = fc.record({
	kind: fc.constant('read' as const),
	id: fc.constantFrom(...rooms),
	rev: fc.constant(1),
	upto: fc.nat(50)
}) satisfies fc.Arbitrary<ReadRow>;

test('a known room that is left, entered and left again in one page is gone', async () => {
	const [room] = rooms as [string];
	const row = (state: 'in' | 'out') =>
		({ kind: 'roomMembership', id: room, rev: 1, state }) as const;
	const device = new Device();
	await device.apply((states) => feedEffects(states, [row('in')]));
	expect(device.state(room)).toBeDefined();
	await device.apply((states) => feedEffects(states, [row('out'), row('in'), row('out')]));
	expect(device.state(room)).toBeUndefined();
});

test('rooms are those last entered and not left; how far one has read only grows', async () => {
	const pages = fc.array(fc.array(fc.oneof(membership, read), { maxLength: 6 }), { maxLength: 6 });
	await fc.assert(
		fc.asyncProperty(pages, async (answers) => {
			const device = new Device();
			const expected = new Map<string, number>();
			for (const rows of answers) {
				await device.apply((states) => feedEffects(states, rows));
				for (const row of rows) {
					const known = expected.get(row.id);
					if (row.kind === 'read') {
						if (known !== undefined) expected.set(row.id, Math.max(known, row.upto));
					} else if (row.state === 'out') expected.delete(row.id);
					else if (known === undefined) expected.set(row.id, 0);
				}
				const held = [...device.replica.states.values()].map((state) => [state.id, state.read]);
				expect(new Map(held as [string, number][])).toEqual(expected);
			}
		})
	);
});

test('what is unread after reading is what a recount says (promise 12)', async () => {
	await fc.assert(
		fc.asyncProperty(
			happenings(1, 20),
			fc.array(fc.nat(25), { maxLength: 6 }),
			async (what, marks) => {
				const log = new RoomLog(what);
				const device = new Device();
				const half = Math.ceil(log.head / 2);
				await device.apply((states) => applyPage(states, log.page(0, half), ME));
				for (const upto of marks) await device.apply((states) => applyRead(states, log.room, upto));
				await device.apply((states) => applyPage(states, log.page(half, log.head), ME));
				const furthest = Math.max(0, ...marks);
				expect(device.state(log.room)).toMatchObject({
					read: furthest,
					...recount(log.rowsAt(log.head), furthest)
				});
			}
		)
	);
});
