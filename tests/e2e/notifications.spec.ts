/**
 * Notifications in a real Chromium with the real worker: pushes are handed in through the browser's
 * debugging protocol, notifications are read from the registration. Subscribing itself needs the browser
 * maker's push service, which tests do not have: there `PushManager` is stood in for at the boundary.
 */
import { expect, type Browser, type CDPSession, type Page } from '@playwright/test';
import type { PushNote } from '../../src/lib/protocol/push.ts';
import {
	allSent,
	choose,
	composer,
	goOffline,
	makeRoom,
	message,
	offlineReady,
	openRoom,
	openRoomId,
	register,
	registerIn,
	roomRow,
	say,
	type Human
} from '../support/people.ts';
import { newId as id } from '../support/person.ts';
import { subscriber } from '../support/push-service.ts';
import { test, usePushService } from '../support/test.ts';

const { app, service } = usePushService();

/** A notification that is on screen, as far as the page may see it. */
interface OnScreen {
	title: string;
	body: string;
	tag: string;
}

const onScreen = (page: Page): Promise<OnScreen[]> =>
	page.evaluate(async () => {
		const registration = await navigator.serviceWorker.ready;
		const all = await registration.getNotifications();
		return all.map(({ title, body, tag }) => ({ title, body, tag }));
	});

/** Stands in for what needs a push service; keeps what was asked of it across reloads, like a browser. */
function standInForPush(): void {
	/** A point of P-256 (its generator, SEC 2): the server refuses keys that are none (PUSH-3). */
	const POINT =
		'BGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU';
	const KEY = 'push-stand-in';
	const bytes = (text: string) =>
		Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
	const held = () =>
		JSON.parse(localStorage.getItem(KEY) ?? 'null') as { key: string; n: number } | null;
	const made = () => {
		const now = held();
		if (!now?.key) return null;
		return {
			endpoint: `https://fcm.googleapis.com/fcm/send/stand-in-${now.n}`,
			options: { userVisibleOnly: true, applicationServerKey: bytes(now.key).buffer },
			getKey: (name: string) =>
				(name === 'auth' ? new Uint8Array(16).fill(4) : bytes(POINT)).buffer,
			async unsubscribe() {
				localStorage.setItem(KEY, JSON.stringify({ key: '', n: now.n }));
				return true;
			}
		};
	};
	Object.assign(PushManager.prototype, {
		getSubscription: async () => made(),
		async subscribe({ applicationServerKey }: { applicationServerKey: string }) {
			const n = (held()?.n ?? 0) + 1;
			localStorage.setItem(KEY, JSON.stringify({ key: applicationServerKey, n }));
			return made();
		}
	});
}

/** Somebody whose browser allows notifications, with a worker that takes part. */
async function somebody(browser: Browser): Promise<Human> {
	const who = await register(browser, app.origin, { permissions: ['notifications'] });
	await offlineReady(who.page);
	return who;
}

async function turnOn(page: Page): Promise<void> {
	await page.goto(`${app.origin}/settings#notifications`);
	const on = page.getByRole('switch', { name: 'Notify me on this device' });
	await on.click();
	await expect(on).toBeChecked();
}

/** What of the worker's own world is used here. */
interface WorkerWorld extends EventTarget {
	registration: ServiceWorkerRegistration;
	NotificationEvent: new (
		type: string,
		init: { notification: Notification; action: string }
	) => Event;
}

