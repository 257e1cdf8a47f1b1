import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeChanges } from '../../../../src/lib/sync/reconcile/merge-changes.ts';
import { applyRead } from '../../../../src/lib/sync/reconcile/reconcile-feed.ts';
import {
	applyFrame,
	applyGone,
	applyPage,
	applyReset
} from '../../../../src/lib/sync/reconcile/reconcile.ts';
import type { States } from '../../../../src/lib/sync/reconcile/stream-state.ts';
import type { StreamChange } from '../../../../src/lib/sync/ports.ts';
import { ME } from '../../../contract/rows.ts';
import { Device, happenings, RoomLog } from '../room-log.ts';

type Step = (states: States) => StreamChange[];

test('one commit of several steps writes what a commit of each would have written', async () => {
	const picks = fc.array(
		fc.tuple(fc.constantFrom('page', 'frame', 'read', 'reset', 'gone'), fc.nat(20), fc.nat(20)),
		{ minLength: 1, maxLength: 10 }
	);
	await fc.assert(
		fc.asyncProperty(happenings(2, 15), fc.boolean(), picks, async (what, isKnown, all) => {
			const log = new RoomLog(what);
			const steps = all.map(([kind, a, b]): Step => {
				const from = a % log.head;
				const upto = from + 1 + (b % (log.head - from));
				return (states) => {
					const at = states.get(log.room)?.cursor?.s ?? 0;
					if (kind === 'page') {
						const end = Math.max(at, upto);
						return applyPage(states, log.page(at, end, end), ME);
					}
					if (kind === 'frame') return applyFrame(states, log.frame(from, upto), ME);
					if (kind === 'read') return applyRead(states, log.room, a);
					if (kind === 'gone') return applyGone(states, log.room);
					return applyReset(states, { type: 'reset', stream: log.room, why: 'hash' });
				};
			});
			const [together, apart] = [new Device(), new Device()];
			if (isKnown) {
				for (const device of [together, apart]) {
					await device.apply((states) => applyPage(states, log.page(0, 1), ME));
				}
			}
			await together.apply((states) => mergeChanges(states, steps, (after, step) => step(after)));
			for (const step of steps) await apart.apply(step);
			const [a, b] = [together, apart].map((device) => device.state(log.room));
			expect(a && { ...a, version: 0 }).toEqual(b && { ...b, version: 0 });
			expect(await together.rows(log.room)).toEqual(await apart.rows(log.room));
		}),
		{ numRuns: 300 }
	);
});
