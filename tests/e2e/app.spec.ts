/**
 * The installed app in a real Chromium: what other apps share, links, shortcuts, the bell, the window without a
 * title bar. What the system would do (post the form, open an address, hand over files) is done by the page.
 */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { startApp, type RunningApp } from '../support/app.ts';
import {
	composer,
	goOffline,
	goOnline,
	makeRoom,
	mark,
	message,
	offlineReady,
	openRoomId,
	register,
	registerIn,
	roomRow,
	say,
	signIn,
	type Human
} from '../support/people.ts';
import { startPushService, subscriber, type PushService } from '../support/push-service.ts';
import { test } from '../support/test.ts';

let service: PushService;
let app: RunningApp;
test.beforeAll(async () => {
	service = await startPushService();
	app = await startApp({ pushHosts: service.host });
});
test.afterAll(async () => {
	await app.stop();
	await service.stop();
});

interface Shared {
	title?: string;
	text?: string;
	url?: string;
	/** name, type and bytes (a text, or how many) */
	files?: [name: string, type: string, body: string | number][];
}

/** What the system does when somebody chooses this app in another one's list: it posts the form. */
async function share(page: Page, shared: Shared): Promise<void> {
	const { pathname } = new URL(page.url());
	await page.evaluate(({ files = [], ...texts }) => {
		const form = document.createElement('form');
		Object.assign(form, { method: 'POST', action: '/share', enctype: 'multipart/form-data' });
		for (const [name, value] of Object.entries(texts)) {
			const field = document.createElement('textarea');
			Object.assign(field, { name, value });
			form.append(field);
		}
		const input = document.createElement('input');
		Object.assign(input, { type: 'file', name: 'files', multiple: true });
		const chosen = new DataTransfer();
		for (const [name, type, body] of files) {
			const part = typeof body === 'string' ? body : new Uint8Array(body);
			chosen.items.add(new File([part], name, { type }));
		}
		input.files = chosen.files;
		form.append(input);
		document.body.append(form);
		form.submit();
	}, shared);
	if (pathname !== '/share') await page.waitForURL(/\/(share|sign-in)\?/u);
}

/** A picture of one pixel. */
const DOT =
	'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><rect width="1" height="1"/></svg>';

const chooser = (page: Page) => page.getByRole('combobox', { name: 'Find a room or a person' });
const place = (page: Page, name: string) => page.getByRole('option', { name });
const strip = (page: Page) =>
	page.getByRole('list', { name: 'Files to send' }).getByRole('listitem');
const faults = (...people: Human[]) => people.flatMap((who) => who.faults);

/** Signs out in the settings; what was not sent is given up. */
async function signOut(page: Page): Promise<void> {
	await page.goto(`${app.origin}/settings`);
	await page.getByRole('button', { name: 'Sign out', exact: true }).click();
	const lose = page.getByRole('button', { name: 'Sign out and lose them' });
	const out = page.getByRole('button', { name: 'Sign in', exact: true });
	await expect(lose.or(out)).toBeVisible();
	if (await lose.isVisible()) await lose.click();
	await expect(out).toBeVisible();
}

async function ready(browser: Browser, options: Parameters<Browser['newContext']>[0] = {}) {
	const who = await register(browser, app.origin, { reducedMotion: 'reduce', ...options });
	await offlineReady(who.page);
	return who;
}

test('shared offline: a place is chosen, it is looked over, and it arrives when there is a network', async ({
	browser
}) => {
	const who = await ready(browser);
	const { page } = who;
	await makeRoom(page, 'Postbox');
	await makeRoom(page, 'Elsewhere');
	await composer(page).fill('begun before');
	await goOffline(who);
	await share(page, {
		title: 'A page',
		text: 'worth a look',
		url: 'https://example.org/a',
		files: [['notes.txt', 'text/plain', 'kept while offline']]
	});
	await expect(page.getByRole('heading', { name: 'Send to …' })).toBeVisible();
	await expect(page.getByText('worth a look')).toBeVisible();
	await expect(page.getByRole('list', { name: 'Files to send' })).toContainText('notes.txt');
	await chooser(page).fill('postb');
	await expect(place(page, 'Elsewhere')).toHaveCount(0);
	await place(page, 'Postbox').click();
	await expect(page).toHaveURL(/\/rooms\/[0-9a-f-]+$/u);
	await expect(composer(page)).toHaveValue('A page\nworth a look\nhttps://example.org/a');
	await expect(strip(page)).toHaveCount(1);

	await test.step('a window that is closed half-way loses nothing', async () => {
		await page.reload();
		await expect(composer(page)).toHaveValue('A page\nworth a look\nhttps://example.org/a');
		await expect(strip(page)).toHaveCount(1);
	});
	await test.step('what was being written elsewhere is still there', async () => {
		await roomRow(page, 'Elsewhere').click();
		await expect(composer(page)).toHaveValue('begun before');
		await expect(strip(page)).toHaveCount(0);
		await roomRow(page, 'Postbox').click();
		await expect(strip(page)).toHaveCount(1);
	});
	await composer(page).press('Enter');
	await expect(strip(page)).toHaveCount(0);
	await goOnline(who);
	await expect(mark(page, 'worth a look', 'On the server')).toBeVisible();
	await expect(message(page, 'worth a look')).toContainText('notes.txt');
	await page.reload();
	await expect(message(page, 'worth a look')).toBeVisible();
	await expect(composer(page)).toHaveValue('');
	await expect(strip(page)).toHaveCount(0);
	expect(faults(who)).toEqual([]);
});

