/** The account: profile, picture, sessions, password, the end of it, and what is kept on a device. */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Locator, type Page } from '@playwright/test';
import {
	accountDatabases,
	flood,
	makeRoom,
	mark,
	messages,
	goOffline,
	goOnline,
	keptByWorker,
	openRoom,
	openRoomId,
	PASSWORD,
	register,
	roomList,
	say,
	secondDevice,
	message,
	signIn,
	status
} from '../support/people.ts';
import { test, useApp } from '../support/test.ts';

const app = useApp();

// The first account is the administrator's, and the last administrator could not end it.
test.beforeAll(async ({ browser }) => {
	const { context } = await register(browser, app.origin);
	await context.close();
});

async function toSettings(page: Page): Promise<void> {
	await page.getByRole('link', { name: 'Settings' }).click();
	await expect(page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible();
}
async function toAccount(page: Page): Promise<void> {
	await toSettings(page);
	await page.getByRole('link', { name: /^Account and sessions/u }).click();
	await expect(panel(page, 'Where you are signed in').getByRole('listitem').first()).toBeVisible();
}
async function expectClean(page: Page): Promise<void> {
	const { violations } = await new AxeBuilder({ page }).analyze();
	expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
}
function panel(page: Page, title: string): Locator {
	return page
		.locator('section')
		.filter({ has: page.getByRole('heading', { name: title, level: 2, exact: true }) });
}

test('names and a line about oneself: seen by others at once, sessions stay, a taken name is told', async ({
	browser,
	ann,
	bob
}) => {
	const annsPhone = await secondDevice(browser, ann);
	await openRoom(ann.page, 'general');
	await say(ann.page, 'who am I');
	await openRoom(bob.page, 'general');
	await expect(message(bob.page, 'who am I')).toHaveAttribute('aria-label', ann.name);

	const renamed = `${ann.name}_x`;
	await toSettings(ann.page);
	await ann.page.getByLabel('Display name').fill('Ann-Sophie 安');
	await ann.page.getByLabel('User name').fill(renamed);
	await ann.page.getByLabel('About you').fill('Boats.');
	await ann.page.getByRole('button', { name: 'Save' }).click();
	await expect(message(bob.page, 'who am I')).toHaveAttribute('aria-label', 'Ann-Sophie 安');
	await toSettings(annsPhone);
	await expect(annsPhone.getByText(`@${renamed}`)).toBeVisible();
	await annsPhone.reload();
	await expect(annsPhone.getByText(`@${renamed}`)).toBeVisible();
	await expect(status(annsPhone)).toContainText('Connected');

	await ann.page.getByLabel('User name').fill('x');
	await expect(ann.page.getByText('A user name has 2 to 20')).toBeVisible();
	await ann.page.getByLabel('User name').fill(bob.name.toUpperCase());
	await ann.page.getByRole('button', { name: 'Save' }).click();
	const refused = panel(ann.page, 'Profile').getByRole('alert');
	await expect(refused).toContainText('is taken');
	await expect(ann.page.getByText(`@${renamed}`)).toBeVisible();
	await refused.getByRole('button', { name: 'Discard' }).click();
	await expect(refused).toBeHidden();
});

test('a picture chosen offline is there at once, later for all, and for them offline too', async ({
	ann,
	bob
}) => {
	await openRoom(bob.page, 'general');
	await openRoom(ann.page, 'general');
	await say(ann.page, 'look at me');
	await goOffline(ann);
	await toSettings(ann.page);
	await ann.page.locator('input[type=file]').setInputFiles('static/icons/icon-512.png');
	const editor = ann.page.getByRole('dialog', { name: 'Choose the part to show' });
	await editor.getByRole('application').press('+');
	await editor.getByRole('application').press('ArrowLeft');
	await expect(editor.getByLabel('Zoom')).not.toHaveValue('0');
	await editor.getByRole('button', { name: 'Use this' }).click();
	const own = panel(ann.page, 'Profile').locator('img');
	await expect(own).toHaveAttribute('src', /^data:image\/webp;base64,/u);
	await goOnline(ann);
	await expect(own).toHaveAttribute('src', /^\/uploads\/avatars\//u, { timeout: 30_000 });

	const seen = message(bob.page, 'look at me').locator('img').first();
	await expect(seen).toHaveJSProperty('naturalWidth', 256);
	await keptByWorker(bob.page, await seen.getAttribute('src'));
	await goOffline(bob);
	await bob.page.reload();
	await expect(message(bob.page, 'look at me').locator('img').first()).toHaveJSProperty(
		'naturalWidth',
		256
	);
	await panel(ann.page, 'Profile').getByRole('button', { name: 'Remove picture' }).click();
	await expect(own).toHaveCount(0);
});

test('nothing for axe to complain about in settings, account and the editor of pictures', async ({
	browser
}) => {
	const { page } = await register(browser, app.origin, { reducedMotion: 'reduce' });
	await toSettings(page);
	await expectClean(page);
	await page.locator('input[type=file]').setInputFiles('static/icons/icon-512.png');
	await expect(page.getByRole('dialog')).toBeVisible();
	await expectClean(page);
	await page.keyboard.press('Escape');
	await toAccount(page);
	await expectClean(page);
});

test('a file that is no picture is refused in words', async ({ browser }) => {
	const { page, faults } = await register(browser, app.origin);
	await toSettings(page);
	await page
		.locator('input[type=file]')
		.setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('no picture') });
	await expect(page.getByText('This picture cannot be used.')).toBeVisible();
	expect(faults).toEqual([]);
});