/** The debugging protocol's hand on the worker: delivers pushes to it, and runs in it. */
async function workerOf({ context, page }: Human) {
	const session: CDPSession = await context.newCDPSession(page);
	const registered = new Promise<string>((resolve) =>
		session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
			const [first] = registrations;
			if (first) resolve(first.registrationId);
		})
	);
	await session.send('ServiceWorker.enable');
	const registrationId = await registered;
	const worker = () => context.serviceWorkers()[0] ?? context.waitForEvent('serviceworker');
	return {
		push: (note: PushNote) =>
			session.send('ServiceWorker.deliverPushMessage', {
				...{ origin: app.origin, registrationId, data: JSON.stringify(note) }
			}),
		/** Tags of the notifications on screen, as the worker sees them. */
		async tagsShown(): Promise<string[]> {
			const at = await worker();
			return at.evaluate(async () => {
				const { registration } = self as unknown as WorkerWorld;
				return (await registration.getNotifications()).map(({ tag }) => tag);
			});
		},
		/** What the browser does when somebody presses the notification, or one of its buttons. */
		async tap(tag: string, action = '', reply = '') {
			const at = await worker();
			await at.evaluate(
				async ([tag, action, reply]) => {
					const world = self as unknown as WorkerWorld;
					const [notification] = await world.registration.getNotifications({ tag });
					if (!notification) throw new Error(`no notification ${tag}`);
					const event = new world.NotificationEvent('notificationclick', { notification, action });
					Object.defineProperty(event, 'reply', { value: reply });
					world.dispatchEvent(event);
				},
				[tag, action, reply] as const
			);
		}
	};
}

/** Ann and Bob in a private room; Bob's browser notifies. */
async function pair(browser: Browser, name: string) {
	const ann = await register(browser, app.origin);
	await makeRoom(ann.page, name, 'secret of the room');
	const room = openRoomId(ann.page);
	const bob = await somebody(browser);
	await bob.page.goto(`${app.origin}/rooms/${room}`);
	await bob.page.getByLabel('Password').fill('secret of the room');
	await bob.page.getByRole('button', { name: 'Join', exact: true }).click();
	await expect(composer(bob.page)).toBeVisible();
	// He is in at once on his own screen: of what is said before the server knows he is not told.
	await allSent(bob.page);
	await turnOn(bob.page);
	return { ann, bob, room };
}

const faults = (...people: Human[]) => people.flatMap((who) => who.faults);

