/** Who is signed in, and what becomes of what they left unsent (promises 13 and 14, complaint 22). */
import { expect, type Page } from '@playwright/test';
import { startApp, type RunningApp } from '../support/app.ts';
import {
	accountDatabases,
	goOffline,
	mark,
	message,
	offlineReady,
	openRoom,
	register,
	roomList,
	say,
	signIn,
	status
} from '../support/people.ts';
import { test } from '../support/test.ts';

let app: RunningApp;
test.beforeAll(async () => {
	app = await startApp();
});
test.afterAll(() => app.stop());

/** Ends the session that this page's cookie stands for, as "sign out everywhere" elsewhere would. */
async function endSession(page: Page): Promise<void> {
	await page.evaluate(async () => {
		const list = (await (await fetch('/api/account/sessions')).json()) as {
			sessions: { id: string; current: boolean }[];
		};
		const mine = list.sessions.find((one) => one.current);
		await fetch(`/api/account/sessions/${mine?.id}`, { method: 'DELETE' });
	});
}

async function signOut(page: Page): Promise<void> {
	await page.getByRole('link', { name: 'Settings' }).click();
	await page.getByRole('button', { name: 'Sign out' }).click();
	const sure = page.getByRole('dialog').getByRole('button', { name: 'Sign out' });
	const door = page.getByRole('button', { name: 'Sign in', exact: true });
	await expect(sure.or(door)).toBeVisible();
	if (await sure.isVisible()) await sure.click();
	await expect(door).toBeVisible();
}

test('M7: what is queued after the session ended is sent when the same person signs in, by nobody else', async ({
	browser
}) => {
	const ann = await register(browser, app.origin);
	const bob = await register(browser, app.origin);
	await openRoom(ann.page, 'general');
	await openRoom(bob.page, 'general');
	await endSession(ann.page);
	await expect(status(ann.page)).toContainText('session has ended');
	await say(ann.page, 'sealed words');
	await expect(message(ann.page, 'sealed words')).toBeVisible();

	const other = await ann.context.newPage();
	await other.goto(`${app.origin}/sign-in`);
	await signIn(other, bob.name);
	await openRoom(other, 'general');
	await say(other, 'bob was here');
	await expect(mark(other, 'bob was here', 'On the server')).toBeVisible();
	await expect(message(other, 'sealed words')).toHaveCount(0);
	await expect(message(ann.page, 'sealed words')).toHaveCount(0);

	await signOut(other);
	await signIn(other, ann.name);
	await expect(message(bob.page, 'sealed words')).toHaveCount(1);
	await expect(message(bob.page, 'sealed words')).toHaveAttribute('aria-label', ann.name);
});

test('promise 14: signing out offline leaves nothing, in no tab, and ends the session later', async ({
	browser
}) => {
	const ann = await register(browser, app.origin);
	const { page, context } = ann;
	const other = await context.newPage();
	await other.goto(`${app.origin}/rooms`);
	await expect(roomList(other)).toBeVisible();
	await goOffline(ann);
	await signOut(page);
	await expect(other.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible();
	await expect.poll(() => accountDatabases(page)).toEqual([]);
	expect(await context.cookies()).toHaveLength(1);
	await context.setOffline(false);
	await expect.poll(async () => (await context.cookies()).length).toBe(0);
});

test('background sync: the worker sends what is queued when no page is open', async ({
	browser
}) => {
	const ann = await register(browser, app.origin);
	const bob = await register(browser, app.origin);
	await openRoom(ann.page, 'general');
	await openRoom(bob.page, 'general');
	await offlineReady(ann.page);
	const control = await ann.context.newCDPSession(ann.page);
	await app.kill();
	await say(ann.page, 'carried by the worker');
	await expect(message(ann.page, 'carried by the worker')).toBeVisible();
	const registered = new Promise<string>((resolve) => {
		control.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
			const mine = registrations.find((one) => one.scopeURL.startsWith(app.origin));
			if (mine) resolve(mine.registrationId);
		});
	});
	await control.send('ServiceWorker.enable');
	const registrationId = await registered;
	const elsewhere = await ann.context.newPage();
	const worker = await ann.context.newCDPSession(elsewhere);
	await ann.page.close();
	await app.restart();
	await worker.send('ServiceWorker.enable');
	await worker.send('ServiceWorker.dispatchSyncEvent', {
		origin: app.origin,
		registrationId,
		tag: 'roost-outbox',
		lastChance: false
	});
	await expect(message(bob.page, 'carried by the worker')).toHaveCount(1);
});
