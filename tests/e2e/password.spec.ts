/** A password that was forgotten: a link by mail, from the sign-in page back into the app. */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { startMailServer, type MailServer } from '../support/mail-server.ts';
import { register, roomList } from '../support/people.ts';
import { test, useApp } from '../support/test.ts';

const NEXT = 'quite another battery';

let mail: MailServer;
const env = { SMTP_URL: '', MAIL_FROM: 'chat@example.org' };
test.beforeAll(async () => {
	mail = await startMailServer();
	env.SMTP_URL = mail.url;
});
test.afterAll(() => mail.stop());
const app = useApp({ env });

async function expectClean(page: Page): Promise<void> {
	const { violations } = await new AxeBuilder({ page }).analyze();
	expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
}

test('forgotten: asked for at the door, opened from the letter, and signed in with another one', async ({
	browser
}) => {
	const { context: old, name } = await register(browser, app.origin);
	await old.close();
	const context = await browser.newContext();
	const page = await context.newPage();
	await page.goto(`${app.origin}/sign-in`);
	await page.getByRole('button', { name: 'Forgotten your password?' }).click();
	await page.getByRole('button', { name: 'Send me a link' }).click();
	await expect(page.getByText('This is needed.')).toBeVisible();
	await page.getByLabel('User name').fill(name);
	await expectClean(page);
	await page.getByRole('button', { name: 'Send me a link' }).click();
	await expect(page.getByRole('alert')).toContainText('a link is on its way');
	await expect.poll(() => mail.letters.length).toBe(1);
	const [link] = /https?:\/\/\S+\/password#[\w-]{43}/u.exec(mail.letters[0]!.text)!;

	await page.goto(link);
	await page.getByLabel('New password').fill(NEXT);
	await page.getByRole('button', { name: 'Set password' }).click();
	await expect(roomList(page)).toBeVisible();
	await context.close();

	const elsewhere = await (await browser.newContext()).newPage();
	await elsewhere.goto(link);
	await elsewhere.getByLabel('New password').fill(NEXT);
	await elsewhere.getByRole('button', { name: 'Set password' }).click();
	await expect(elsewhere.getByRole('alert')).toContainText('Ask for a new one');
	await elsewhere.getByRole('button', { name: 'Ask for a new link' }).click();
	await expect(elsewhere.getByRole('button', { name: 'Send me a link' })).toBeVisible();
});
