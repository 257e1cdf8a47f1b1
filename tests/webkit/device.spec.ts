/** The device's ports on WebKit's IndexedDB, locks and channels; tests/e2e/device.spec.ts is the same for other browsers. */
import { fileURLToPath } from 'node:url';
import { expect } from '@playwright/test';
import type { DevicePage } from '../contract/page.ts';
import { serveModule, type TestPage } from '../support/test-page.ts';
import type { Tab, WebKitBrowser } from '../support/webkit/browser.ts';
import { test } from '../support/webkit/test.ts';

declare const device: DevicePage;

const MODULE = fileURLToPath(new URL('../contract/page.ts', import.meta.url));
let served: TestPage;
test.beforeAll(async () => {
	served = await serveModule(MODULE);
});
test.afterAll(() => served.stop());

async function load(tab: Tab): Promise<Tab> {
	await tab.goto(served.url);
	await expect.poll(() => tab.run(() => 'device' in globalThis)).toBe(true);
	return tab;
}

const openTab = async (browser: WebKitBrowser): Promise<Tab> => load(await browser.openTab());

const leads = (tab: Tab): Promise<boolean> => tab.run(() => device.tab.leads);

test('every port keeps its contract', async ({ newBrowser }) => {
	const tab = await load(await newBrowser().open());
	const results = await tab.run(() => device.runContracts());
	expect(results.filter((result) => result.fault !== null)).toEqual([]);
	expect(results.length).toBeGreaterThan(30);
});

test('of three tabs one leads; when it is closed another one leads', async ({ newBrowser }) => {
	const browser = newBrowser();
	const tabs = [await load(await browser.open()), await openTab(browser), await openTab(browser)];
	const leaders = async (among: Tab[]): Promise<Tab[]> => {
		const found: Tab[] = [];
		for (const tab of among) if (await leads(tab)) found.push(tab);
		return found;
	};
	for (const tab of tabs) await tab.run(() => device.campaign('a'));
	await expect.poll(async () => (await leaders(tabs)).length).toBe(1);
	const [leader] = await leaders(tabs);
	const others = tabs.filter((tab) => tab !== leader);
	await leader!.close();
	await expect.poll(async () => (await leaders(others)).length).toBe(1);
});

test('TAB-2: a robbed leader is told, and there is one leader afterwards', async ({
	newBrowser
}) => {
	const browser = newBrowser();
	const first = await load(await browser.open());
	const second = await openTab(browser);
	await first.run(() => device.campaign('b'));
	await expect.poll(() => leads(first)).toBe(true);
	await second.run(() => device.steal('b'));
	await expect.poll(() => leads(second)).toBe(true);
	const told = () => first.run(() => ({ ...device.tab }));
	await expect.poll(told).toEqual({ leads: false, lost: 1 });
});
