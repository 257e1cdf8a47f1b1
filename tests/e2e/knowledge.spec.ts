/** The page that explains what a device knows: why a count and a message are as they are, and what is wrong. */
import { expect, type Page } from '@playwright/test';
import {
	choose,
	goOffline,
	goOnline,
	makeRoom,
	mark,
	message,
	messages,
	openRoom,
	roomRow,
	say,
	status
} from '../support/people.ts';
import { injectFaults, type StoredFault } from '../support/stored.ts';
import { test, useApp } from '../support/test.ts';

useApp();

const SAID = ['the first', 'the second', 'the third', 'the fourth', 'the fifth', 'the sixth'];

/** Goes to the settings by its link, as the app runs. */
async function openSettings(page: Page): Promise<void> {
	await page.getByRole('link', { name: 'Settings' }).first().click();
	await expect(page.getByRole('heading', { name: 'Settings', exact: true })).toBeVisible();
}
async function openKnowledge(page: Page): Promise<void> {
	await page.getByRole('link', { name: /What this device knows/u }).click();
	await expect(page.getByRole('heading', { name: 'What this device knows' })).toBeVisible();
	await expect(panel(page, 'Faults')).toBeVisible();
}

const panel = (page: Page, room: string) => page.getByRole('group').filter({ hasText: room });
const result = (page: Page) => page.locator('#check');

/** Makes faults while the page is not there, opens it, and has it compare. */
async function findFaults(page: Page, faults: StoredFault[]): Promise<void> {
	// Where nothing is read or written any more: what the engine writes would take a fault away.
	await openSettings(page);
	await injectFaults(page, faults);
	await openKnowledge(page);
}
async function check(page: Page): Promise<void> {
	await result(page).getByRole('button', { name: 'Compare with the server' }).click();
	await expect(result(page)).toContainText(/Nothing differs|Found:/u);
}

test('R12: faults of what is kept are named, and mended by the self-check', async ({ ann }) => {
	test.setTimeout(120_000);
	const { page } = ann;
	await makeRoom(page, 'Faults');
	for (const text of SAID) {
		await say(page, text);
		await expect(mark(page, text, 'On the server')).toBeVisible();
	}
	await openSettings(page);
	await openKnowledge(page);
	await check(page);
	await expect(result(page)).toContainText('Nothing differs.');

	await test.step('a dropped row', async () => {
		await findFaults(page, [{ drop: 'message', body: 'the third' }]);
		await check(page);
		await expect(result(page)).toContainText(/Messages missing between \d+ and \d+: 1\./u);
		await expect(result(page)).toContainText('Mended.');
	});
	await test.step('a lost range', async () => {
		await findFaults(page, [{ room: 'Faults', path: 'ranges', value: [] }]);
		await expect(panel(page, 'Faults')).toContainText(/Kept without any stretch .*: \d+/u);
		await check(page);
		await expect(result(page)).toContainText('were kept, but this device did not know it');
		await expect(result(page)).toContainText('Mended.');
		await expect(panel(page, 'Faults')).not.toContainText('Kept without any stretch');
	});
	await test.step('a cursor beyond the head', async () => {
		await findFaults(page, [{ room: 'Faults', path: 'cursor.s', add: 50 }]);
		await check(page);
		await expect(result(page)).toContainText(
			'It claimed 50 changes that the server does not have.'
		);
		await expect(result(page)).toContainText('Mended.');
	});
	await test.step('a cursor that is stuck', async () => {
		await findFaults(page, [
			{ room: 'Faults', path: 'cursor.s', add: -2 },
			{ room: 'Faults', path: 'ranges.0.to', add: -2 }
		]);
		await check(page);
		await expect(result(page)).toContainText('The server has 2 more changes');
		await expect(result(page)).toContainText('Mended.');
	});
	await test.step('a wrong count', async () => {
		await findFaults(page, [{ room: 'Faults', path: 'unread', value: 7 }]);
		await expect(panel(page, 'Faults')).toContainText('Unread: 7 since message');
		await expect(panel(page, 'Faults')).toContainText('But counting what is kept comes to 0.');
		await check(page);
		await expect(result(page)).toContainText('It said 7 unread; counting comes to 0.');
		await expect(panel(page, 'Faults')).toContainText('Nothing is unread.');
	});

	await check(page);
	await expect(result(page)).toContainText('Nothing differs.');
	await openRoom(page, 'Faults');
	for (const text of SAID) await expect(message(page, text)).toHaveCount(1);
	await expect(messages(page).getByRole('article')).toHaveCount(SAID.length);
});

test('why a count is so, and why a message waits, is a press away', async ({ ann, bob }) => {
	const { page } = ann;
	await makeRoom(page, 'Reasons');
	await openRoom(bob.page, 'Reasons');
	await openRoom(page, 'general');
	await say(bob.page, 'one for everybody');
	await say(bob.page, `@${ann.name} has one, too`);
	await expect(roomRow(page, 'Reasons')).toContainText('2');
	await roomRow(page, 'Reasons').click({ button: 'right' });
	await page.getByRole('menuitem', { name: 'Why this number?' }).click();
	await expect(panel(page, 'Reasons')).toHaveAttribute('open', '');
	await expect(panel(page, 'Reasons')).toContainText(
		/Unread: 2 since message \d+\. Of these mention you: 1\./u
	);

	await openRoom(page, 'general');
	await goOffline(ann);
	await expect(status(page)).toContainText('Offline');
	await say(page, 'waits for the train');
	await say(page, 'waits behind it');
	await choose(page, 'waits behind it', 'Why is it waiting?');
	const waiting = page.locator('#waiting');
	await expect(waiting.getByRole('listitem')).toHaveCount(2);
	await expect(waiting).toContainText('There is no way to the server now: Offline.');

	await page.getByRole('button', { name: 'Show the report' }).click();
	const report = page.getByRole('region', { name: 'Report' });
	await expect(report).toContainText('There is no way to the server now');
	for (const secret of ['waits for the train', 'Reasons', 'general', ann.name])
		await expect(report).not.toContainText(secret);
	await page.getByRole('button', { name: 'Compare with the server' }).click();
	await expect(page.getByRole('alert')).toContainText('nothing could be compared');
	await goOnline(ann);
	await expect(waiting).toContainText('Nothing waits');
});