test('what cannot be sent is left out in words; nothing chosen is not forgotten; thrown away is gone', async ({
	browser
}) => {
	const who = await ready(browser);
	const { page } = who;
	await makeRoom(page, 'Attic');
	const many = Array.from({ length: 10 }, (_, n): [string, string, string] => [
		...([`${n}.txt`, 'text/plain'] as const),
		'x'
	]);
	await share(page, {
		files: [
			['huge.png', 'image/png', 10 * 1024 * 1024 + 1],
			['empty.txt', 'text/plain', ''],
			...many,
			['eleventh.txt', 'text/plain', 'x']
		]
	});
	const notice = page.getByText('These files were left out');
	await expect(notice).toContainText('huge.png: This file is too large: images may have 10 MB');
	await expect(notice).toContainText('empty.txt: The file is empty');
	await expect(notice).toContainText('eleventh.txt: A message carries up to 10 files');
	await expect(page.getByRole('list', { name: 'Files to send' }).getByRole('listitem')).toHaveCount(
		10
	);

	const waits = page.getByText('Something you shared waits for a place');
	await roomRow(page, 'Attic').click();
	await expect(waits).toBeVisible();
	await page.reload();
	await expect(waits).toBeVisible();
	await page.getByRole('link', { name: 'Choose', exact: true }).click();
	await page.getByRole('button', { name: 'Don’t send' }).click();
	await page.getByRole('button', { name: 'Yes, throw it away' }).click();
	await expect(page.getByText('Nothing waits here')).toBeVisible();
	await roomRow(page, 'Attic').click();
	await expect(waits).toHaveCount(0);
	expect(faults(who)).toEqual([]);
});

test('a text too long for a message becomes a file; a picture is shown; one taken out of the strip stays away', async ({
	browser
}) => {
	const who = await ready(browser);
	const { page } = who;
	await makeRoom(page, 'Long letters');
	await share(page, {
		text: '鸟'.repeat(4001),
		files: [['dot.svg', 'image/svg+xml', DOT]]
	});
	await chooser(page).press('Enter');
	await expect(composer(page)).toHaveValue('');
	await expect(strip(page)).toHaveCount(2);
	await page.getByRole('button', { name: 'Remove text.txt' }).click();
	await expect(strip(page)).toHaveCount(1);
	await page.reload();
	await expect(strip(page)).toHaveCount(1);
	await expect(strip(page)).toContainText('dot.svg');
	expect(faults(who)).toEqual([]);
});

test('shared while signed out: kept until somebody is in, wiped with whoever it belongs to', async ({
	browser
}) => {
	const who = await ready(browser);
	const { page } = who;
	await makeRoom(page, 'After the door');
	await signOut(page);
	await share(page, { text: 'kept at the door' });
	await expect(page.getByText('What you shared is kept. Sign in to choose')).toBeVisible();
	await page.getByLabel('User name').fill(who.name);
	await signIn(page, who.name);
	await expect(page.getByRole('heading', { name: 'Send to …' })).toBeVisible();
	await expect(page.getByText('kept at the door')).toBeVisible();
	await place(page, 'After the door').click();
	await expect(composer(page)).toHaveValue('kept at the door');

	await share(page, { text: 'for nobody else' });
	await expect(page.getByText('for nobody else')).toBeVisible();
	await signOut(page);
	await registerIn(who.context, app.origin);
	await expect(page.getByText('waits for a place')).toHaveCount(0);
	expect(faults(who)).toEqual([]);
});

test('a friend without a conversation can be chosen, and one is begun', async ({ browser }) => {
	const [ann, bob] = [await ready(browser), await ready(browser)];
	await ann.page.goto(`${app.origin}/friends`);
	await ann.page.getByLabel('User name').fill(bob.name);
	await ann.page.getByRole('button', { name: 'Find', exact: true }).click();
	await ann.page.getByRole('button', { name: 'Add friend', exact: true }).click();
	await bob.page.goto(`${app.origin}/friends`);
	await bob.page.getByRole('button', { name: 'Accept' }).click();
	await expect(bob.page.getByText('Friends (1)')).toBeVisible();
	await share(bob.page, { text: 'hello, friend' });
	await chooser(bob.page).fill(ann.name);
	await place(bob.page, ann.name).click();
	await expect(composer(bob.page)).toHaveValue('hello, friend');
	await composer(bob.page).press('Enter');
	await expect(mark(bob.page, 'hello, friend', 'On the server')).toBeVisible();
	await expect(roomRow(ann.page, bob.name)).toContainText('hello, friend');
	expect(faults(ann, bob)).toEqual([]);
});

test('where no worker takes the form, the person is asked to share once more', async ({
	browser
}) => {
	const who = await register(browser, app.origin, { serviceWorkers: 'block' });
	await share(who.page, { text: 'too early', files: [['a.bin', '', 300_000]] });
	await expect(who.page.getByRole('alert')).toContainText('It is now: share it again');
	expect(faults(who)).toEqual([]);
});

test('files that the app is opened with wait for a place', async ({ browser }) => {
	const context = await browser.newContext();
	// The system's queue of launches is stood in for: no test can press "open with".
	await context.addInitScript(() => {
		Object.defineProperty(window, 'launchQueue', {
			value: {
				setConsumer(consume: (params: object) => void) {
					if (location.pathname !== '/share' || location.search !== '') return;
					const file = new File(['bytes'], 'opened.pdf', { type: 'application/pdf' });
					consume({ targetURL: location.href, files: [{ getFile: async () => file }] });
				}
			}
		});
	});
	const who = await registerIn(context, app.origin);
	await makeRoom(who.page, 'Papers');
	await who.page.goto(`${app.origin}/share`);
	await expect(who.page.getByText('opened.pdf')).toBeVisible();
	await place(who.page, 'Papers').click();
	await expect(strip(who.page)).toContainText('opened.pdf');
	expect(faults(who)).toEqual([]);
});

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
		await expect(place(page, room)).toBeVisible();
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
