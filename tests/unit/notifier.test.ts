/** How long a push service that fails is left alone (P4). */
import { expect, test } from 'vitest';
import { createNotifier } from '../../server/push/notifier.ts';
import type { Delivered } from '../../server/push/delivery.ts';
import type { PushStore, Subscription } from '../../server/push/ports.ts';
import { createLog } from '../../server/log.ts';

const MINUTE = 60_000;

function world() {
	const subscription: Subscription = {
		...{ id: 's', person: 'p', session: 'k', endpoint: 'https://push.example/1' },
		...{ p256dh: '', auth: '', failures: 0, pausedUntil: 0 }
	};
	let there = true;
	const store: Partial<PushStore> = {
		ofSession: () => (there ? [{ ...subscription }] : []),
		tried: (_id, failures, pausedUntil) =>
			void Object.assign(subscription, { failures, pausedUntil }),
		remove: () => void (there = false)
	};
	let now = 1_000;
	let ended: Delivered = { is: 'delivered' };
	const notifier = createNotifier({
		store: store as PushStore,
		delivery: { send: async () => ended, close: () => undefined },
		clock: { now: () => now, after: () => () => undefined },
		log: createLog('silent'),
		isConnected: () => false
	});
	return {
		subscription,
		isThere: () => there,
		/** Tries once, with this outcome; answers the ms for which the service is then left alone. */
		async push(outcome: Delivered): Promise<number> {
			ended = outcome;
			now += 100 * MINUTE;
			await notifier.test('k');
			return Math.max(0, subscription.pausedUntil - now);
		}
	};
}

const failed: Delivered = { is: 'later', after: null };

test('500 five times in a row: a short pause after each, then a long one; a success ends it', async () => {
	const it = world();
	const pauses: number[] = [];
	for (let n = 0; n < 6; n++) pauses.push(await it.push(failed));
	expect(pauses).toEqual([30_000, 30_000, 30_000, 30_000, 10 * MINUTE, 10 * MINUTE]);
	expect(await it.push({ is: 'delivered' })).toBe(0);
	expect(it.subscription.failures).toBe(0);
	expect(await it.push(failed)).toBe(30_000);
});

test('429 waits as long as it is told, 410 is forgotten', async () => {
	const it = world();
	expect(await it.push({ is: 'later', after: 45 * MINUTE })).toBe(45 * MINUTE);
	await it.push({ is: 'gone' });
	expect(it.isThere()).toBe(false);
});
