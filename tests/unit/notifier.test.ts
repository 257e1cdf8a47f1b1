/** How long a push service that fails is left alone (PUSH-4). */
import { expect, test } from 'vitest';
import { deliverChange } from '../../server/push/deliver-push.ts';
import { Notifier } from '../../server/push/notifier.ts';
import type { SendResult } from '../../server/push/push-sender.ts';
import type { PushStore, Subscription } from '../../server/push/push-store.ts';
import { createLog } from '../../server/log.ts';

const MINUTE = 60_000;

function world() {
	const subscription: Subscription = {
		...{ id: 's', person: 'p', session: 'k', endpoint: 'https://push.example/1' },
		...{ p256dh: '', auth: '', failures: 0, pausedUntil: 0 }
	};
	let there = true;
	const store: Partial<PushStore> = {
		ofSession: async () => (there ? [{ ...subscription }] : []),
		tried: async (_id, failures, pausedUntil) =>
			void Object.assign(subscription, { failures, pausedUntil }),
		remove: async () => void (there = false)
	};
	let now = 1_000;
	let ended: SendResult = { is: 'delivered' };
	const notifier = new Notifier({
		domain: { subscribe: () => () => undefined },
		store: store as PushStore,
		sender: { send: async () => ended, close: () => undefined },
		clock: { now: () => now, after: () => () => undefined },
		log: createLog('silent'),
		isConnected: () => false
	});
	return {
		subscription,
		isThere: () => there,
		/** Tries once, with this outcome; answers the ms for which the service is then left alone. */
		async push(outcome: SendResult): Promise<number> {
			ended = outcome;
			now += 100 * MINUTE;
			await notifier.test('k');
			return Math.max(0, subscription.pausedUntil - now);
		}
	};
}

const failed: SendResult = { is: 'later', after: null };

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

test('what a device shows is corrected as soon as its service takes it, and not for ever', async () => {
	const subscription: Subscription = {
		id: 's',
		person: 'p',
		session: 'k',
		endpoint: '',
		p256dh: '',
		auth: '',
		failures: 0,
		pausedUntil: 0
	};
	const forgotten: string[] = [];
	let ended: SendResult = failed;
	const context = {
		store: {
			unread: async () => 0,
			tried: async () => undefined,
			forgetTold: async (_id: string, room: string) => void forgotten.push(room)
		} as unknown as PushStore,
		sender: { send: async () => ended, close: () => undefined },
		clock: { now: () => 1_000, after: () => () => undefined },
		log: createLog('silent'),
		isConnected: () => false
	};
	const first = { subscription, room: 'r', seq: 1, isUrgent: true, isOut: true, tries: 0 };
	let next: Awaited<ReturnType<typeof deliverChange>> = first;
	let tries = 0;
	while (next) {
		const before: typeof first = next;
		next = await deliverChange(context, before);
		tries++;
		if (next) expect(next.subscription).toMatchObject({ failures: tries, pausedUntil: 31_000 });
	}
	expect(tries).toBe(5);
	expect(forgotten).toEqual([]);
	ended = { is: 'delivered' };
	expect(await deliverChange(context, first)).toBe(null);
	expect(forgotten).toEqual(['r']);
});
