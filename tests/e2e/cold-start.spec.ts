/**
 * The main job, as a person on a train sees it: the network is cut below the browser, the browser is
 * closed and started again, and the worker alone brings everything back.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
	chromium,
	expect,
	type BrowserContext,
	type LaunchOptions,
	type Page
} from '@playwright/test';
import {
	accountDatabases,
	makeRoom,
	mark,
	message,
	networkReturns,
	offlineReady,
	openRoom,
	register,
	registerIn,
	roomList,
	say,
	status,
	texts
} from '../support/people.ts';
import { test, useCutLine } from '../support/test.ts';

const { proxy } = useCutLine();
let profile: string;
test.beforeEach(async () => {
	profile = mkdtempSync(join(tmpdir(), 'roost-profile-'));
});
test.afterEach(() => rmSync(profile, { recursive: true, force: true, maxRetries: 5 }));

/** A browser that keeps what it has when it is closed. */
function startBrowser(launchOptions: LaunchOptions): Promise<BrowserContext> {
	return chromium.launchPersistentContext(profile, { ...launchOptions, locale: 'en-GB' });
}

/** Starts the app as a tap on its icon does. */
async function startRoost(context: BrowserContext): Promise<Page> {
	const page = context.pages()[0] ?? (await context.newPage());
	await page.goto(proxy.origin);
	return page;
}

test('promises 1–4: twenty messages written offline outlive the browser and arrive once, in order', async ({
	launchOptions,
	bob
}) => {
	test.setTimeout(120_000);
	let context = await startBrowser(launchOptions);
	const ann = await registerIn(context, proxy.origin);
	await makeRoom(ann.page, 'Train');
	await openRoom(ann.page, 'general');
	await openRoom(bob.page, 'general');
	await say(bob.page, 'said in general');
	await openRoom(bob.page, 'Train');
	await say(bob.page, 'said on the train');
	await expect(message(ann.page, 'said in general')).toBeVisible();
	await expect(roomList(ann.page)).toContainText('said on the train');
	await offlineReady(ann.page);

	await proxy.refuse();
	await expect(status(ann.page)).toContainText('cannot be reached');
	await context.close();
	context = await startBrowser(launchOptions);
	let page = await startRoost(context);
	const expected: Record<string, string[]> = { general: [], Train: [] };
	for (const [room, said] of [
		['general', 'said in general'],
		['Train', 'said on the train']
	] as const) {
		await openRoom(page, room);
		await expect(message(page, said)).toBeVisible();
		for (let n = 1; n <= 10; n++) {
			expected[room]!.push(`${room} no. ${n}.`);
			await say(page, `${room} no. ${n}.`);
		}
		await expect(mark(page, `${room} no. 10.`, 'Waiting for network')).toBeVisible();
	}
	await expect(status(page)).toContainText('20 waiting');
	await context.close();

	context = await startBrowser(launchOptions);
	page = await startRoost(context);
	await expect(status(page)).toContainText('20 waiting');
	for (const room of ['general', 'Train']) {
		await openRoom(page, room);
		await expect(mark(page, `${room} no. 10.`, 'Waiting for network')).toBeVisible();
		expect(await texts(page, /no\. \d+\.$/u)).toEqual(expected[room]);
	}
	await proxy.restore();
	await networkReturns(page);
	await expect(mark(page, 'Train no. 10.', 'On the server')).toBeVisible();
	for (const room of ['Train', 'general']) {
		await openRoom(bob.page, room);
		await expect(message(bob.page, `${room} no. 10.`)).toBeVisible();
		expect(await texts(bob.page, /no\. \d+\.$/u)).toEqual(expected[room]);
		await openRoom(page, room);
		await expect.poll(() => texts(page, /no\. \d+\.$/u)).toEqual(expected[room]);
	}
	await expect(status(page)).toContainText('Connected');
	await context.close();
	expect([...ann.faults, ...bob.faults]).toEqual([]);
});

test('promise 14: signed out while the server is away, nothing comes back after a restart', async ({
	launchOptions
}) => {
	let context = await startBrowser(launchOptions);
	const ann = await registerIn(context, proxy.origin);
	await openRoom(ann.page, 'general');
	await say(ann.page, 'not for the next one');
	await expect(mark(ann.page, 'not for the next one', 'On the server')).toBeVisible();
	const other = await context.newPage();
	await other.goto(ann.page.url());
	await expect(message(other, 'not for the next one')).toBeVisible();
	await offlineReady(ann.page);
	await proxy.refuse();
	await ann.page.getByRole('link', { name: 'Settings' }).click();
	await ann.page.getByRole('button', { name: 'Sign out' }).click();
	for (const tab of [ann.page, other]) {
		await expect(tab.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible();
	}
	await expect.poll(() => accountDatabases(other)).toEqual([]);
	await context.close();

	context = await startBrowser(launchOptions);
	const page = await startRoost(context);
	await expect(page.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible();
	expect(await accountDatabases(page)).toEqual([]);
	// Once the server can be reached, the session that was left behind is ended there, too.
	await proxy.restore();
	await page.reload();
	await expect.poll(async () => (await context.cookies()).length).toBe(0);
	await context.close();
});

test('complaint 10: a line that only looks alive is noticed when the person returns', async ({
	browser,
	bob
}) => {
	const ann = await register(browser, proxy.origin);
	await openRoom(ann.page, 'general');
	await openRoom(bob.page, 'general');
	await expect(status(ann.page)).toContainText('Connected');
	proxy.swallow('up', 'down');
	await say(bob.page, 'while the line was dead');
	await expect(mark(bob.page, 'while the line was dead', 'On the server')).toBeVisible();
	await ann.page.evaluate(() => dispatchEvent(new Event('focus')));
	await expect(status(ann.page)).not.toContainText('Connected');
	await say(ann.page, 'after it');
	await proxy.restore();
	await networkReturns(ann.page);
	await expect(message(ann.page, 'while the line was dead')).toBeVisible({ timeout: 30_000 });
	await expect(message(bob.page, 'after it')).toHaveCount(1);
});
