/** People in real browsers: what a person does, in the words of the screen. */
import {
	expect,
	type Browser,
	type BrowserContext,
	type Locator,
	type Page
} from '@playwright/test';
import { VERSION_HEADER, DEVICE_HEADER } from '../../src/lib/protocol/http.ts';
import { PROTOCOL_VERSION } from '../../src/lib/protocol/version.ts';
import { newId } from './person.ts';

export const PASSWORD = 'wire and dusk 7';

/** Somebody signed in. */
export interface Human {
	name: string;
	context: BrowserContext;
	page: Page;
	/** errors that nobody caught, and violations of the content security policy */
	faults: string[];
}

let count = 0;

/** Firefox counts a socket that breaks among the errors of the page; other browsers write it to the console only. */
const SOCKET_BROKE = /can’t establish a connection to the server at ws|^The connection to ws/u;

/** Notes what must never happen on a page. */
export function watchFaults(page: Page, faults: string[]): void {
	page.on('pageerror', (error) => {
		if (!SOCKET_BROKE.test(error.message)) faults.push(error.stack || String(error));
	});
	page.on('console', (message) => {
		const text = message.text();
		if (/Content Security Policy|TrustedHTML|TrustedScript/u.test(text)) faults.push(text);
	});
}

/** What an account of a test is made of. */
function newcomer(name = `person_${++count}_${Date.now() % 10_000}`): {
	name: string;
	email: string;
	password: string;
} {
	return { name, email: `${name}@example.org`, password: PASSWORD };
}

/** A window of this browser that is watched. */
async function firstPage(context: BrowserContext, faults: string[]): Promise<Page> {
	const page = context.pages()[0] ?? (await context.newPage());
	watchFaults(page, faults);
	return page;
}

/** Asks what the door asks, past the screen: the session's cookie is the browser's from then on. */
async function askDoor(
	context: BrowserContext,
	origin: string,
	what: 'register' | 'sign-in',
	data: Record<string, unknown>
): Promise<void> {
	const url = `${origin}/api/account/${what}`;
	const answer = await context.request.post(url, { data, headers: { origin }, maxRetries: 2 });
	expect(answer.status(), await answer.text()).toBe(200);
}

/** Somebody with a new account, in a browser of their own. The door itself is door.spec's business. */
export async function register(
	browser: Browser,
	origin: string,
	options: Parameters<Browser['newContext']>[0] = {}
): Promise<Human> {
	return registerIn(await browser.newContext(options), origin);
}

/** The same in a browser that is there already. @param name where it matters what the person is called */
export async function registerIn(
	context: BrowserContext,
	origin: string,
	name?: string
): Promise<Human> {
	const faults: string[] = [];
	const account = newcomer(name);
	await askDoor(context, origin, 'register', account);
	const page = await firstPage(context, faults);
	await page.goto(`${origin}/rooms`);
	await expect(roomList(page)).toBeVisible();
	return { name: account.name, context, page, faults };
}

/** Makes an account as a person does who stands at the door. */
export async function registerAtDoor(context: BrowserContext): Promise<Human> {
	const faults: string[] = [];
	const { name, email, password } = newcomer();
	const page = await firstPage(context, faults);
	// The form for signing in has a user name, too, and may still be on screen.
	await expect(page.getByLabel('E-mail')).toBeVisible();
	await page.getByLabel('User name').fill(name);
	await page.getByLabel('E-mail').fill(email);
	await page.getByLabel('Password').fill(password);
	await page.getByRole('button', { name: 'Create account', exact: true }).click();
	await expect(roomList(page)).toBeVisible();
	return { name, context, page, faults };
}

/** Another device of somebody: a browser of its own, signed in. */
export async function secondDevice(browser: Browser, person: Human): Promise<Page> {
	const { origin } = new URL(person.page.url());
	const context = await browser.newContext();
	const account = { name: person.name, password: PASSWORD, remember: true };
	await askDoor(context, origin, 'sign-in', account);
	const page = await firstPage(context, person.faults);
	await page.goto(`${origin}/rooms`);
	await expect(roomList(page)).toBeVisible();
	return page;
}

export function roomList(page: Page): Locator {
	return page.getByRole('navigation', { name: 'Rooms' });
}
export function messages(page: Page): Locator {
	return page.getByRole('log', { name: 'Messages' });
}
export function composer(page: Page): Locator {
	return page.getByRole('textbox', { name: 'Message' });
}
export function status(page: Page): Locator {
	return page.getByRole('status');
}

