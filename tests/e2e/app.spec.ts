/**
 * The installed app in a real Chromium: links, shortcuts, the bell, the badge, the window without a title bar.
 * What the system would do (open an address, offer to install) is done by the page.
 */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Browser, type BrowserContext, type Page } from '@playwright/test';
import {
	composer,
	goOffline,
	goOnline,
	makeRoom,
	mark,
	offlineReady,
	openRoomId,
	register,
	registerIn,
	roomRow,
	say,
	type Human
} from '../support/people.ts';
import { share } from '../support/share.ts';
import { subscriber } from '../support/push-service.ts';
import { test, usePushService } from '../support/test.ts';

const { app, service } = usePushService();

const faults = (...people: Human[]) => people.flatMap((who) => who.faults);

async function ready(browser: Browser, options: Parameters<Browser['newContext']>[0] = {}) {
	const who = await register(browser, app.origin, { reducedMotion: 'reduce', ...options });
	await offlineReady(who.page);
	return who;
}

/** Whether the browser still stands on the entry that is made for what is open on top of a page. */
const isOnEntryOfOverlay = (): boolean => {
	const state = history.state as { 'sveltekit:states'?: { isOverlay?: boolean } } | null;
	return state?.['sveltekit:states']?.isOverlay === true;
};

test('links of the app’s own kind and shortcuts lead where they say, offline too', async ({
	browser
}) => {
	const who = await ready(browser);
	const { page } = who;
	await makeRoom(page, 'First');
	const first = openRoomId(page);
	await say(page, 'the newest here');
	await makeRoom(page, 'Second');
	await say(page, 'newer still');
	await expect(mark(page, 'newer still', 'On the server')).toBeVisible();
	await goOffline(who);
	const open = (link: string) =>
		page.goto(`${app.origin}/open?link=${encodeURIComponent(`web+roost:${link}`)}`);

	await open(`rooms/${first}?m=1`);
	await expect(page.getByRole('heading', { name: 'First', level: 1 })).toBeVisible();
	await expect(page).toHaveURL(/\?m=1$/u);
	await open('rooms/nothing-of-ours');
	await expect(page.getByText('This link opens nothing')).toBeVisible();
	await open(`//other.example/rooms/${first}`);
	await expect(page.getByText('It leads to other.example')).toBeVisible();
	await open('people/nobody_known');
	await expect(page.getByText('as soon as the server can be reached')).toBeVisible();
	await open(`people/${who.name}`);
	await expect(page.getByRole('dialog')).toContainText(who.name);
	await page.keyboard.press('Escape');
	// Closing it goes back by one entry, which takes a moment; another page that is asked for meanwhile is not opened.
	await expect.poll(() => page.evaluate(isOnEntryOfOverlay)).toBe(false);

	await page.goto(`${app.origin}/rooms/recent/1`);
	await expect(page.getByRole('heading', { name: 'Second', level: 1 })).toBeVisible();
	await page.goto(`${app.origin}/rooms/recent/2`);
	await expect(page.getByRole('heading', { name: 'First', level: 1 })).toBeVisible();
	await page.goto(`${app.origin}/rooms/recent/9`);
	await expect(page).toHaveURL(/\/rooms$/u);
	await goOnline(who);
	await open('people/nobody_known');
	await expect(page.getByText('Nobody is called @nobody_known')).toBeVisible();
	expect(faults(who)).toEqual([]);
});

test('the bell above a conversation: by keyboard, offline, the same everywhere', async ({
	browser
}) => {
	const who = await ready(browser);
	const { page } = who;
	await makeRoom(page, 'Quiet one');
	const bell = page.getByRole('button', { name: /^Notifications:/u });
	await expect(bell).toHaveAccessibleName('Notifications: Mentions, answers and my words');
	await goOffline(who);
	await bell.focus();
	await page.keyboard.press('Enter');
	const items = page.getByRole('menuitemradio');
	await expect(items).toHaveText(['Everything', 'Mentions, answers and my words', 'Nothing']);
	await expect(items.nth(1)).toBeFocused();
	await expect(items.nth(1)).toBeChecked();
	await page.keyboard.press('ArrowDown');
	await page.keyboard.press('Enter');
	await expect(bell).toHaveAccessibleName('Notifications: Nothing');
	await expect(bell).toBeFocused();
	await expect(page.getByLabel('Notify me of')).toHaveValue('none');
	await expect(roomRow(page, 'Quiet one').getByLabel('Silenced')).toBeVisible();
	await page.reload();
	await expect(bell).toHaveAccessibleName('Notifications: Nothing');
	await goOnline(who);
	await page.getByLabel('Notify me of').selectOption('Everything');
	await expect(bell).toHaveAccessibleName('Notifications: Everything');
	await bell.click();
	await page.getByRole('link', { name: 'More about notifications' }).click();
	await expect(page.getByRole('heading', { name: 'Notifications' })).toBeInViewport();
	expect(faults(who)).toEqual([]);
});

