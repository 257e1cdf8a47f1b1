/** What other apps share into this one, in a real Chromium with the real worker: kept, placed, sent, or thrown away. */
import { expect, type Browser, type Page } from '@playwright/test';
import {
	composer,
	goOffline,
	goOnline,
	makeRoom,
	mark,
	message,
	offlineReady,
	register,
	registerIn,
	roomRow,
	signIn,
	type Human
} from '../support/people.ts';
import { share } from '../support/share.ts';
import { test, useApp } from '../support/test.ts';

const app = useApp();

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
	// The server's answer takes the cookie away; a new one that came before it would go along.
	await expect.poll(async () => (await page.context().cookies()).length).toBe(0);
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
			['huge.png', 'image/png', 50 * 1024 * 1024 + 1],
			['empty.txt', 'text/plain', ''],
			...many,
			['eleventh.txt', 'text/plain', 'x']
		]
	});
	const notice = page.getByText('These files were left out');
	await expect(notice).toContainText(
		'huge.png: This file is too large: a file may have up to 50 MB'
	);
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
	await expect(place(page, 'Long letters')).toBeVisible();
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
