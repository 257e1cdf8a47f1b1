/** Notifications of pages: who is told what, once per device; and the push subscription (complaints 13 and 25, PUSH-11). */
import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { describe, expect, test } from 'vitest';
import { noteStore } from '../../../src/lib/db/device.ts';
import {
	NO_NOTIFICATION_NOTE,
	notificationSettings
} from '../../../src/lib/db/notification-settings.ts';
import { prefsOf } from '../../../src/lib/db/prefs.ts';
import { wordsIn, type Shown } from '../../../src/lib/i18n/notification.ts';
import type { LocalSubscription } from '../../../src/lib/net/push-browser.ts';
import { PREF_KEYWORDS, PREF_QUIET, prefLevel } from '../../../src/lib/notify/rules.ts';
import { FRESH, watchNews, type News } from '../../../src/lib/state/notifications/news.ts';
import { keepSubscribed, nextStep } from '../../../src/lib/state/notifications/subscription.ts';
import { createNotifier, toTell } from '../../../src/lib/state/notifications/notifier.ts';
import { marked } from '../../../src/lib/state/notifications/favicon-badge.ts';
import { freshStream } from '../../../src/lib/sync/reconcile/stream-state.ts';
import { LinkError, type OutboxRow, type StreamState } from '../../../src/lib/sync/ports.ts';
import { card, id, message } from '../../contract/rows.ts';

const me = id();
const ann = card(id(), 1, 'ann');
const attic = { kind: 'room', name: 'Attic' } as NonNullable<StreamState['room']>;
const AT = Date.parse('2026-03-01T12:00:00Z');

function news(room: string, seq: number, more: Partial<News> = {}, body = 'hello'): News {
	const row = message(room, seq, { author: ann.id, body, at: AT });
	return {
		room,
		name: 'Attic',
		direct: false,
		private: true,
		author: ann,
		answered: null,
		message: row,
		...more
	};
}
const store = () =>
	notificationSettings(noteStore('notices', NO_NOTIFICATION_NOTE, new IDBFactory()));

describe('what is worth telling', () => {
	const room = id();
	const told = (one: News, prefs: [string, unknown][] = []) =>
		toTell([one], new Map(prefs.map(([key, value]) => [key, JSON.stringify(value)])), me, AT)
			.length;

	test('private rooms in full, public ones when it is meant for one, silenced ones never', () => {
		expect(told(news(room, 1))).toBe(1);
		expect(told(news(room, 1, { private: false }))).toBe(0);
		expect(told(news(room, 1, { private: false, answered: me }))).toBe(1);
		expect(told(news(room, 1), [[prefLevel(room), 'none']])).toBe(0);
		expect(told(news(room, 1, { private: false }), [[prefLevel(room), 'all']])).toBe(1);
	});

	test('keywords count as meant, quiet hours as silence', () => {
		const open = { private: false };
		expect(told(news(room, 1, open, '明天的生日'), [[PREF_KEYWORDS, ['生日']]])).toBe(1);
		const quiet = (from: string, to: string) =>
			[[PREF_QUIET, { from, to, zone: 'UTC' }]] as [string, unknown][];
		expect(told(news(room, 1), quiet('11:00', '13:00'))).toBe(0);
		expect(told(news(room, 1), quiet('13:00', '11:00'))).toBe(1);
	});

	test('one notification per room, with the newest message and the number of all', () => {
		const other = id();
		const all = [news(room, 4), news(room, 6), news(room, 5), news(other, 2)];
		const telling = toTell(all, new Map(), me, AT);
		expect(telling.map(({ newest, count }) => [newest.message.seq, count])).toEqual([
			[6, 3],
			[2, 1]
		]);
	});
});

