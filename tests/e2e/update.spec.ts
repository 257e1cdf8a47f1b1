/** Complaint 24, TAB-6: a new deployment never leaves a white screen, nor takes a draft. */
import { expect, type Page } from '@playwright/test';
import { startApp, type RunningApp } from '../support/app.ts';
import { putInFront, type NextBuild } from '../support/next-build.ts';
import {
	composer,
	goOffline,
	goOnline,
	offlineReady,
	openRoom,
	register
} from '../support/people.ts';
import { test } from '../support/test.ts';

let app: RunningApp;
let front: NextBuild;
test.beforeEach(async () => {
	app = await startApp();
	front = await putInFront(app.port);
});
test.slow();
test.afterEach(async ({ browser }) => {
	for (const context of browser.contexts()) await context.close();
	await front.stop();
	await app.stop();
});

/** Looks for a new version now, as the browser does by itself from time to time. */
async function lookForUpdate(page: Page): Promise<void> {
	await page.evaluate(async () => {
		const registration = await navigator.serviceWorker.getRegistration();
		await registration?.update();
	});
}

/** Waits until the page has been loaded anew and runs the second build. */
async function onSecondBuild(page: Page): Promise<void> {
	await expect(async () => {
		const names = await page.evaluate(() =>
			performance.getEntriesByType('resource').map((entry) => entry.name)
		);
		expect(names.some((name) => name.includes('/immutable/second/'))).toBe(true);
	}).toPass();
	await expect(page.getByRole('navigation', { name: 'Rooms' })).toBeVisible({ timeout: 20_000 });
}

test('an old tab goes on working after a deployment, offline too, and keeps its draft over the update', async ({
	browser
}) => {
	const ann = await register(browser, front.origin);
	const { page, faults } = ann;
	await offlineReady(page);
	await openRoom(page, 'general');
	await composer(page).fill('not sent yet');
	front.deploy();
	await lookForUpdate(page);
	const toast = page.getByRole('alert').filter({ hasText: 'A new version is ready' });
	await expect(toast).toBeVisible();

	// The old tab opens parts that it had not loaded yet: they come from its own set.
	await goOffline(ann);
	await page.getByRole('link', { name: 'Settings' }).click();
	await expect(page.getByRole('heading', { name: 'Settings' })).toBeVisible();
	await page.reload();
	await expect(page.getByRole('heading', { name: 'Settings' })).toBeVisible();
	await goOnline(ann);

	await openRoom(page, 'general');
	await expect(composer(page)).toHaveValue('not sent yet');
	await toast.getByRole('button', { name: 'Update' }).click();
	await onSecondBuild(page);
	await expect(composer(page)).toHaveValue('not sent yet');
	expect(faults).toEqual([]);
});

test('the old set stays while another tab uses it, and goes when none does', async ({
	browser
}) => {
	const { page, context } = await register(browser, front.origin);
	await offlineReady(page);
	const other = await context.newPage();
	await other.goto(`${front.origin}/rooms`);
	await expect(other.getByRole('navigation', { name: 'Rooms' })).toBeVisible();
	front.deploy();
	await lookForUpdate(page);
	await page.getByRole('button', { name: 'Update' }).click();
	await onSecondBuild(page);
	await expect(other.getByText('Roost was updated in another tab')).toBeVisible();
	const sets = (): Promise<number> =>
		page.evaluate(async () => (await caches.keys()).filter((key) => key.includes('shell')).length);
	expect(await sets()).toBe(2);
	// The tab of the old build still opens what it had not loaded, though the server has it no more.
	await other.getByRole('link', { name: 'Outbox' }).click();
	await expect(other.getByText('All sent')).toBeVisible();
	await other.close();
	await page.reload();
	await expect.poll(sets).toBe(1);
});

test('a missing asset is a 404, never a page', async ({ request }) => {
	const answer = await request.get(`${app.origin}/_app/immutable/chunks/gone.js`);
	expect(answer.status()).toBe(404);
	expect(answer.headers()['content-type']).not.toContain('html');
});

test('a deployment that is broken leaves the old build working', async ({ browser }) => {
	const { page, context } = await register(browser, front.origin);
	await offlineReady(page);
	await context.route('**/service-worker.js', (route) =>
		route.fulfill({ contentType: 'text/html', body: '<h1>Please pay for the network</h1>' })
	);
	front.deploy();
	await lookForUpdate(page).catch((error: unknown) => expect(String(error)).toContain('Error'));
	await page.reload();
	await expect(page.getByRole('navigation', { name: 'Rooms' })).toBeVisible();
});