test('switched on it is subscribed, repaired at the next start, and let go when switched off', async ({
	browser
}) => {
	const context = await browser.newContext();
	await context.addInitScript(standInForPush);
	const who = await registerIn(context, app.origin);
	await offlineReady(who.page);
	const { page } = who;
	const state = () =>
		page.evaluate(
			async () => (await fetch('/api/push')).json() as Promise<{ subscribed: boolean }>
		);
	await page.goto(`${app.origin}/settings`);
	const on = page.getByRole('switch', { name: 'Notify me on this device' });
	await who.context.grantPermissions(['notifications'], { origin: app.origin });
	await page.reload();
	await expect(on).not.toBeChecked();
	await on.click();
	await expect(page.getByText('You also hear of messages while Roost is closed')).toBeVisible();
	await expect.poll(async () => (await state()).subscribed).toBe(true);

	await test.step('the browser lost its subscription: the next start makes another one', async () => {
		await page.evaluate(() => localStorage.removeItem('push-stand-in'));
		await page.reload();
		await expect
			.poll(() => page.evaluate(() => localStorage.getItem('push-stand-in')))
			.toContain('"key":"B');
	});
	await test.step('switched off, the server knows of none', async () => {
		await expect(on).toBeChecked();
		await on.click();
		await expect(on).not.toBeChecked();
		await expect.poll(async () => (await state()).subscribed).toBe(false);
	});
	await test.step('signing out takes the subscription from the browser', async () => {
		await on.click();
		await expect.poll(async () => (await state()).subscribed).toBe(true);
		await page.getByRole('button', { name: 'Sign out', exact: true }).click();
		await expect(page.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible();
		const held = () => page.evaluate(() => localStorage.getItem('push-stand-in'));
		await expect.poll(held).toContain('"key":""');
	});
	expect(faults(who)).toEqual([]);
});

test('the browser is only asked after an explanation and a press', async ({ browser }) => {
	const context = await browser.newContext();
	await context.addInitScript(standInForPush);
	// Nobody presses the browser's own question in a test: its answer is stood in for, too.
	await context.addInitScript(() => {
		const asked = window as unknown as { asked: number };
		asked.asked = 0;
		Object.defineProperty(Notification, 'permission', {
			get: () => (asked.asked > 0 ? 'granted' : 'default')
		});
		Notification.requestPermission = async () => {
			asked.asked++;
			return 'granted';
		};
	});
	const who = await registerIn(context, app.origin);
	const { page } = who;
	await page.getByRole('link', { name: 'Settings' }).click();
	const asked = () => page.evaluate(() => (window as unknown as { asked: number }).asked);
	const on = page.getByRole('switch', { name: 'Notify me on this device' });
	await on.click();
	await expect(page.getByText('Your browser will ask whether Roost may notify you')).toBeVisible();
	expect(await asked()).toBe(0);
	await page.getByRole('button', { name: 'Not now' }).click();
	await expect(on).not.toBeChecked();
	await on.click();
	await page.getByRole('button', { name: 'Allow notifications' }).click();
	await expect(page.getByText('You also hear of messages while Roost is closed')).toBeVisible();
	expect(await asked()).toBe(1);
	expect(faults(who)).toEqual([]);
});

test('what the browser does not allow is said, with the cure', async ({ browser }) => {
	const blocked = await browser.newContext();
	await blocked.addInitScript(() =>
		Object.defineProperty(Notification, 'permission', { get: () => 'denied' })
	);
	const phone = await browser.newContext({
		userAgent:
			'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1'
	});
	// Safari on a phone has no notifications outside of installed apps.
	await phone.addInitScript(() => Reflect.deleteProperty(globalThis, 'Notification'));
	const ann = await registerIn(blocked, app.origin);
	await ann.page.goto(`${app.origin}/settings`);
	await expect(ann.page.getByText('Notifications are blocked for Roost')).toBeVisible();
	await expect(ann.page.getByText('set notifications to “Allow”')).toBeVisible();
	const bob = await registerIn(phone, app.origin);
	await bob.page.goto(`${app.origin}/settings`);
	await expect(bob.page.getByText('Choose “Add to Home Screen”')).toBeVisible();
	for (const { page } of [ann, bob]) {
		await expect(page.getByRole('switch', { name: 'Notify me on this device' })).toHaveCount(0);
	}
	expect(faults(ann, bob)).toEqual([]);
});

test('words and quiet hours are kept, also offline', async ({ browser }) => {
	const who = await somebody(browser);
	const { page } = who;
	await page.goto(`${app.origin}/settings`);
	await goOffline(who);
	await page.getByLabel('Words to look out for').fill('生日');
	await page.getByLabel('Words to look out for').press('Enter');
	await page.getByRole('switch', { name: 'Quiet hours' }).click();
	await page.getByLabel('From').fill('21:30');
	// What another window has is kept; before that a reload is faster than any disk.
	const other = await who.context.newPage();
	await other.goto(`${app.origin}/settings`);
	await expect(other.getByLabel('From')).toHaveValue('21:30');
	await page.reload();
	await expect(page.getByRole('button', { name: 'Remove 生日' })).toBeVisible();
	await expect(page.getByLabel('From')).toHaveValue('21:30');
	await page.getByRole('button', { name: 'Remove 生日' }).click();
	await expect(page.getByRole('button', { name: 'Remove 生日' })).toHaveCount(0);
	expect(faults(who)).toEqual([]);
});

test('a switch shows what is kept: what the device had no room for is not on', async ({
	browser
}) => {
	const who = await somebody(browser);
	const { page } = who;
	await page.goto(`${app.origin}/settings`);
	const quiet = page.getByRole('switch', { name: 'Quiet hours' });
	await expect(quiet).not.toBeChecked();
	await page.evaluate(() => {
		IDBObjectStore.prototype.add = () => {
			throw new DOMException('no room', 'QuotaExceededError');
		};
	});
	await quiet.click();
	await expect(page.getByText('there is no more room')).toBeVisible();
	await expect(quiet).not.toBeChecked();
	expect(faults(who)).toEqual([]);
});

test('four tabs: one notification, which closes when the conversation was read; a silenced room tells nothing', async ({
	browser
}) => {
	const { ann, bob, room } = await pair(browser, 'Four tabs');
	const tabs = [bob.page];
	for (let n = 1; n < 4; n++) tabs.push(await bob.context.newPage());
	for (const tab of tabs) {
		await tab.goto(`${app.origin}/friends`);
		await expect(roomRow(tab, 'Four tabs')).toBeVisible();
		// Counts what each tab shows, not only what is left on screen.
		await tab.evaluate(() => {
			const counted = window as unknown as { shown: number };
			counted.shown = 0;
			const show = ServiceWorkerRegistration.prototype.showNotification;
			ServiceWorkerRegistration.prototype.showNotification = function (...args) {
				counted.shown++;
				return show.apply(this, args);
			};
		});
	}
	const shown = async () => {
		const each = tabs.map((tab) =>
			tab.evaluate(() => (window as unknown as { shown: number }).shown)
		);
		return (await Promise.all(each)).reduce((sum, one) => sum + one, 0);
	};
	await say(ann.page, 'to four tabs');
	await expect
		.poll(() => onScreen(bob.page))
		.toEqual([{ title: 'Four tabs', body: `${ann.name}: to four tabs`, tag: room }]);
	for (const tab of tabs) await expect(tab).toHaveTitle('(1) Roost');
	await say(ann.page, 'and again');
	await expect.poll(async () => (await onScreen(bob.page))[0]?.body).toContain('and again');
	expect((await onScreen(bob.page)).length).toBe(1);
	expect(await shown()).toBe(2);
	await expect(bob.page.locator('link[rel="icon"][type="image/svg+xml"]')).toHaveAttribute(
		'href',
		/^data:image\/svg\+xml,.*%3E2%3C/u
	);

	await openRoom(tabs[1]!, 'Four tabs');
	await expect.poll(() => onScreen(bob.page)).toEqual([]);
	for (const tab of tabs) await expect(tab).toHaveTitle('Roost');
	await say(ann.page, 'while it is looked at');
	await expect(message(tabs[1]!, 'while it is looked at')).toBeVisible();
	await expect(roomRow(bob.page, 'Four tabs')).toContainText('while it is looked at');
	await expect(bob.page).toHaveTitle('Roost');
	await tabs[1]!.getByLabel('Notify me of').selectOption('Nothing');
	await expect(roomRow(bob.page, 'Four tabs').getByLabel('Silenced')).toBeVisible();
	await tabs[1]!.getByRole('link', { name: 'Friends' }).click();
	await expect(tabs[1]!).toHaveURL(/friends$/u);
	await say(ann.page, 'into silence');
	await expect(roomRow(bob.page, 'Four tabs')).toContainText('into silence');
	await expect(roomRow(bob.page, 'Four tabs').getByText('1 unread')).toBeAttached();
	await expect(bob.page).toHaveTitle('Roost');
	expect(await shown()).toBe(2);
	expect(await onScreen(bob.page)).toEqual([]);
	expect(faults(ann, bob)).toEqual([]);
});

test('promise 8: what was changed or taken back is in no notification, though others are unread', async ({
	browser
}) => {
	const { ann, bob, room } = await pair(browser, 'Slips');
	await bob.page.goto(`${app.origin}/friends`);
	await expect(roomRow(bob.page, 'Slips')).toBeVisible();
	const bodies = async () => (await onScreen(bob.page)).map(({ body }) => body);
	await say(ann.page, 'the first');
	await expect.poll(bodies).toEqual([`${ann.name}: the first`]);
	await say(ann.page, 'said by **mistake**');
	await expect.poll(bodies).toEqual([`${ann.name}: said by mistake\nand 1 more`]);
	await choose(ann.page, 'said by', 'Edit');
	await composer(ann.page).fill('said better');
	await composer(ann.page).press('Enter');
	await expect.poll(bodies).toEqual([`${ann.name}: said better\nand 1 more`]);
	await choose(ann.page, 'said better', 'Recall');
	await expect.poll(bodies).toEqual([`${ann.name}: the first`]);

	const worker = await workerOf(bob);
	const note = { v: 1, to: id(), room, count: 1, badge: 1, title: 'Slips', direct: false } as const;
	const words = { author: 'Somebody', text: 'for somebody else', id: id(), seq: 99, at: 1 };
	await worker.push({ ...note, ...words });
	await expect.poll(async () => (await onScreen(bob.page)).length).toBe(2);
	expect(JSON.stringify(await onScreen(bob.page))).not.toContain('somebody else');
	await choose(ann.page, 'the first', 'Recall');
	await expect.poll(bodies).toEqual([expect.not.stringContaining('first')]);
	expect(faults(ann, bob)).toEqual([]);
});

test('with no page open: what the server pushes is stored, shown in the language of the app, and opened offline by a tap', async ({
	browser
}) => {
	const { ann, bob, room } = await pair(browser, 'Pushed');
	await bob.page.getByRole('radio', { name: '简体中文' }).click();
	// The server pushes to a service of our own, which hands the decrypted note to the real worker.
	const device = subscriber();
	const answer = await bob.context.request.put(`${app.origin}/api/push/subscription`, {
		headers: { origin: app.origin },
		data: { endpoint: `http://${service.host}/bob`, keys: device.keys }
	});
	expect(answer.ok()).toBe(true);
	const worker = await workerOf(bob);
	await bob.page.goto('about:blank');
	// The server learns from the socket that nobody is there any more.
	let said = 0;
	await expect
		.poll(async () => {
			await say(ann.page, `carried by a push ${++said}`);
			await expect(message(ann.page, `carried by a push ${said}`)).toBeVisible();
			return service.received.length;
		})
		.toBeGreaterThan(0);
	const note = device.open(service.received[0]!.body);
	expect(note.text).toMatch(/^carried by a push/u);
	// What carried the push is a network; it is gone when the person looks.
	await worker.push(note);
	await expect.poll(() => worker.tagsShown()).toEqual([room]);
	await bob.context.setOffline(true);
	await bob.page.goto(`${app.origin}/friends`);
	await expect
		.poll(() => onScreen(bob.page))
		.toEqual([{ title: 'Pushed', body: `${ann.name}: ${note.text}`, tag: room }]);
	const actions = await bob.page.evaluate(async () => {
		const [one] = await (await navigator.serviceWorker.ready).getNotifications();
		return (one as unknown as { actions: { title: string }[] }).actions.map(({ title }) => title);
	});
	expect(actions).toEqual(['回复', '标为已读']);
	await worker.tap(room);
	await expect(bob.page).toHaveURL(new RegExp(`/rooms/${room}\\?m=${note.seq}`, 'u'));
	await expect(bob.page.getByRole('article').filter({ hasText: note.text })).toBeVisible();
	expect(faults(ann, bob)).toEqual([]);
});

test('an answer given in the notification reaches the other one', async ({ browser }) => {
	const { ann, bob, room } = await pair(browser, 'Answered');
	const worker = await workerOf(bob);
	await say(ann.page, 'are you there?');
	await expect.poll(async () => (await onScreen(bob.page)).length).toBe(1);
	await worker.tap(room, 'reply', 'yes, from the notification');
	await expect(message(ann.page, 'yes, from the notification')).toBeVisible();
	await expect.poll(() => onScreen(bob.page)).toEqual([]);
	await expect(bob.page).toHaveTitle('Roost');
	expect(faults(ann, bob)).toEqual([]);
});
