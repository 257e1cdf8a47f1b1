/** The main job: rooms that work where the network doesn't. The network is cut below the page. */
import { expect, type BrowserContext, type Page } from '@playwright/test';
import {
	composer,
	goOffline,
	goOnline,
	makeRoom,
	mark,
	message,
	messages,
	networkReturns,
	offlineReady,
	openRoom,
	registerIn,
	roomList,
	say,
	status
} from '../support/people.ts';
import { putInFront } from '../support/next-build.ts';
import { test, useApp } from '../support/test.ts';

const app = useApp();

/** A new tab at this address, opened in whatever network there is. */
async function open(context: BrowserContext, url: string): Promise<Page> {
	const page = await context.newPage();
	await page.goto(url);
	return page;
}

test('a cold start with no network, from the worker alone, on any path', async ({ ann }) => {
	const { page, context } = ann;
	await openRoom(page, 'general');
	await say(page, 'kept on this device');
	await expect(mark(page, 'kept on', 'On the server')).toBeVisible();
	const url = page.url();
	await goOffline(ann);
	await page.close();
	const again = await open(context, url);
	await expect(message(again, 'kept on this device')).toBeVisible();
	await expect(status(again)).toContainText('Offline');
	const outbox = await open(context, `${app.origin}/outbox`);
	await expect(outbox.getByText('All sent')).toBeVisible();
});

test('twenty messages in two rooms, written offline over a restart, arrive once and in order', async ({
	ann,
	bob
}) => {
	await makeRoom(ann.page, 'Tunnel');
	await openRoom(bob.page, 'Tunnel');
	await openRoom(bob.page, 'general');
	await openRoom(ann.page, 'general');

	await goOffline(ann);
	const rooms = ['Tunnel', 'general'];
	const expected: Record<string, string[]> = { Tunnel: [], general: [] };
	for (const room of rooms) {
		await openRoom(ann.page, room);
		for (let n = 1; n <= 10; n++) {
			const text = `${room} ${n} of ten`;
			expected[room]!.push(text);
			await say(ann.page, text);
		}
		await expect(mark(ann.page, `${room} 10 of`, 'Waiting for network')).toBeVisible();
	}
	await expect(status(ann.page)).toContainText('20 waiting');
	const url = ann.page.url();
	await ann.page.close();

	const again = await open(ann.context, url);
	await expect(status(again)).toContainText('20 waiting');
	await expect(mark(again, 'general 10 of', 'Waiting for network')).toBeVisible();
	await goOnline({ page: again });
	await expect(mark(again, 'general 10 of', 'On the server')).toBeVisible();

	for (const room of rooms) {
		await openRoom(bob.page, room);
		await expect(message(bob.page, `${room} 10 of`)).toBeVisible();
		const seen = await messages(bob.page).locator('.text').allTextContents();
		expect(seen.filter((text) => text.includes('of ten'))).toEqual(expected[room]);
	}
});

test('the server killed in the middle of sending: nothing lost, nothing double', async ({
	ann,
	bob
}) => {
	await openRoom(ann.page, 'general');
	await openRoom(bob.page, 'general');
	const expected = Array.from({ length: 30 }, (_, n) => `burst ${n + 1}.`);
	const dead = app.kill();
	for (const text of expected) await say(ann.page, text);
	await dead;
	await expect(status(ann.page)).toContainText('cannot be reached');
	await app.restart();
	// It is gone where the device has just tried by itself.
	const tryNow = ann.page.getByRole('button', { name: 'Try now' });
	await tryNow.evaluateAll((all) => all.forEach((button) => (button as HTMLElement).click()));
	await expect(mark(ann.page, 'burst 30.', 'On the server')).toBeVisible();
	await networkReturns(bob.page);
	await expect(message(bob.page, 'burst 30.')).toBeVisible({ timeout: 30_000 });
	const seen = await messages(bob.page).locator('.text').allTextContents();
	expect(seen.filter((text) => text.startsWith('burst'))).toEqual(expected);
});

test('what is unsent can be changed and given up before it goes (O8)', async ({ ann }) => {
	const { page } = ann;
	await openRoom(page, 'general');
	await goOffline(ann);
	await say(page, 'first thuoght');
	await say(page, 'never mind');
	await status(page).getByRole('link', { name: '2 waiting' }).click();
	const first = page.getByRole('listitem').filter({ hasText: 'first thuoght' });
	await first.getByRole('button', { name: 'Edit' }).click();
	await page.getByRole('textbox', { name: 'Message' }).fill('first thought');
	await page.getByRole('button', { name: 'Save change' }).click();
	const second = page.getByRole('listitem').filter({ hasText: 'never mind' }).last();
	await second.getByRole('button', { name: 'Discard' }).click();
	await second.getByRole('button', { name: 'Yes, discard' }).click();
	await expect(status(page)).toContainText('1 waiting');
	await goOnline(ann);
	await openRoom(page, 'general');
	await expect(mark(page, 'first thought', 'On the server')).toBeVisible();
	await expect(message(page, 'never mind')).toHaveCount(0);
});