test('another password ends the other sessions and opens from then on', async ({
	browser,
	ann
}) => {
	const annsPhone = await secondDevice(browser, ann);
	await toAccount(ann.page);
	const sessions = panel(ann.page, 'Where you are signed in').getByRole('listitem');
	await expect(sessions).toHaveCount(2);
	await expect(sessions.first()).toContainText('this device');
	await expect(sessions.last()).toContainText(/Chrome on \w+/u);

	const form = panel(ann.page, 'Change password');
	await form.getByRole('button', { name: 'Change password' }).click();
	await expect(form.getByText('This is needed.')).toHaveCount(2);
	await form.getByLabel('Present password').fill('not this one');
	await form.getByLabel('New password').fill('gulls over slate 9');
	await form.getByRole('button', { name: 'Change password' }).click();
	await expect(form.getByText('The present password is not right.')).toBeVisible();
	await form.getByLabel('Present password').fill(PASSWORD);
	await form.getByRole('button', { name: 'Change password' }).click();
	await expect(ann.page.getByText('Password changed')).toBeVisible();
	await expect(sessions).toHaveCount(1);
	await expect(status(annsPhone)).toContainText('session has ended', { timeout: 15_000 });
	await expect(status(ann.page)).toContainText('Connected');

	const later = await (await browser.newContext()).newPage();
	await later.goto(`${app.origin}/sign-in`);
	await later.getByLabel('User name').fill(ann.name);
	await later.getByLabel('Password').fill(PASSWORD);
	await later.getByRole('button', { name: 'Sign in', exact: true }).click();
	await expect(later.getByRole('alert')).toContainText('not right');
	await later.getByLabel('Password').fill('gulls over slate 9');
	await later.getByRole('button', { name: 'Sign in', exact: true }).click();
	await expect(roomList(later)).toBeVisible();
});

test('promise 13: a session ended from the list is over there within 5 s', async ({
	browser,
	ann
}) => {
	const annsPhone = await secondDevice(browser, ann);
	await toAccount(ann.page);
	const sessions = panel(ann.page, 'Where you are signed in').getByRole('listitem');
	await sessions.last().getByRole('button', { name: 'End' }).click();
	await expect(status(annsPhone)).toContainText('session has ended', { timeout: 5_000 });
	await expect(sessions).toHaveCount(1);

	// The account of an ended session is wiped from the door.
	await annsPhone.getByRole('link', { name: 'Go to sign-in' }).click();
	await annsPhone.getByRole('button', { name: 'Remove this account from this device' }).click();
	await annsPhone.getByRole('button', { name: 'Yes, wipe it' }).click();
	await expect(annsPhone.getByRole('heading', { name: 'Welcome back' })).toBeVisible();
	await expect.poll(() => accountDatabases(annsPhone)).toEqual([]);
});

test('what another account left here is told and can be wiped', async ({ ann, bob }) => {
	await openRoom(ann.page, 'general');
	await ann.page.evaluate(async () => {
		const asked = await fetch('/api/account/sessions');
		const { sessions } = (await asked.json()) as { sessions: { id: string; current: boolean }[] };
		const mine = sessions.find((one) => one.current);
		await fetch(`/api/account/sessions/${mine?.id}`, { method: 'DELETE' });
	});
	await expect(status(ann.page)).toContainText('session has ended');
	await say(ann.page, 'sealed words');
	await expect(mark(ann.page, 'sealed words', 'Waiting for network')).toBeVisible();
	await ann.page.getByRole('link', { name: 'Go to sign-in' }).click();
	await signIn(ann.page, bob.name);
	await toSettings(ann.page);
	const others = panel(ann.page, 'Other accounts on this device');
	await expect(others).toContainText(ann.name);
	await expect(others).toContainText('Never sent: 1');
	await others.getByRole('button', { name: 'Wipe' }).click();
	await others.getByRole('button', { name: 'Yes, wipe it' }).click();
	await expect(others).toBeHidden();
	// The two of whoever is signed in.
	await expect.poll(() => accountDatabases(ann.page)).toHaveLength(2);
});

