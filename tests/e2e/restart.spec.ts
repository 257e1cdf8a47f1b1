/** The server dies as in a power cut, in the middle of what people send, and comes back. */
import { expect } from '@playwright/test';
import { startApp, type RunningApp } from '../support/app.ts';
import {
	mark,
	message,
	networkReturns,
	offlineReady,
	openRoom,
	register,
	say,
	status,
	texts
} from '../support/people.ts';
import { startProxy, type Proxy } from '../support/proxy.ts';
import { test } from '../support/test.ts';

let proxy: Proxy;
let app: RunningApp;
test.beforeAll(async () => {
	proxy = await startProxy();
	app = await startApp({ doors: [proxy.port] });
	proxy.leadTo(app.port);
});
test.afterAll(async () => {
	await app.stop();
	await proxy.stop();
});

test('promises 1–4: the server is killed between a commit and its answer; nothing lost, nothing double', async ({
	browser
}) => {
	test.setTimeout(120_000);
	const bob = await register(browser, app.origin);
	const ann = await register(browser, proxy.origin);
	await openRoom(bob.page, 'general');
	await openRoom(ann.page, 'general');
	const expected = Array.from({ length: 30 }, (_, n) => `words ${n + 1}.`);

	await say(ann.page, expected[0]!);
	await expect(mark(ann.page, expected[0]!, 'On the server')).toBeVisible();
	// The server commits and bob sees it, but no answer reaches ann.
	proxy.swallow('down');
	for (const text of expected.slice(1, 10)) await say(ann.page, text);
	await expect(message(bob.page, expected[1]!)).toBeVisible();
	const dying = app.kill();
	for (const text of expected.slice(10, 20)) await say(ann.page, text);
	await dying;
	await proxy.restore();
	await expect(status(ann.page)).toContainText('cannot be reached');
	await app.restart();
	await networkReturns(ann.page);
	for (const text of expected.slice(20)) await say(ann.page, text);

	await expect(mark(ann.page, expected[29]!, 'On the server')).toBeVisible();
	await networkReturns(bob.page);
	await expect(message(bob.page, expected[29]!)).toBeVisible();
	expect(await texts(bob.page, /^words/u)).toEqual(expected);
	expect(await texts(ann.page, /^words/u)).toEqual(expected);
	await expect(ann.page.getByRole('img', { name: 'Waiting for network' })).toHaveCount(0);
	expect([...ann.faults, ...bob.faults]).toEqual([]);
});

test('complaint 22: a server that is away signs nobody out', async ({ browser }) => {
	const ann = await register(browser, app.origin);
	await openRoom(ann.page, 'general');
	await offlineReady(ann.page);
	await app.kill();
	await expect(status(ann.page)).toContainText('cannot be reached');
	await ann.page.reload();
	await expect(status(ann.page)).toContainText('cannot be reached');
	await say(ann.page, 'still here');
	await expect(mark(ann.page, 'still here', 'Waiting for network')).toBeVisible();
	await app.restart();
	await networkReturns(ann.page);
	await expect(mark(ann.page, 'still here', 'On the server')).toBeVisible();
});