/** Only an installed app has such a window: its measure (see tokens.css) is stood in for. */
const withoutTitleBar = (page: Page) =>
	page.evaluate(() => document.documentElement.style.setProperty('--titlebar', '33px'));

test('a window without a title bar keeps its strip free of anything to press', async ({
	browser
}) => {
	const who = await ready(browser);
	const { page } = who;
	await makeRoom(page, 'Under the bar');
	const pressable = 'a, button, input, textarea, select, [tabindex], summary';
	const highest = () =>
		page.evaluate((selector) => {
			const all = [...document.querySelectorAll(selector)];
			const tops = all
				.filter((one) => one.checkVisibility())
				.map((one) => one.getBoundingClientRect())
				.filter(({ width, height }) => width > 1 && height > 1)
				.map(({ top }) => top);
			return Math.min(...tops);
		}, pressable);
	expect(await highest()).toBeLessThan(33);
	const before = await page.evaluate(() => document.documentElement.scrollHeight);
	await withoutTitleBar(page);
	for (const path of [null, '/settings', '/friends', '/share']) {
		if (path) {
			await page.goto(app.origin + path);
			await withoutTitleBar(page);
			await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
		}
		await expect.poll(highest).toBeGreaterThanOrEqual(33);
		const size = () => page.evaluate(() => document.documentElement.scrollHeight);
		expect(await size()).toBeLessThanOrEqual(before);
	}
	const region = () =>
		page.evaluate(() => {
			const bar = document.elementFromPoint(innerWidth / 2, 10)!;
			return getComputedStyle(bar).getPropertyValue('app-region');
		});
	await expect.poll(region).toBe('drag');
	expect(faults(who)).toEqual([]);
});

/** Fires what a browser that can install fires. */
const offerInstall = (page: Page) =>
	page.evaluate(() => {
		const event = new Event('beforeinstallprompt');
		Object.assign(event, { prompt: async () => ({ outcome: 'dismissed' }) });
		dispatchEvent(event);
	});

test('installing is offered once, to somebody who has come back', async ({ browser }) => {
	const who = await ready(browser);
	const { page } = who;
	const hint = page.getByRole('complementary', { name: 'Install Roost' });
	await makeRoom(page, 'Somewhere to be');
	await offerInstall(page);
	await expect(hint).toHaveCount(0);
	for (const times of [1, 0]) {
		await page.goto(`${app.origin}/settings`);
		await expect(page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible();
		await offerInstall(page);
		await expect(page.getByRole('button', { name: 'Install Roost' })).toBeVisible();
		await expect(hint).toHaveCount(times);
		// It counts as offered once it was drawn where it can be seen.
		const offered = () => page.evaluate(() => localStorage.getItem('roost:install-hint'));
		await expect.poll(offered).toBe('yes');
	}
	expect(faults(who)).toEqual([]);
});

/** What a browser with a push service does; the service is ours, the keys are real. */
function standInForPush({ endpoint, keys }: { endpoint: string; keys: Record<string, string> }) {
	const bytes = (text: string) =>
		Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0))
			.buffer;
	let made: object | null = null;
	Object.assign(PushManager.prototype, {
		getSubscription: async () => made,
		async subscribe({ applicationServerKey }: { applicationServerKey: string }) {
			made = {
				endpoint,
				options: { userVisibleOnly: true, applicationServerKey: bytes(applicationServerKey) },
				getKey: (name: string) => bytes(keys[name]!),
				async unsubscribe() {
					made = null;
					return true;
				}
			};
			return made;
		}
	});
}