test('a room’s old messages go from this device and come back when they are read', async ({
	ann
}) => {
	await makeRoom(ann.page, 'Ledger');
	await flood(
		ann,
		openRoomId(ann.page),
		Array.from({ length: 120 }, (_, n) => `entry ${n}.`)
	);
	await expect(message(ann.page, 'entry 119.')).toBeVisible();
	// However much of it came as it was said: what was read up to its beginning is all on the device.
	await expect(async () => {
		await messages(ann.page).evaluate((list) => list.scrollTo(0, 0));
		await expect(message(ann.page, 'entry 0.')).toBeInViewport({ timeout: 200 });
	}).toPass();
	await toSettings(ann.page);
	const row = panel(ann.page, 'On this device').getByRole('listitem').filter({ hasText: 'Ledger' });
	await expect(row).toContainText(/1[12]\d messages/u);
	await row.getByRole('button', { name: 'Free up' }).click();
	await row.getByRole('button', { name: 'Yes, remove from this device' }).click();
	await expect(row).toContainText('50 messages');
	await openRoom(ann.page, 'Ledger');
	await expect(message(ann.page, 'entry 119.')).toBeVisible();
});

test('a bot’s token is shown once, works, and ends', async ({ ann }) => {
	await toAccount(ann.page);
	const tokens = panel(ann.page, 'Tokens for bots');
	await tokens.getByLabel('What it is for').fill('weather bot');
	await tokens.getByRole('button', { name: 'Make a token' }).click();
	await expect(tokens.locator('code')).toBeVisible();
	await ann.page.reload();
	await expect(tokens.locator('code')).toBeHidden();
	const row = tokens.getByRole('listitem').filter({ hasText: 'weather bot' });
	await expect(row).toContainText('never used');
	await row.getByRole('button', { name: 'End token' }).click();
	await row.getByRole('group').getByRole('button', { name: 'End token' }).click();
	await expect(row).toBeHidden();
});

test('the end of an account: signed out everywhere, and its name is no more', async ({
	browser,
	ann,
	bob
}) => {
	const annsPhone = await secondDevice(browser, ann);
	await openRoom(ann.page, 'general');
	await say(ann.page, 'my last words');
	await openRoom(bob.page, 'general');
	await expect(message(bob.page, 'my last words')).toBeVisible();
	await toAccount(ann.page);
	const end = panel(ann.page, 'Delete account');
	await end.getByRole('button', { name: 'Delete my account', exact: true }).click();
	await end.getByLabel('Password').fill('not this one');
	await end.getByRole('button', { name: 'Delete my account for good' }).click();
	await expect(end.getByText('The present password is not right.')).toBeVisible();
	await end.getByLabel('Password').fill(PASSWORD);
	await end.getByRole('button', { name: 'Delete my account for good' }).click();
	await expect(ann.page.getByRole('heading', { name: 'Welcome back' })).toBeVisible();
	await expect(status(annsPhone)).toContainText('session has ended', { timeout: 15_000 });
	await expect(message(bob.page, 'my last words')).toHaveAttribute('aria-label', 'Deleted account');
	await ann.page.getByLabel('User name').fill(ann.name);
	await ann.page.getByLabel('Password').fill(PASSWORD);
	await ann.page.getByRole('button', { name: 'Sign in', exact: true }).click();
	await expect(ann.page.getByRole('alert')).toContainText('not right');
});

test('an account that is to end in a week is kept by signing in', async ({ ann }) => {
	await toAccount(ann.page);
	const end = panel(ann.page, 'Delete account');
	await end.getByRole('button', { name: 'Delete my account', exact: true }).click();
	await end.getByRole('radio', { name: /^Is emptied/u }).check();
	await end.getByLabel('Password').fill(PASSWORD);
	await end.getByRole('button', { name: 'Delete it in a week' }).click();
	await expect(ann.page.getByRole('heading', { name: 'Welcome back' })).toBeVisible();
	await expect(ann.page.getByText('Signing in until then keeps it.')).toBeVisible();
	const saved = ann.page.waitForEvent('download');
	await ann.page.getByRole('button', { name: 'Save the receipt' }).click();
	expect((await saved).suggestedFilename()).toBe('roost-account.txt');
	await ann.page.getByLabel('User name').fill(ann.name);
	await ann.page.getByLabel('Password').fill(PASSWORD);
	await ann.page.getByRole('button', { name: 'Sign in', exact: true }).click();
	await expect(ann.page.getByRole('alert')).toContainText('This account will be deleted on');
	await ann.page.getByRole('button', { name: 'Keep my account and sign in' }).click();
	await expect(status(ann.page)).toContainText('Connected');
});
