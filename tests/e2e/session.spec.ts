/** Who is signed in, and what becomes of what they left unsent (promises 13 and 14, complaint 22). */
import { expect, type Page } from '@playwright/test';
import {
	accountDatabases,
	composer,
	goOffline,
	makeRoom,
	mark,
	message,
	networkReturns,
	offlineReady,
	openRoom,
	openRoomId,
	roomList,
	say,
	signIn,
	status
} from '../support/people.ts';
import { test, useApp } from '../support/test.ts';

const app = useApp();

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

test('TAB-7: what is queued after the session ended is sent when the same person signs in, by nobody else', async ({
	ann,
	bob
}) => {
	await openRoom(ann.page, 'general');
	await openRoom(bob.page, 'general');
	await endSession(ann.page);
	await expect(status(ann.page)).toContainText('session has ended');
	await say(ann.page, 'sealed words');
	await expect(mark(ann.page, 'sealed words', 'Waiting for network')).toBeVisible();

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
	ann
}) => {
	const { page, context } = ann;
	const other = await context.newPage();
	await other.goto(`${app.origin}/rooms`);
	await expect(roomList(other)).toBeVisible();
	await goOffline(ann);
	await signOut(page);
	await expect(other.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible();
	await expect.poll(() => accountDatabases(page)).toEqual([]);
	// The server's own cookies are the server's to take: as soon as it can be told.
	expect((await context.cookies()).map(({ name }) => name).sort()).toEqual([
		'roost',
		'roost-device'
	]);
	await context.setOffline(false);
	await expect.poll(async () => (await context.cookies()).length).toBe(0);
});

test('background sync: the worker sends what is queued when no page is open', async ({
	ann,
	bob
}) => {
	await openRoom(ann.page, 'general');
	await openRoom(bob.page, 'general');
	await offlineReady(ann.page);
	const control = await ann.context.newCDPSession(ann.page);
	await app.kill();
	await say(ann.page, 'carried by the worker');
	// On screen it is before the device has it.
	await expect(mark(ann.page, 'carried by the worker', 'Waiting for network')).toBeVisible();
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
	await networkReturns(bob.page);
	await expect(message(bob.page, 'carried by the worker')).toHaveCount(1);
});

/** Everything that an origin may keep in a browser, as one text; what is of the device only is left out. */
function allKept(page: Page): Promise<string> {
	return page.evaluate(async () => {
		const kept: string[] = [];
		for (const storage of [localStorage, sessionStorage]) {
			for (const [key, value] of Object.entries(storage)) kept.push(`${key} = ${String(value)}`);
		}
		for (const { name } of await indexedDB.databases()) {
			const opened = indexedDB.open(name!);
			const db = await new Promise<IDBDatabase>((resolve, reject) => {
				opened.onsuccess = () => resolve(opened.result);
				opened.onerror = () => reject(new Error(name));
			});
			for (const store of db.objectStoreNames) {
				const all = db.transaction(store).objectStore(store).getAll();
				await new Promise((resolve) => (all.onsuccess = resolve));
				kept.push(`${name}/${store} = ${JSON.stringify(all.result)}`);
			}
			db.close();
		}
		for (const name of await caches.keys()) {
			for (const { url } of await (await caches.open(name)).keys()) {
				if (/\/(api|files|avatars|uploads)\//u.test(url)) kept.push(`${name}: ${url}`);
			}
		}
		const registration = await navigator.serviceWorker.ready;
		for (const shown of await registration.getNotifications()) kept.push(shown.title);
		return kept.join('\n');
	});
}

test('promise 14: after signing out nothing that was said, seen or chosen is left in any storage', async ({
	ann,
	bob
}) => {
	const { page, context } = ann;
	await makeRoom(page, 'Vault of words');
	const room = openRoomId(page);
	await say(page, 'unforgettable words');
	await expect(mark(page, 'unforgettable words', 'On the server')).toBeVisible();
	await page.getByRole('button', { name: 'Emoji', exact: true }).click();
	await page.getByRole('searchbox').fill('parrot');
	await page.keyboard.press('Enter');
	await expect(composer(page)).toHaveValue(/.+/u);
	await composer(page).pressSequentially('half a secret');
	await page.goto(`${app.origin}/friends`);
	const me = await page.evaluate(() =>
		Object.keys(localStorage)
			.map((key) => /^roost:account:([^:]+):/u.exec(key)?.[1])
			.find(Boolean)
	);
	expect(me).toBeTruthy();
	const before = await allKept(page);
	for (const word of ['unforgettable words', 'half a secret', 'Vault of words', room, me!, '🦜']) {
		expect(before, word).toContain(word);
	}
	await signOut(page);
	await expect.poll(() => accountDatabases(page)).toEqual([]);
	// That it is to be wiped is noted until all of it is.
	await expect.poll(() => allKept(page)).not.toContain(me!);
	const left = await allKept(page);
	for (const word of ['words', 'secret', 'Vault', room, me!, '🦜', ann.name, bob.name]) {
		expect(left, word).not.toContain(word);
	}
	// The server's answer takes them away; what is kept here does not wait for it.
	await expect.poll(() => context.cookies()).toEqual([]);
});
