/** On this device: what each conversation takes, how much of it is kept, and taking one along. */
import { expect, type Locator, type Page } from '@playwright/test';
import {
	flood,
	goOffline,
	makeRoom,
	message,
	openRoom,
	openRoomId,
	secondDevice
} from '../support/people.ts';
import { test, useApp } from '../support/test.ts';

useApp();

const rowOf = (page: Page, name: string): Locator =>
	page.getByRole('list', { name: 'Rooms' }).getByRole('listitem').filter({ hasText: name });

async function toDevice(page: Page): Promise<void> {
	await page.getByRole('link', { name: 'Settings' }).click();
	await page.getByRole('link', { name: 'Sizes, how much is kept' }).click();
	await expect(page.getByRole('heading', { name: 'On this device', level: 1 })).toBeVisible();
}

test('a room is taken along and read to its beginning with no network; then only the newest is kept', async ({
	browser,
	ann
}) => {
	await makeRoom(ann.page, 'Voyage');
	await flood(
		ann,
		openRoomId(ann.page),
		Array.from({ length: 1_400 }, (_, n) => `mile ${n}.`)
	);
	const page = await secondDevice(browser, ann);
	await openRoom(page, 'Voyage');
	await expect(message(page, 'mile 1399.')).toBeVisible();
	await toDevice(page);
	const row = rowOf(page, 'Voyage');
	await row.getByRole('button', { name: 'Take along' }).click();
	await expect(row).toContainText('All messages are here now');
	await expect(row).toContainText(/1,?40[01] messages/u);
	await expect(row).toContainText(/\d+(\.\d)? (kB|MB)/u);

	await goOffline({ page });
	await openRoom(page, 'Voyage');
	await page.getByRole('button', { name: 'Jump to date' }).click();
	const calendar = page.getByRole('dialog', { name: 'Jump to date' });
	const day = calendar.locator('button:focus');
	await expect(day).toHaveAttribute('aria-disabled', 'false');
	await page.keyboard.press('Enter');
	await expect(message(page, 'mile 0.')).toBeInViewport();

	await toDevice(page);
	await row.getByLabel('Keep').selectOption({ label: 'The newest only' });
	await expect(row).toContainText('50 messages');
	await page.reload();
	await expect(row.getByLabel('Keep')).toHaveValue('newest');
});

test('what cannot be fetched is said, and goes on the next time', async ({ browser, ann }) => {
	await makeRoom(ann.page, 'Far');
	await flood(
		ann,
		openRoomId(ann.page),
		Array.from({ length: 1_200 }, (_, n) => `step ${n}.`)
	);
	const page = await secondDevice(browser, ann);
	await openRoom(page, 'Far');
	await expect(message(page, 'step 1199.')).toBeVisible();
	await goOffline({ page });
	await toDevice(page);
	const row = rowOf(page, 'Far');
	await row.getByRole('button', { name: 'Take along' }).click();
	await expect(row.getByRole('progressbar')).toBeVisible();
	await row.getByRole('button', { name: 'Cancel' }).click();
	await expect(row.getByRole('progressbar')).toBeHidden();
	await expect(row.getByRole('button', { name: 'Take along' })).toBeVisible();
});
