/** The door: accounts, languages, and that it is reachable for everybody. */
import AxeBuilder from '@axe-core/playwright';
import { expect } from '@playwright/test';
import { PASSWORD, register, roomList, watchFaults } from '../support/people.ts';
import { test, useApp } from '../support/test.ts';

const app = useApp();

test('register, sign out, sign in again', async ({ browser }) => {
	const { page, name, faults } = await register(browser, app.origin);
	await page.getByRole('link', { name: 'Settings' }).click();
	await page.getByRole('button', { name: 'Sign out' }).click();
	await expect(page.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible();
	await page.getByLabel('User name').fill(name);
	await page.getByLabel('Password').fill(PASSWORD);
	await expect(page.getByRole('checkbox', { name: 'Remember me' })).toBeChecked();
	await page.getByRole('button', { name: 'Sign in', exact: true }).click();
	await expect(roomList(page)).toBeVisible();
	expect(faults).toEqual([]);
});

test('a forgotten password: a link from whoever runs the server sets another one', async ({
	browser,
	page
}) => {
	const { page: before, name, faults } = await register(browser, app.origin);
	watchFaults(page, faults);
	const link = app.admin('password-link', name).split('\n')[0]!;
	await page.goto(link);
	await page.getByLabel('New password').fill('short');
	await page.getByRole('button', { name: 'Set password' }).click();
	await expect(page.getByLabel('New password')).toHaveAttribute('aria-invalid', 'true');
	await page.getByLabel('New password').fill('quite another battery');
	await page.getByRole('button', { name: 'Set password' }).click();
	await expect(roomList(page)).toBeVisible();
	await expect(page).toHaveURL(/\/rooms$/u);
	// Everywhere else the session has ended.
	await expect(before.getByRole('link', { name: 'Go to sign-in' })).toBeVisible();
	await before.goto(link);
	await before.getByLabel('New password').fill('a third battery');
	await before.getByRole('button', { name: 'Set password' }).click();
	await expect(before.getByRole('alert')).toContainText('used already');
	expect(faults).toEqual([]);
});

test('an unknown name and a wrong password are answered alike', async ({ browser, page }) => {
	const { name } = await register(browser, app.origin);
	const answers: string[] = [];
	for (const who of [name, 'nobody_at_all']) {
		await page.goto(`${app.origin}/sign-in`);
		await page.getByLabel('User name').fill(who);
		await page.getByLabel('Password').fill('not the password');
		await page.getByRole('button', { name: 'Sign in', exact: true }).click();
		answers.push((await page.getByRole('alert').textContent()) ?? '');
	}
	expect(answers[0]).toContain('not right');
	expect(answers[1]).toBe(answers[0]);
});

test('a refusal stands at its field, and what was typed stays', async ({ page }) => {
	await page.goto(`${app.origin}/register`);
	await page.getByLabel('User name').fill('a b');
	await page.getByLabel('E-mail').fill('a@example.org');
	await page.getByLabel('Password').fill(PASSWORD);
	await page.getByRole('button', { name: 'Create account', exact: true }).click();
	await expect(page.getByLabel('User name')).toHaveAttribute('aria-invalid', 'true');
	await expect(page.getByLabel('E-mail')).toHaveValue('a@example.org');
});

test('the language is the browser’s and can be switched without losing what was typed', async ({
	browser
}) => {
	const context = await browser.newContext({ locale: 'zh-CN' });
	const page = await context.newPage();
	await page.goto(app.origin);
	await page.getByLabel('用户名').fill('小林');
	await page.getByRole('button', { name: 'English' }).click();
	await expect(page.getByLabel('User name')).toHaveValue('小林');
	await page.reload();
	await expect(page.getByLabel('User name')).toBeVisible();
	await expect(page.locator('html')).toHaveAttribute('lang', 'en');
});

for (const [old, now] of [
	['/login', '/sign-in'],
	['/chat', '/rooms'],
	['/profile', '/settings']
] as const) {
	test(`the old address ${old} leads to ${now}`, async ({ browser }) => {
		if (old === '/login') {
			const page = await browser.newPage();
			await page.goto(app.origin + old);
			await expect(page).toHaveURL(app.origin + now);
			return;
		}
		const { page } = await register(browser, app.origin);
		await page.goto(app.origin + old);
		await expect(page).toHaveURL(app.origin + now);
	});
}

for (const colorScheme of ['light', 'dark'] as const) {
	test(`nothing for axe to complain about, ${colorScheme}`, async ({ browser }) => {
		const { page } = await register(browser, app.origin, { colorScheme, reducedMotion: 'reduce' });
		const check = async (path: string): Promise<void> => {
			await page.goto(app.origin + path);
			await expect(page.getByRole('heading').first()).toBeVisible();
			const { violations } = await new AxeBuilder({ page }).analyze();
			expect(violations.map(({ id, nodes }) => [path, id, nodes[0]?.html])).toEqual([]);
		};
		for (const path of [
			'/settings',
			'/settings/sync',
			'/settings/data',
			'/browse',
			'/outbox',
			'/rooms/new'
		])
			await check(path);
		const out = await (await browser.newContext({ colorScheme })).newPage();
		for (const path of ['/sign-in', '/register']) {
			await out.goto(app.origin + path);
			await expect(out.getByRole('heading').first()).toBeVisible();
			const { violations } = await new AxeBuilder({ page: out }).analyze();
			expect(violations.map(({ id, nodes }) => [path, id, nodes[0]?.html])).toEqual([]);
		}
	});
}

test('the first view is 130 kB or less over the wire', async ({ browser }) => {
	// No service worker: it would fetch the rest of the app behind the first view.
	const context = await browser.newContext({ serviceWorkers: 'block' });
	const page = await context.newPage();
	const faults: string[] = [];
	watchFaults(page, faults);
	const session = await context.newCDPSession(page);
	await session.send('Network.enable');
	let bytes = 0;
	session.on('Network.loadingFinished', (event) => (bytes += event.encodedDataLength));
	await page.goto(app.origin, { waitUntil: 'networkidle' });
	await expect(page.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible();
	expect(bytes).toBeGreaterThan(10_000);
	expect(bytes).toBeLessThanOrEqual(130_000);
	expect(faults).toEqual([]);
});
