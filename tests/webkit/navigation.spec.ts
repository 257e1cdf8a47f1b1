/**
 * Pages that are left and loaded anew in WebKit. It keeps a page that was left in its back/forward cache, and once kept
 * its transactions open as well: every later page of the app stood blank and waited for them.
 */
import { expect } from '@playwright/test';
import { startApp, type RunningApp } from '../support/app.ts';
import {
	COMPOSER,
	message,
	offlineReady,
	openRoom,
	register,
	ROOMS,
	say
} from '../support/webkit/people.ts';
import { test } from '../support/webkit/test.ts';

let app: RunningApp;
test.beforeAll(async () => {
	app = await startApp();
});
test.afterAll(() => app.stop());

test('no page stands blank after the one before it was left in the middle of its work', async ({
	newBrowser
}) => {
	const tab = await newBrowser().open();
	await register(tab, app.origin);
	await openRoom(tab, 'general');
	await offlineReady(tab);
	await say(tab, 'said before');
	await tab.sees(message('said before'));
	// A draft is written as its page is left.
	await tab.type(COMPOSER, 'half a thought');
	const room = await tab.run(() => location.pathname);
	for (const path of ['/settings', '/rooms', '/friends', '/rooms', '/outbox', room, '/rooms']) {
		await test.step(path, async () => {
			await tab.goto(app.origin + path);
			await tab.sees(path === room || path === '/rooms' ? ROOMS : { css: 'h1' });
		});
	}
	await test.step('back, and back again', async () => {
		for (let times = 0; times < 2; times++) await tab.back();
		await tab.sees({ css: 'h1' });
	});
	await tab.goto(app.origin + room);
	await tab.sees(message('said before'));
	const draft = () => tab.run(() => document.querySelector('textarea')?.value);
	await expect.poll(draft).toBe('half a thought');
});