describe('many tabs', () => {
	/** Tabs of one device: one store of notices, one screen. */
	async function device({ wanted = true, looked = false, canRing = true } = {}) {
		const notices = store();
		await notices.set(me, { wanted });
		const shown: Shown[] = [];
		let rung = 0;
		const tab = () =>
			createNotifier({
				me,
				notices,
				prefs: () => new Map(),
				stands: async (room, seq) => ({
					is: 'unread' as const,
					message: message(room, seq, { author: ann.id, body: 'hello', at: AT }),
					state: { ...freshStream(room, 'room'), room: attic, unread: 1 },
					author: ann
				}),
				now: () => AT,
				words: () => wordsIn('en'),
				isLookedAt: async () => looked,
				screen: async () => ({
					getNotifications: async () => [],
					showNotification: async (title, options) => void shown.push({ title, options })
				}),
				playSound: () => canRing && ++rung > 0,
				yieldToOthers: async () => undefined
			});
		return { tab, shown, rings: () => rung, notices };
	}

	test('four tabs see a message; one notification, one sound (complaint 13)', async () => {
		const { tab, shown, rings } = await device();
		const room = id();
		await Promise.all([tab(), tab(), tab(), tab()].map((tell) => tell([news(room, 3)])));
		expect(shown.map(({ title, options }) => [title, options.body])).toEqual([
			['Attic', 'ann: hello']
		]);
		// The page has made the sound, so the notification makes none.
		expect([rings(), shown[0]?.options.silent]).toEqual([1, true]);
	});

	test('what is looked at anywhere is told nowhere, and not later either', async () => {
		const { tab, shown, rings, notices } = await device({ looked: true });
		const room = id();
		await tab()([news(room, 3)]);
		expect([shown.length, rings()]).toEqual([0, 0]);
		expect(await notices.claim(me, room, 3)).toBe(false);
	});

	test('where the page may make no sound, the notification makes it; switched off there is none', async () => {
		const mute = await device({ canRing: false });
		await mute.tab()([news(id(), 3)]);
		expect(mute.shown[0]?.options.silent).toBe(false);
		const off = await device({ wanted: false });
		await off.tab()([news(id(), 3)]);
		expect(off.shown).toEqual([]);
	});

	test('another account on this browser begins anew', async () => {
		const notices = store();
		const [room, other] = [id(), id()];
		await notices.set(me, { wanted: true, locale: 'zh' });
		expect(await notices.claim(me, room, 9)).toBe(true);
		expect(await notices.claim(me, room, 9)).toBe(false);
		expect(await notices.read(other)).toMatchObject({ wanted: false, told: {}, locale: 'zh' });
		await notices.forget(other);
		expect(await notices.owns(me)).toBe(true);
		await notices.forget(me);
		expect((await notices.read(me)).wanted).toBe(false);
	});
});

describe('what is news', () => {
	function room(read: number, head: number): StreamState {
		const cursor = { i: 'x', g: 1, s: head, h: '' };
		return { ...freshStream(id(), 'room'), cursor, read, ready: true };
	}
	function world(states: StreamState[], level: boolean) {
		const changes = new Set<() => void>();
		const levels = new Set<() => void>();
		const heard: number[] = [];
		const state = { states, level, age: 0, looks: 0 };
		const end = watchNews(
			{
				me,
				cache: {
					async streams() {
						state.looks++;
						return state.states;
					},
					messages: async (of, from, to) =>
						Array.from({ length: Math.max(0, to - from + 1) }, (_, n) => ({
							...message(of, from + n, { author: ann.id }),
							at: AT - state.age
						})),
					message: async () => null,
					cards: async () => [ann],
					watch: (_stream, changed) => (changes.add(changed), () => void changes.delete(changed))
				},
				isUpToDate: () => state.level,
				watchUpToDate: (changed) => (levels.add(changed), () => void levels.delete(changed)),
				now: () => AT,
				onError(error) {
					throw error;
				}
			},
			(all) => heard.push(...all.map(({ message: { seq } }) => seq))
		);
		const tell = async (which: Set<() => void>) => {
			const before = state.looks;
			for (const run of which) run();
			await expect.poll(() => state.looks).toBeGreaterThan(before);
			await new Promise((resolve) => setTimeout(resolve, 0));
		};
		const grow = async (to: number) => {
			state.states = state.states.map((one) => ({ ...one, cursor: { ...one.cursor!, s: to } }));
			await tell(changes);
		};
		return { state, heard, grow, end, changed: () => tell(changes), levelled: () => tell(levels) };
	}

	test('what comes live is; history and the catch-up of a start are not', async () => {
		const { state, heard, grow, levelled } = world([room(5, 5)], false);
		await grow(20);
		expect(heard).toEqual([]);
		state.level = true;
		await levelled();
		await grow(22);
		expect(heard).toEqual([21, 22]);
		state.age = FRESH + 1;
		await grow(24);
		expect(heard).toEqual([21, 22]);
	});

	test('a conversation that somebody begins now is; what was read elsewhere is not', async () => {
		const { state, heard, grow, changed, levelled } = world([room(5, 5)], true);
		await expect.poll(() => state.looks).toBe(1);
		void levelled;
		state.states = [...state.states, room(0, 1)];
		await changed();
		expect(heard).toEqual([1]);
		state.states = [room(0, 0)].map(() => ({ ...state.states[0]!, read: 9 }));
		await grow(10);
		expect(heard).toEqual([1, 10]);
	});
});