/** Opens a room by its name, and joins it where needed. */
export async function openRoom(page: Page, name: string): Promise<void> {
	const row = roomRow(page, name).first();
	if (await row.isVisible()) {
		await row.click();
	} else {
		// The list names a few of the rooms that one is not in; the switcher finds all.
		await page.getByRole('button', { name: 'Jump to a room' }).click();
		await page.getByRole('dialog').getByRole('combobox').fill(name);
		await page.getByRole('option', { name }).first().click();
	}
	// Until then another room's composer is on screen.
	await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible();
	const join = page.getByRole('button', { name: 'Join', exact: true });
	await expect(join.or(composer(page))).toBeVisible();
	if (await join.isVisible()) await join.click();
	await expect(composer(page)).toBeVisible();
}

/** Writes and sends with the Enter key. */
export async function say(page: Page, text: string): Promise<void> {
	await composer(page).fill(text);
	await composer(page).press('Enter');
}

/** The message with this text, wherever it stands. */
export function message(page: Page, text: string): Locator {
	return messages(page).getByRole('article').filter({ hasText: text });
}

/** The message that says this itself, rather than answering one that does. */
export const saying = (page: Page, text: string): Locator =>
	messages(page)
		.getByRole('article')
		.filter({ has: page.locator('.text', { hasText: text }) })
		.last();

/** Chooses something from the menu of a message. */
export async function choose(page: Page, text: string, name: string): Promise<void> {
	const line = saying(page, text);
	await line.hover();
	await line.getByRole('button', { name: 'Actions for this message' }).click();
	await page.getByRole('menuitem', { name, exact: true }).click();
}

/** How a message of one's own fares: the delivery mark on it. */
export function mark(page: Page, text: string, label: string): Locator {
	return message(page, text).getByRole('img', { name: label });
}

/** Where a message stands (px of the window), once it rests there. */
export async function placeOf(page: Page, text: string): Promise<{ x: number; y: number }> {
	const bubble = message(page, text).locator('.bubble');
	// Nothing is tapped: it is only waited for what a tap waits for.
	await bubble.tap({ trial: true });
	return (await bubble.boundingBox())!;
}

/** Presses a key that moves the focus until it is where it is wanted; it has moved when the key has been pressed. */
export async function pressUntilFocused(key: string, target: Locator): Promise<void> {
	const page = target.page();
	const focused = target.and(page.locator(':focus'));
	for (let presses = 0; presses < 40; presses++) {
		await page.keyboard.press(key);
		if ((await focused.count()) > 0) return;
	}
	await expect(target).toBeFocused();
}

/** Id of the room that is open. */
export function openRoomId(page: Page): string {
	return new URL(page.url()).pathname.split('/')[2] ?? '';
}

/**
 * Posts many messages past the screen, over the sync endpoint, as this person. When their window shows the room, it
 * waits until the room is on the server, and sees the first one before the others are said: a device that knows
 * nothing of a room yet takes the newest only.
 */
export async function flood(person: Human, room: string, texts: string[]): Promise<void> {
	const [first, ...others] = texts;
	if (first === undefined) return;
	const device = newId();
	const isOpen = openRoomId(person.page) === room;
	if (isOpen) await allSent(person.page);
	await post(person, device, room, [first]);
	if (isOpen) {
		await expect(message(person.page, first).first()).toBeVisible();
	}
	for (let from = 0; from < others.length; from += 100) {
		await post(person, device, room, others.slice(from, from + 100));
	}
}

/**
 * Waits until the server has all that was done in this browser. Screens show it before: what somebody else does right
 * after it would else come first, now and then. Read past the app.
 */
export async function allSent(page: Page): Promise<void> {
	const queued = (): Promise<number> =>
		page.evaluate(async () => {
			const done = <T>(request: IDBRequest<T>): Promise<T> =>
				new Promise((resolve, reject) => {
					request.onsuccess = () => resolve(request.result);
					request.onerror = () => reject(request.error ?? new Error('refused'));
				});
			const names = (await indexedDB.databases()).map(({ name }) => name ?? '');
			let count = 0;
			for (const name of names.filter((one) => one.startsWith('roost-outbox-'))) {
				const db = await done(indexedDB.open(name));
				const acts: { state: string }[] = await done(
					db.transaction('acts').objectStore('acts').getAll()
				);
				db.close();
				count += acts.filter(({ state }) => state === 'queued').length;
			}
			return count;
		});
	await expect.poll(queued).toBe(0);
}

