/** The search index on the device: made by a worker of one tab, in the background, whatever the network does. */
import { expect, type Page } from '@playwright/test';
import { choose, goOffline, mark, message, openRoom, say } from '../support/people.ts';
import { test, useApp } from '../support/test.ts';

useApp();

/** All texts that the index has, as one; read past the app. */
function indexed(page: Page): Promise<string> {
	return page.evaluate(async () => {
		const databases = await indexedDB.databases();
		const name = databases.find((one) => /^roost-[0-9a-f]{8}-/u.test(one.name ?? ''))?.name;
		const opening = indexedDB.open(name!);
		const db = await new Promise<IDBDatabase>((resolve, reject) => {
			opening.onsuccess = () => resolve(opening.result);
			opening.onerror = () => reject(new Error(name));
		});
		const reading = db.transaction('searchBytes').objectStore('searchBytes').getAll();
		await new Promise((resolve) => (reading.onsuccess = resolve));
		db.close();
		const kept = reading.result as { bytes: Uint8Array<ArrayBuffer> }[];
		const texts = kept.map(({ bytes }) =>
			new Response(
				new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'))
			).text()
		);
		return (await Promise.all(texts)).join('\n');
	});
}

/** Until it is built: it begins when the first screen is long there, and waits until nothing changes. */
const SOON = { timeout: 30_000 };

test('what is said is indexed by one tab, and what is taken back is in no index any more', async ({
	ann
}) => {
	const { page, context } = ann;
	await openRoom(page, 'general');
	await say(page, 'the heron returns at dawn');
	await say(page, '数据库连接失败');
	await expect(mark(page, '数据库连接失败', 'On the server')).toBeVisible();
	const second = await context.newPage();
	await second.goto(page.url());
	await expect(message(second, 'the heron returns')).toBeVisible();
	await expect.poll(() => indexed(page), SOON).toContain('the heron returns at dawn');
	await expect.poll(() => indexed(page), SOON).toContain('数据库连接失败');
	expect([page.workers().length, second.workers().length]).toEqual([1, 0]);

	await choose(page, 'the heron returns', 'Recall');
	await expect(message(second, 'the heron returns')).toHaveCount(0);
	await expect.poll(() => indexed(page), SOON).not.toContain('heron');
	await expect.poll(() => indexed(page), SOON).toContain('数据库连接失败');
	expect(await indexed(page)).not.toContain('heron');
});

test('the worker starts with no network, too', async ({ ann }) => {
	const { page, context } = ann;
	await openRoom(page, 'general');
	await say(page, 'kept for the tunnel');
	await expect(mark(page, 'kept for the tunnel', 'On the server')).toBeVisible();
	await goOffline(ann);
	const url = page.url();
	await page.close();
	const again = await context.newPage();
	const started = again.waitForEvent('worker', SOON);
	await again.goto(url);
	await started;
	await expect.poll(() => indexed(again), SOON).toContain('kept for the tunnel');
});

test('where no worker can be started, the page makes the index in small steps', async ({ ann }) => {
	const { page, context } = ann;
	await openRoom(page, 'general');
	await say(page, 'no worker needed');
	await expect(mark(page, 'no worker needed', 'On the server')).toBeVisible();
	const url = page.url();
	await page.close();
	await context.addInitScript(() => {
		Object.defineProperty(window, 'Worker', { value: undefined });
	});
	const again = await context.newPage();
	await again.goto(url);
	await expect.poll(() => indexed(again), SOON).toContain('no worker needed');
	expect(again.workers()).toHaveLength(0);
});