describe('the subscription', () => {
	const local: LocalSubscription = {
		endpoint: 'https://push.example/1',
		key: 'K1',
		keys: { p256dh: 'p', auth: 'a' }
	};
	const facts = {
		wanted: true,
		permission: 'granted' as const,
		local,
		told: local.endpoint,
		server: { key: 'K1', subscribed: true }
	};

	test('is made, renewed, told or taken back as the facts say', () => {
		expect(nextStep(facts)).toBe('nothing');
		expect(nextStep({ ...facts, local: null })).toBe('subscribe');
		expect(nextStep({ ...facts, server: { key: 'K2', subscribed: true } })).toBe('renew');
		expect(nextStep({ ...facts, server: { key: 'K1', subscribed: false } })).toBe('tell');
		expect(nextStep({ ...facts, told: null })).toBe('tell');
		for (const no of [{ wanted: false }, { permission: 'denied' as const }]) {
			expect(nextStep({ ...facts, ...no })).toBe('withdraw');
			const nothing = { local: null, told: null, server: { key: 'K1', subscribed: false } };
			expect(nextStep({ ...facts, ...no, ...nothing })).toBe('nothing');
		}
	});

	/** A browser and a server that can be in any state. */
	async function both(start: { local: LocalSubscription | null; serverKey: string; has: boolean }) {
		const notices = store();
		await notices.set(me, { wanted: true, endpoint: start.local?.endpoint ?? null });
		const world = {
			...start,
			permission: 'granted' as NotificationPermission,
			online: true,
			made: 0
		};
		const asked = () => {
			if (!world.online) throw new LinkError({ kind: 'unreachable' });
		};
		const parts = {
			me,
			notices,
			browser: {
				permission: () => world.permission,
				subscription: async () => world.local,
				async subscribe(key: string) {
					const endpoint = `https://push.example/new${++world.made}`;
					return (world.local = { ...local, endpoint, key });
				},
				async unsubscribe() {
					world.local = null;
				}
			},
			api: {
				async state() {
					asked();
					return { key: world.serverKey, subscribed: world.has };
				},
				async subscribe() {
					asked();
					world.has = true;
				},
				async unsubscribe() {
					asked();
					world.has = false;
				}
			}
		};
		return { world, parts, keep: () => keepSubscribed(parts) };
	}

	test('PUSH-11: the server lost its key; the next start makes another subscription', async () => {
		const { world, parts, keep } = await both({ local, serverKey: 'K2', has: false });
		expect(await keep()).toBe('on');
		expect(world.local).toMatchObject({ key: 'K2', endpoint: 'https://push.example/new1' });
		expect((await parts.notices.read(me)).endpoint).toBe('https://push.example/new1');
		expect(world.has).toBe(true);
		await keep();
		expect(world.made).toBe(1);
	});

	test('the permission was taken away offline: the browser lets go at once, the server is told later', async () => {
		const { world, keep } = await both({ local, serverKey: 'K1', has: true });
		Object.assign(world, { permission: 'denied', online: false });
		expect(await keep()).toBe('later');
		expect([world.local, world.has]).toEqual([null, true]);
		world.online = true;
		expect(await keep()).toBe('off');
		expect(world.has).toBe(false);
	});

	test('a push service that does not take part is said, not hidden', async () => {
		const { parts } = await both({ local: null, serverKey: 'K1', has: false });
		const subscribe = () => Promise.reject(new DOMException('no', 'AbortError'));
		expect(await keepSubscribed({ ...parts, browser: { ...parts.browser, subscribe } })).toBe(
			'no-service'
		);
	});
});

test('choices that wait in the outbox count already; taken back they count no more', () => {
	const row = (key: string, value: string) => ({ kind: 'pref' as const, id: key, rev: 1, value });
	const act = (key: string, value: string, state: OutboxRow['state'] = 'queued') =>
		({ act: { kind: 'pref.set', key, value }, state }) as unknown as OutboxRow;
	const prefs = prefsOf(
		[row('a', '1'), row('b', '1'), row('c', '1')],
		[act('a', '2'), act('b', ''), act('c', '3', 'refused')]
	);
	expect([...prefs]).toEqual([
		['a', '2'],
		['c', '1']
	]);
});

test('the number on the tab stays within its badge', () => {
	expect(marked('<svg></svg>', 3)).toContain('>3</text>');
	expect(marked('<svg></svg>', 250)).toContain('>99</text>');
});