test('a room made and joined offline is there at once, and on the server later', async ({
	ann,
	bob
}) => {
	await goOffline(ann);
	await makeRoom(ann.page, 'Made in a lift');
	await say(ann.page, 'first words');
	await expect(mark(ann.page, 'first words', 'Waiting for network')).toBeVisible();
	await goOnline(ann);
	await expect(mark(ann.page, 'first words', 'On the server')).toBeVisible();
	await openRoom(bob.page, 'Made in a lift');
	await expect(message(bob.page, 'first words')).toBeVisible();
});

test('complaint 16: the network going and coming takes neither focus nor text', async ({ ann }) => {
	const { page } = ann;
	await openRoom(page, 'general');
	await composer(page).click();
	await page.keyboard.type('before ');
	await goOffline(ann);
	await page.keyboard.type('between ');
	await goOnline(ann);
	await page.keyboard.type('after');
	await expect(composer(page)).toBeFocused();
	await expect(composer(page)).toHaveValue('before between after');
});

test('four tabs, the leader closed in the middle of sending: each message once', async ({
	ann,
	bob
}) => {
	await openRoom(ann.page, 'general');
	await openRoom(bob.page, 'general');
	const url = ann.page.url();
	const others = await Promise.all([1, 2, 3].map(() => open(ann.context, url)));
	const last = others[2]!;
	await expect(composer(last)).toBeVisible();
	await goOffline(ann);
	for (let n = 1; n <= 12; n++) await say(last, `relay ${n}.`);
	await ann.context.setOffline(false);
	await ann.page.close();
	await expect(mark(last, 'relay 12.', 'On the server')).toBeVisible();
	await expect(message(bob.page, 'relay 12.')).toBeVisible();
	const expected = Array.from({ length: 12 }, (_, n) => `relay ${n + 1}.`);
	for (const page of [bob.page, ...others]) {
		await expect
			.poll(async () =>
				(await messages(page).locator('.text').allTextContents()).filter((text) =>
					text.startsWith('relay')
				)
			)
			.toEqual(expected);
	}
	await expect(roomList(last)).toBeVisible();
});

test('what the worker keeps of a first visit is what the server has, headers included', async ({
	ann
}) => {
	await offlineReady(ann.page);
	const kept = await ann.page.evaluate(async () => {
		const [set = ''] = (await caches.keys()).filter((name) => name.startsWith('roost-shell-'));
		const cache = await caches.open(set);
		const files = (await cache.keys()).filter(({ url }) => url.includes('/_app/immutable/'));
		const read = async (file: Request): Promise<[string, string, Record<string, string>]> => {
			const answer = (await cache.match(file))!;
			return [file.url, await answer.text(), Object.fromEntries(answer.headers)];
		};
		return Promise.all(files.map(read));
	});
	expect(kept.length).toBeGreaterThan(100);
	// They tell of how an answer travelled.
	const ofTheWay = ['connection', 'date', 'keep-alive', 'transfer-encoding', 'vary'];
	const ofTheFile = ['content-encoding', 'content-length', 'etag', 'last-modified'];
	for (const [url, text, headers] of kept) {
		const answer = await ann.context.request.get(url);
		expect(await answer.text(), url).toBe(text);
		const given = Object.entries(answer.headers());
		const lasting = given.filter(([name]) => ![...ofTheWay, ...ofTheFile].includes(name));
		expect(headers, url).toMatchObject(Object.fromEntries(lasting));
		// What came in the pack has no tag of its own: the pack was used, and nothing was asked for alone.
		if (/\.(?:js|css)$/u.test(url)) expect(headers['etag'], url).toBeUndefined();
	}
});

for (const [what, file] of [
	['the worker itself', '/service-worker.js'],
	['one of the files that it keeps', '/icons/maskable-512.png']
] as const) {
	test(`a first visit on which ${what} could not be had is made good when the network returns`, async ({
		browser
	}) => {
		// Not by the runner's own routes: those stand between the page and the worker that is looked at.
		const front = await putInFront(app.port);
		front.withhold(file);
		const { page, faults } = await registerIn(await browser.newContext(), front.origin);
		await expect.poll(() => front.refused).toBeGreaterThan(0);
		const known = () =>
			page.evaluate(async () => Boolean(await navigator.serviceWorker.getRegistration()));
		await expect.poll(known).toBe(false);
		front.withhold(null);
		await networkReturns(page);
		await goOffline({ page });
		await page.reload();
		await expect(roomList(page)).toBeVisible();
		expect(faults).toEqual([]);
		await front.stop();
	});
}