/** What of the worker's own world is used here. */
interface WorkerWorld extends EventTarget {
	navigator: { setAppBadge: (count: number) => Promise<void> };
	badges: number[];
	registration: ServiceWorkerRegistration;
	ExtendableEvent: new (type: string) => Event;
	NotificationEvent: new (type: string, init: object) => Event;
}

const workerOf = (context: BrowserContext) =>
	context.serviceWorkers()[0] ?? context.waitForEvent('serviceworker');

test('a test notification reaches the push service; an address taken back is made anew by the worker', async ({
	browser
}) => {
	const [first, second] = [subscriber(), subscriber()];
	const context = await browser.newContext({ permissions: ['notifications'] });
	await context.addInitScript(standInForPush, {
		endpoint: `http://${service.host}/first`,
		keys: first.keys
	});
	const who = await registerIn(context, app.origin);
	const { page } = who;
	await offlineReady(page);
	await page.goto(`${app.origin}/settings#notifications`);
	await page.getByRole('switch', { name: 'Notify me on this device' }).click();
	await page.getByRole('button', { name: 'Send me a test' }).click();
	await expect(page.getByText('Sent. It should appear within a few seconds.')).toBeVisible();
	const sentTo = (path: string) => service.received.filter((one) => one.path === path);
	expect(first.open(sentTo('/first')[0]!.body).test).toBe(true);

	const worker = await workerOf(context);
	await worker.evaluate(standInForPush, {
		endpoint: `http://${service.host}/second`,
		keys: second.keys
	});
	await worker.evaluate(() => {
		const world = self as unknown as WorkerWorld;
		world.dispatchEvent(new world.ExtendableEvent('pushsubscriptionchange'));
	});
	await expect
		.poll(async () => {
			// The page's own look after the subscription would put its own in the place: it only asks the server.
			const answer = await context.request.post(`${app.origin}/api/push/test`, {
				headers: { origin: app.origin },
				data: {}
			});
			expect(answer.ok()).toBe(true);
			return sentTo('/second').length;
		})
		.toBeGreaterThan(0);
	expect(second.open(sentTo('/second')[0]!.body).test).toBe(true);
	expect(faults(who)).toEqual([]);
});

