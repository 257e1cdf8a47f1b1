/** Complaint 24 with two releases that were really built, and the network cut below the browser. */
import { expect } from '@playwright/test';
import { startApp, type RunningApp } from '../support/app.ts';
import {
	composer,
	mark,
	networkReturns,
	offlineReady,
	openRoom,
	register,
	say,
	status
} from '../support/people.ts';
import { startProxy, type Proxy } from '../support/proxy.ts';
import { buildRelease, type Release } from '../support/release.ts';
import { test } from '../support/test.ts';

let proxy: Proxy;
let app: RunningApp;
let next: Release;
test.beforeAll(async () => {
	// A build, which takes minutes on a machine that does something else, too.
	test.setTimeout(300_000);
	next = await buildRelease({ settings: 'Settings of the second release' });
	proxy = await startProxy();
	app = await startApp({ doors: [proxy.port] });
	proxy.leadTo(app.port);
});
test.afterAll(async () => {
	await app.stop();
	await proxy.stop();
	next.remove();
});

test('an old tab over a new deployment: no white screen, no lost draft, no lost message, offline too', async ({
	browser
}) => {
	test.setTimeout(120_000);
	const { page, context, faults } = await register(browser, proxy.origin);
	await openRoom(page, 'general');
	await offlineReady(page);
	const other = await context.newPage();
	await other.goto(page.url());
	await expect(composer(other)).toBeVisible();
	await composer(page).fill('half a thought');
	const assets = await page.evaluate(() =>
		performance.getEntriesByType('resource').map((entry) => entry.name)
	);
	await app.deploy(next.root);

	// What the old release had and the new one has not is a plain 404, and a page only for the shell.
	const answers = await Promise.all(
		assets
			.filter((name) => name.includes('/_app/immutable/'))
			.map((name) => context.request.get(name))
	);
	const missing = answers.filter((answer) => answer.status() === 404);
	expect(missing.length).toBeGreaterThan(0);
	for (const answer of answers) expect(answer.headers()['content-type']).not.toContain('html');

	// Offline the old release starts whole, also in parts that were never opened before.
	await proxy.refuse();
	await page.reload();
	await expect(composer(page)).toHaveValue('half a thought');
	await expect(status(page)).toContainText('cannot be reached');
	await page.getByRole('link', { name: 'Settings', exact: true }).click();
	await expect(page.getByRole('heading', { name: 'Settings', exact: true })).toBeVisible();
	await openRoom(page, 'general');
	await say(other, 'queued by the old release');
	await expect(mark(other, 'queued by', 'Waiting for network')).toBeVisible();

	// With a network the new one is offered; nothing reloads before the person wants it.
	await proxy.restore();
	await networkReturns(page);
	await page.reload();
	await expect(page.getByText('A new version is ready')).toBeVisible();
	await expect(mark(page, 'queued by', 'On the server')).toBeVisible();
	await composer(page).fill('half a thought, and the rest');
	await page.evaluate(() => document.body.setAttribute('data-same-page', ''));
	await proxy.refuse();
	await expect(status(page)).toContainText('cannot be reached');
	await expect(page.locator('body[data-same-page]')).toHaveCount(1);
	await page.getByRole('button', { name: 'Update', exact: true }).click();
	await expect(page.getByRole('link', { name: 'Settings of the second release' })).toBeVisible();
	await expect(page.locator('body[data-same-page]')).toHaveCount(0);
	await expect(composer(page)).toHaveValue('half a thought, and the rest');

	// The tab that was not asked says so, and goes on with its own release until it is reloaded.
	await expect(other.getByText('Roost was updated in another tab')).toBeVisible();
	await other.getByRole('link', { name: 'Outbox' }).click();
	await expect(other.getByRole('heading', { name: 'Outbox' })).toBeVisible();
	await other.getByRole('button', { name: 'Reload' }).click();
	await expect(other.getByRole('link', { name: 'Settings of the second release' })).toBeVisible();
	expect(faults).toEqual([]);
});
