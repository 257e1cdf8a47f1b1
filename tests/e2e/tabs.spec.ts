/** Four tabs of one person are one device: one of them leads, and any of them may go at any moment. */
import { expect, type BrowserContext, type Page } from '@playwright/test';
import {
	composer,
	mark,
	message,
	networkReturns,
	openRoom,
	register,
	say,
	texts
} from '../support/people.ts';
import { test, useCutLine } from '../support/test.ts';

const { proxy } = useCutLine();

/** Which tab leads is seen by its socket: only the leader has one. */
async function openTabs(context: BrowserContext, url: string, count: number): Promise<Page[]> {
	const tabs: Page[] = [];
	for (let n = 0; n < count; n++) {
		const tab = await context.newPage();
		await tab.goto(url);
		await expect(composer(tab)).toBeVisible();
		tabs.push(tab);
	}
	return tabs;
}

test('promises 1–4: the leading tab is closed in the middle of sending; nothing lost, nothing double (TAB-1)', async ({
	browser,
	bob
}) => {
	test.setTimeout(180_000);
	const ann = await register(browser, proxy.origin);
	await openRoom(bob.page, 'general');
	await openRoom(ann.page, 'general');
	const tabs = await openTabs(ann.context, ann.page.url(), 3);
	const said: string[] = [];
	const sayNext = async (): Promise<string> => {
		const text = `flush ${said.length + 1}.`;
		await say(tabs[said.length % tabs.length]!, text);
		said.push(text);
		// Said once the device has it: of two tabs that keep something at the same time either may be the first.
		await expect(message(tabs[said.length % tabs.length]!, text)).toBeVisible();
		return text;
	};

	// What is sent arrives; what is answered does not: the leader closes with its acts in flight. What is
	// lost first may be the answer to a draft or a read mark, and nothing follows it: then once more.
	await expect(async () => {
		await proxy.restore();
		await networkReturns(ann.page);
		await expect(mark(ann.page, await sayNext(), 'On the server')).toBeVisible();
		proxy.swallow('down');
		await expect(message(bob.page, await sayNext())).toBeVisible({ timeout: 5_000 });
	}).toPass();
	for (let n = 0; n < 10; n++) await sayNext();
	await expect.poll(() => texts(tabs[0]!, /^flush/u)).toEqual(said);
	await proxy.restore();
	const handedOver = Promise.race(tabs.map((tab) => tab.waitForEvent('websocket')));
	const closing = ann.page.close();
	const closedAt = performance.now();
	await handedOver;
	const took = performance.now() - closedAt;
	await closing;
	for (let n = 0; n < 11; n++) await sayNext();

	await expect(message(bob.page, await sayNext())).toBeVisible();
	expect(await texts(bob.page, /^flush/u)).toEqual(said);
	for (const tab of tabs) await expect.poll(() => texts(tab, /^flush/u)).toEqual(said);
	for (const tab of tabs) {
		await expect(tab.getByRole('img', { name: 'Waiting for network' })).toHaveCount(0);
	}
	test.info().annotations.push({ type: 'hand-over', description: `${Math.round(took)} ms` });
	process.stdout.write(
		`  from the leader's close to the next one's socket: ${Math.round(took)} ms\n`
	);
	expect(took).toBeLessThan(2_000);
	expect([...ann.faults, ...bob.faults]).toEqual([]);
});

test('what one tab does is in the others at once, also with no network', async ({ browser }) => {
	const ann = await register(browser, proxy.origin);
	await openRoom(ann.page, 'general');
	const [other] = await openTabs(ann.context, ann.page.url(), 1);
	await proxy.refuse();
	await say(other!, 'from the second tab');
	await expect(message(ann.page, 'from the second tab')).toBeVisible();
	await say(ann.page, 'from the first tab');
	for (const tab of [ann.page, other!]) {
		await expect
			.poll(() => texts(tab, /^from the/u))
			.toEqual(['from the second tab', 'from the first tab']);
	}
});
