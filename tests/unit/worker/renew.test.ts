/** Complaint 25: the browser takes the address back by itself; another one is made without a page, or at the next start. */
import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { expect, test } from 'vitest';
import { noteStore } from '../../../src/lib/db/device.ts';
import {
	NO_NOTIFICATION_NOTE,
	notificationSettings
} from '../../../src/lib/db/notification-settings.ts';
import type { LocalSubscription } from '../../../src/lib/net/push-browser.ts';
import { LinkError } from '../../../src/lib/sync/ports.ts';
import { renewSubscription, type RenewParts } from '../../../src/lib/worker/renew.ts';
import { id } from '../../contract/rows.ts';

const me = id();
const subscription = (n: number, key = 'K1'): LocalSubscription => ({
	endpoint: `https://push.example/${n}`,
	key,
	keys: { p256dh: 'p', auth: 'a' }
});

async function device(held: LocalSubscription | null, more: { wanted?: boolean } = {}) {
	const notices = notificationSettings(
		noteStore('notices', NO_NOTIFICATION_NOTE, new IDBFactory())
	);
	await notices.set(me, { wanted: true, endpoint: 'https://push.example/0', ...more });
	const told: string[] = [];
	const world = {
		held,
		made: 0,
		online: true,
		alone: false,
		permission: 'granted' as NotificationPermission
	};
	const parts: RenewParts = {
		me,
		notices,
		async alone(work) {
			world.alone = true;
			return work().finally(() => (world.alone = false));
		},
		browser: {
			permission: () => world.permission,
			async subscription() {
				expect(world.alone, 'pages may subscribe at the same time').toBe(true);
				return world.held;
			},
			async subscribe(key) {
				if (world.held && world.held.key !== key) {
					throw new DOMException('another key is subscribed', 'InvalidStateError');
				}
				world.made++;
				return (world.held = subscription(8 + world.made, key));
			},
			async unsubscribe() {
				world.held = null;
			}
		},
		api: {
			async state() {
				if (!world.online) throw new LinkError({ kind: 'unreachable' });
				return { key: 'K1', subscribed: true };
			},
			subscribe: async ({ endpoint }) => void told.push(endpoint)
		}
	};
	const endpoint = async () => (await notices.read(me)).endpoint;
	return { world, parts, told, endpoint };
}

test('another address is made and told, without a page', async () => {
	const { parts, told, endpoint } = await device(null);
	expect(await renewSubscription(parts)).toBe(true);
	expect(told).toEqual(['https://push.example/9']);
	expect(await endpoint()).toBe('https://push.example/9');
});

test('the one that the browser has made by itself is told; one for a lost key is made anew', async () => {
	const kept = await device(subscription(3));
	expect(await renewSubscription(kept.parts)).toBe(true);
	expect([kept.told, kept.world.made]).toEqual([['https://push.example/3'], 0]);
	const stale = await device(subscription(3, 'K0'));
	await renewSubscription(stale.parts);
	expect([stale.told, stale.world.made]).toEqual([['https://push.example/9'], 1]);
});

test('without a network the next start has to tell; nothing is pretended', async () => {
	const { world, parts, told, endpoint } = await device(subscription(3));
	world.online = false;
	expect(await renewSubscription(parts)).toBe(false);
	expect([told, await endpoint()]).toEqual([[], null]);
});

test('whoever is signed out, wants none or allows none is left alone', async () => {
	const out = await device(null);
	expect(await renewSubscription({ ...out.parts, me: null })).toBe(false);
	const off = await device(null, { wanted: false });
	expect(await renewSubscription(off.parts)).toBe(false);
	const denied = await device(null);
	denied.world.permission = 'denied';
	expect(await renewSubscription(denied.parts)).toBe(false);
	expect([out, off, denied].flatMap(({ told, world }) => [...told, world.made])).toEqual([0, 0, 0]);
});
