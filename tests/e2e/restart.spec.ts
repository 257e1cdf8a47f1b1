/** The server dies as in a power cut, in the middle of what people send, and comes back. */
import { expect } from '@playwright/test';
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
import { test, useCutLine } from '../support/test.ts';

const { app, proxy } = useCutLine();

test('promises 1–4: the server is killed between a commit and its answer; nothing lost, nothing double', async ({
	browser,
	bob
}) => {
	test.setTimeout(180_000);
	const ann = await register(browser, proxy.origin);
	await openRoom(bob.page, 'general');
	await openRoom(ann.page, 'general');
	const said: string[] = [];
	const sayNext = async (): Promise<string> => {
		const text = `words ${said.length + 1}.`;
		said.push(text);
		await say(ann.page, text);
		return text;
	};

	// The server commits and bob sees it, but no answer reaches ann. What is lost first may be another
	// answer, to a draft or a read mark, and nothing follows it: then once more.
	await expect(async () => {
		await proxy.restore();
		await networkReturns(ann.page);
		await expect(mark(ann.page, await sayNext(), 'On the server')).toBeVisible();
		proxy.swallow('down');
		await expect(message(bob.page, await sayNext())).toBeVisible({ timeout: 5_000 });
	}).toPass();
	for (let n = 0; n < 9; n++) await sayNext();
	const dying = app.kill();
	for (let n = 0; n < 10; n++) await sayNext();
	await dying;
	await proxy.restore();
	await expect(status(ann.page)).toContainText('cannot be reached');
	await app.restart();
	await networkReturns(ann.page);
	for (let n = 0; n < 9; n++) await sayNext();

	const last = await sayNext();
	await expect(mark(ann.page, last, 'On the server')).toBeVisible();
	await networkReturns(bob.page);
	await expect(message(bob.page, last)).toBeVisible();
	expect(await texts(bob.page, /^words/u)).toEqual(said);
	expect(await texts(ann.page, /^words/u)).toEqual(said);
	await expect(ann.page.getByRole('img', { name: 'Waiting for network' })).toHaveCount(0);
	expect([...ann.faults, ...bob.faults]).toEqual([]);
});

test('complaint 22: a server that is away signs nobody out', async ({ ann }) => {
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
