/** The device's ports on a real browser: IndexedDB, Web Locks, BroadcastChannel. */
import { fileURLToPath } from 'node:url';
import { expect, test, type BrowserContext, type Page } from '@playwright/test';
import type { DevicePage } from '../contract/page.ts';
import { serveModule, type TestPage } from '../support/test-page.ts';

declare const device: DevicePage;

/** What is read is checked: a room has to have an id. */
const ROOM = '0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b';
const OTHER_ROOM = '0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2c';

const MODULE = fileURLToPath(new URL('../contract/page.ts', import.meta.url));
let served: TestPage;
test.beforeAll(async () => {
	served = await serveModule(MODULE);
});
test.afterAll(() => served.stop());

async function open(context: BrowserContext): Promise<Page> {
	const page = await context.newPage();
	await page.goto(served.url);
	await page.waitForFunction(() => 'device' in globalThis);
	return page;
}

test('every port keeps its contract', async ({ context }) => {
	const page = await open(context);
	const results = await page.evaluate(() => device.runContracts());
	expect(results.filter((result) => result.fault !== null)).toEqual([]);
	expect(results.length).toBeGreaterThan(30);
});

test('of four tabs one leads; when it is closed another one leads within 2 s', async ({
	context
}) => {
	const tabs = await Promise.all([1, 2, 3, 4].map(() => open(context)));
	const leaders = async (among: Page[]) => {
		const leads = await Promise.all(among.map((tab) => tab.evaluate(() => device.tab.leads)));
		return among.filter((_, i) => leads[i]);
	};
	for (const tab of tabs) await tab.evaluate(() => device.campaign('a'));
	await expect.poll(async () => (await leaders(tabs)).length).toBe(1);
	const [leader] = await leaders(tabs);
	const others = tabs.filter((tab) => tab !== leader);
	await leader!.close();
	await expect.poll(async () => (await leaders(others)).length, { timeout: 2_000 }).toBe(1);
});

test('TAB-2: a robbed leader is told, and there is one leader afterwards', async ({ context }) => {
	const [first, second] = await Promise.all([open(context), open(context)]);
	await first.evaluate(() => device.campaign('b'));
	await expect.poll(() => first.evaluate(() => device.tab.leads)).toBe(true);
	await second.evaluate(() => device.steal('b'));
	await expect.poll(() => second.evaluate(() => device.tab.leads)).toBe(true);
	await expect
		.poll(() => first.evaluate(() => ({ ...device.tab })))
		.toEqual({ leads: false, lost: 1 });
});

test('a tab hears at once what another tab writes', async ({ context }) => {
	const [reader, writer] = await Promise.all([open(context), open(context)]);
	await reader.evaluate((room) => device.follow('c', room), ROOM);
	await writer.evaluate((room) => device.commit('c', room), OTHER_ROOM);
	await writer.evaluate((room) => device.commit('c', room), ROOM);
	await writer.evaluate((room) => device.queue('c', room, 'hello'), ROOM);
	await expect
		.poll(() => reader.evaluate(() => ({ ...device.heard })))
		.toEqual({ cache: 1, outbox: 1 });
});

test('promise 1 of the device: what is queued is there after the tab is gone (O1)', async ({
	context
}) => {
	const tab = await open(context);
	await tab.evaluate((room) => device.queue('d', room, 'kept'), ROOM);
	await tab.close();
	const later = await open(context);
	expect(await later.evaluate(() => device.queued('d'))).toEqual(['kept']);
});