async function post(person: Human, device: string, room: string, texts: string[]): Promise<void> {
	const acts = texts.map((body) => ({ kind: 'message.post', id: newId(), room, body }));
	await sendActs(person, acts, device);
}

/** Has somebody do things past the screen, as `device` of theirs; the server must accept them all. */
export async function sendActs(
	person: Human,
	acts: ({ kind: string; id: string } & Record<string, unknown>)[],
	device = newId()
): Promise<void> {
	const origin = new URL(person.page.url()).origin;
	const answer = await person.context.request.post(`${origin}/api/sync/acts`, {
		data: { acts: acts.map((act) => ({ at: Date.now(), ...act })) },
		// A kept connection may be closed by the server just as it is used again; acts may be repeated.
		maxRetries: 2,
		headers: {
			origin,
			[VERSION_HEADER]: String(PROTOCOL_VERSION),
			[DEVICE_HEADER]: device
		}
	});
	const { results } = (await answer.json()) as { results: { status: string }[] };
	expect(results.filter((one) => one.status !== 'accepted')).toEqual([]);
}

/** Makes a room through the dialog and opens it; with a password it is a private one. */
export async function makeRoom(page: Page, name: string, password?: string): Promise<void> {
	await page.getByRole('button', { name: 'New room' }).click();
	const dialog = page.getByRole('dialog', { name: 'New room' });
	await dialog.getByLabel('Name', { exact: true }).fill(name);
	if (password !== undefined) {
		await dialog.getByRole('switch', { name: 'Private' }).click();
		await dialog.getByLabel('Password').fill(password);
	}
	await dialog.getByRole('button', { name: 'Create', exact: true }).click();
	await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible();
	await expect(composer(page)).toBeVisible();
}

/** Signs somebody in at the door. */
export async function signIn(page: Page, name: string): Promise<void> {
	await page.getByLabel('User name').fill(name);
	await page.getByLabel('Password').fill(PASSWORD);
	await page.getByRole('button', { name: 'Sign in', exact: true }).click();
	await expect(roomList(page)).toBeVisible();
}

/** The row of a room in the list. */
export function roomRow(page: Page, name: string): Locator {
	return roomList(page).getByRole('link', { name: new RegExp(`^${name}`, 'u') });
}

/** Texts of all messages in the document that match, from top to bottom. */
export async function texts(page: Page, match: RegExp): Promise<string[]> {
	const all = await messages(page).locator('.text').allTextContents();
	return all.filter((text) => match.test(text));
}

/** Waits until the worker has taken the page over: from then on the app starts without a network. */
export async function offlineReady(page: Page): Promise<void> {
	await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated');
}

/** Waits until the worker has kept what is at this address of a file or a picture: it hands it out before. */
export async function keptByWorker(page: Page, address: string | null): Promise<void> {
	const isKept = (): Promise<boolean> =>
		page.evaluate(
			async (url) => (await caches.match(url, { ignoreSearch: true })) !== undefined,
			address ?? ''
		);
	await expect.poll(isKept).toBe(true);
}

/** Tells the page what a browser tells when there is a network again; it then tries at once. */
export async function networkReturns(page: Page): Promise<void> {
	await page.evaluate(() => dispatchEvent(new Event('online')));
}

type OnScreen = Pick<Human, 'page'>;

/** Takes the network from this browser, once all its windows can do without; the line says so. */
export async function goOffline({ page }: OnScreen): Promise<void> {
	await Promise.all(page.context().pages().map(offlineReady));
	await page.context().setOffline(true);
	await expect(status(page)).toContainText('Offline');
}

/** Gives the network back to this browser; the line says so. */
export async function goOnline({ page }: OnScreen): Promise<void> {
	await page.context().setOffline(false);
	await networkReturns(page);
	await expect(status(page)).toContainText('Connected');
}

/** Leaves the room that is open. On a wide screen what there is to know of it stands beside it. */
export async function leaveRoom(page: Page): Promise<void> {
	await page.getByRole('button', { name: 'Leave', exact: true }).click();
	const sure = page.getByRole('button', { name: 'Yes, leave this room' });
	const out = page.getByText('Choose a room to start');
	await expect(sure.or(out)).toBeVisible();
	if (await sure.isVisible()) await sure.click();
	await expect(out).toBeVisible();
}

/** Names of the databases that this browser keeps of accounts, rather than of the device as such. */
export function accountDatabases(page: Page): Promise<string[]> {
	return page.evaluate(async () => {
		const names = (await indexedDB.databases()).map((one) => one.name ?? '');
		return names.filter((name) => !['roost-device', 'roost-shares'].includes(name));
	});
}