test('the badge: as the push says, as the app counts, and right after an answer without a page', async ({
	browser
}) => {
	const ann = await ready(browser);
	await makeRoom(ann.page, 'Counted', 'secret of the room');
	const counted = openRoomId(ann.page);
	await makeRoom(ann.page, 'Never pushed');
	const open = openRoomId(ann.page);
	const context = await browser.newContext({ permissions: ['notifications'] });
	await context.addInitScript(() => {
		const badges: number[] = [];
		Object.assign(window, { badges });
		navigator.setAppBadge = async (count = 0) => void badges.push(count);
		navigator.clearAppBadge = async () => void badges.push(0);
	});
	const bob = await registerIn(context, app.origin);
	await offlineReady(bob.page);
	await bob.page.goto(`${app.origin}/rooms/${counted}`);
	await bob.page.getByLabel('Password').fill('secret of the room');
	await bob.page.getByRole('button', { name: 'Join', exact: true }).click();
	await expect(composer(bob.page)).toBeVisible();
	await bob.page.goto(`${app.origin}/rooms/${open}`);
	await bob.page.getByRole('button', { name: 'Join', exact: true }).click();
	await expect(composer(bob.page)).toBeVisible();
	// He is in at once on his own screen: what is said before the server knows is not unread for him.
	const members = ann.page.getByRole('region', { name: 'Members' });
	await expect(members.getByRole('button', { name: bob.name })).toBeVisible();
	const device = subscriber();
	await context.request.put(`${app.origin}/api/push/subscription`, {
		headers: { origin: app.origin },
		data: { endpoint: `http://${service.host}/badge`, keys: device.keys }
	});
	const worker = await workerOf(context);
	await worker.evaluate(() => {
		const world = self as unknown as WorkerWorld;
		world.badges = [];
		world.navigator.setAppBadge = async (count) => void world.badges.push(count);
	});
	const session = await context.newCDPSession(bob.page);
	const registered = new Promise<string>((resolve) =>
		session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
			if (registrations[0]) resolve(registrations[0].registrationId);
		})
	);
	await session.send('ServiceWorker.enable');
	const registrationId = await registered;
	await bob.page.goto('about:blank');

	// In the open room nobody is told of what is not meant for him, and it is unread all the same.
	await say(ann.page, 'not pushed, but unread');
	await expect(mark(ann.page, 'not pushed', 'On the server')).toBeVisible();
	await roomRow(ann.page, 'Counted').click();
	const pushed = () => service.received.filter(({ path }) => path === '/badge');
	let said = 0;
	await expect
		.poll(async () => {
			await say(ann.page, `pushed ${++said}`);
			await expect(mark(ann.page, `pushed ${said}`, 'On the server')).toBeVisible();
			return pushed().length;
		})
		.toBeGreaterThan(0);
	const note = device.open(pushed()[0]!.body);
	await session.send('ServiceWorker.deliverPushMessage', {
		...{ origin: app.origin, registrationId, data: JSON.stringify(note) }
	});
	const badges = () => worker.evaluate(() => (self as unknown as WorkerWorld).badges);
	await expect.poll(badges).toEqual([note.badge]);
	const isShown = (tag: string) =>
		worker.evaluate(async (wanted) => {
			const world = self as unknown as WorkerWorld;
			return (await world.registration.getNotifications({ tag: wanted })).length === 1;
		}, tag);
	await expect.poll(() => isShown(counted)).toBe(true);
	await worker.evaluate(async (tag) => {
		const world = self as unknown as WorkerWorld;
		const [notification] = await world.registration.getNotifications({ tag });
		const init = { notification, action: 'read' };
		world.dispatchEvent(new world.NotificationEvent('notificationclick', init));
	}, counted);
	// What was said up to it is read; the open room's message, which never came by a push, is counted.
	const later = said - Number(/\d+$/u.exec(note.text)?.[0]);
	await expect.poll(async () => (await badges()).at(-1)).toBe(1 + later);

	await bob.page.goto(`${app.origin}/friends`);
	await expect(roomRow(bob.page, 'Never pushed').getByText('1 unread')).toBeAttached();
	const ofPage = () =>
		bob.page.evaluate(() => (window as unknown as { badges: number[] }).badges.at(-1));
	const title = /^\((\d+)\)/u;
	await expect(bob.page).toHaveTitle(title);
	await expect
		.poll(async () => Number(title.exec(await bob.page.title())?.[1]) === (await ofPage()))
		.toBe(true);
	expect(faults(ann, bob)).toEqual([]);
});

for (const colorScheme of ['light', 'dark'] as const) {
	test(`nothing for axe to complain about, ${colorScheme}`, async ({ browser }) => {
		const who = await ready(browser, { colorScheme });
		const { page } = who;
		const complaints = async () =>
			(await new AxeBuilder({ page }).analyze()).violations.map(({ id, nodes }) => [
				id,
				nodes[0]?.html
			]);
		const room = `Looked at, ${colorScheme}`;
		await makeRoom(page, room);
		// Rows of the list of members are hidden until they were measured.
		const members = page.getByRole('region', { name: 'Members' });
		await expect(members.getByRole('button', { name: who.name })).toBeVisible();
		await page.getByRole('button', { name: /^Notifications:/u }).click();
		await expect(page.getByRole('menuitemradio').first()).toBeVisible();
		expect(await complaints()).toEqual([]);
		await page.keyboard.press('Escape');
		await share(page, {
			text: 'for the axe',
			files: [
				['a.txt', 'text/plain', 'x'],
				['empty.txt', 'text/plain', '']
			]
		});
		await expect(page.getByRole('option', { name: room })).toBeVisible();
		expect(await complaints()).toEqual([]);
		await roomRow(page, room).click();
		await expect(page.getByText('waits for a place')).toBeVisible();
		await withoutTitleBar(page);
		expect(await complaints()).toEqual([]);
		await page.goto(`${app.origin}/open?link=nothing`);
		await expect(page.getByText('This link opens nothing')).toBeVisible();
		expect(await complaints()).toEqual([]);
		expect(faults(who)).toEqual([]);
	});
}
