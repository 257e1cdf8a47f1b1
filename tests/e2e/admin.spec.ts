/** What administrators do: a report decided, somebody kept out, a room taken away and brought back, the door closed. */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Browser, type Page } from '@playwright/test';
import {
	allSent,
	choose,
	goOffline,
	goOnline,
	makeRoom,
	message,
	openRoom,
	roomRow,
	say,
	saying,
	secondDevice,
	signIn,
	status,
	PASSWORD
} from '../support/people.ts';
import { test, useApp } from '../support/test.ts';

const app = useApp();
const BOSS = 'boss';

// The first account is the administrator's.
test.beforeAll(async () => {
	const made = await fetch(`${app.origin}/api/account/register`, {
		method: 'POST',
		headers: { origin: app.origin, 'content-type': 'application/json' },
		body: JSON.stringify({ name: BOSS, email: 'boss@example.org', password: PASSWORD })
	});
	expect(made.status).toBe(200);
});

/** A window of the administrator, on one of the admin pages. */
async function administrator(
	browser: Browser,
	name = 'People',
	options: Parameters<Browser['newContext']>[0] = {}
): Promise<Page> {
	const page = await (await browser.newContext(options)).newPage();
	await page.goto(`${app.origin}/sign-in`);
	await signIn(page, BOSS);
	await page.goto(`${app.origin}/settings`);
	await page.getByRole('link', { name: /^Administration/u }).click();
	await toPage(page, name);
	return page;
}

async function toPage(page: Page, name: string): Promise<void> {
	const links = page.getByRole('navigation', { name: 'Administration' });
	await links.getByRole('link', { name, exact: true }).click();
	const main = page.getByRole('main');
	await expect(main.getByRole('heading', { name, level: 2, exact: true })).toBeVisible();
}

/** Opens what can be done with somebody or something of a list. */
async function manage(page: Page, list: string, name: string) {
	const entry = page
		.getByRole('main')
		.getByRole('list', { name: list })
		.getByRole('listitem')
		.filter({ has: page.getByRole('button', { name: new RegExp(`^Manage .*${name}$`, 'u') }) });
	await entry.getByRole('button', { name: /^Manage/u }).click();
	return entry;
}

const PEOPLE = { label: 'Search by name or e-mail', list: 'People' };
const ROOMS = { label: 'Search rooms', list: 'Rooms' };

/** Leaves one line in a list; until then lines move, and a press may meet another one. */
async function find(page: Page, { label, list }: typeof PEOPLE, name: string): Promise<void> {
	await page.getByLabel(label).fill(name);
	const lines = page.getByRole('main').getByRole('list', { name: list }).getByRole('listitem');
	await expect(lines.filter({ hasText: name })).toHaveCount(1);
	await expect(lines).toHaveCount(1);
}

/** Presses a button, and once more where it asks. */
async function confirm(within: ReturnType<Page['locator']>, name: string): Promise<void> {
	await within.getByRole('button', { name, exact: true }).click();
	await within.getByRole('group').getByRole('button', { name, exact: true }).click();
}

test('a message is reported without a network, waits for a decision, and is removed', async ({
	browser,
	ann,
	bob
}) => {
	await makeRoom(ann.page, 'Yard');
	await say(ann.page, 'something nasty');
	await openRoom(bob.page, 'Yard');
	await expect(message(bob.page, 'something nasty')).toBeVisible();
	await goOffline(bob);
	await choose(bob.page, 'something nasty', 'Report message');
	const dialog = bob.page.getByRole('dialog', { name: 'Report this message' });
	await dialog.getByLabel('What is wrong with it?').fill('It is an insult');
	await dialog.getByRole('button', { name: 'Report', exact: true }).click();
	await expect(bob.page.getByText('Your report is kept here')).toBeVisible();
	await goOnline(bob);
	await expect(bob.page.getByText('Your report was received')).toBeVisible();

	const page = await administrator(browser, 'Reports');
	const report = page.getByRole('article', { name: ann.name });
	await expect(report).toContainText('something nasty');
	await expect(report).toContainText('It is an insult');
	await confirm(report, 'Remove message');
	await expect(page.getByText('Nothing to decide')).toBeVisible();
	await expect(ann.page.getByText('something nasty')).toHaveCount(0);
	await page.getByRole('radio', { name: 'Resolved' }).check();
	await expect(page.getByRole('article', { name: ann.name })).toContainText('something nasty');
	await toPage(page, 'Audit');
	await expect(page.getByRole('list', { name: 'Audit' })).toContainText(
		`removed a reported message of ${ann.name}`
	);
});

test('an account that is disabled is signed out, and told why at the door', async ({
	browser,
	bob
}) => {
	const page = await administrator(browser);
	await find(page, PEOPLE, bob.name);
	const entry = await manage(page, 'People', bob.name);
	await confirm(entry, 'Disable account');
	await expect(entry.getByText('Disabled', { exact: true })).toBeVisible();
	// A tab that does not know yet is led from the door to its rooms.
	await expect(status(bob.page)).toContainText('session has ended');
	await bob.page.goto(`${app.origin}/sign-in`);
	await bob.page.getByLabel('User name').fill(bob.name);
	await bob.page.getByLabel('Password').fill(PASSWORD);
	await bob.page.getByRole('button', { name: 'Sign in', exact: true }).click();
	await expect(bob.page.getByText('disabled by an administrator')).toBeVisible();
	await entry.getByRole('button', { name: 'Enable account' }).click();
	await expect(entry.getByText('Disabled', { exact: true })).toHaveCount(0);
	// The last administrator keeps the role.
	await find(page, PEOPLE, BOSS);
	await confirm(await manage(page, 'People', BOSS), 'Remove as administrator');
	await expect(page.getByText('There would be no administrator left')).toBeVisible();
});

test('a deleted room is gone at once, and comes back with what was said in it', async ({
	browser,
	ann
}) => {
	await makeRoom(ann.page, 'Attic');
	await say(ann.page, 'kept under the roof');
	await expect(saying(ann.page, 'kept under the roof')).toBeVisible();
	const page = await administrator(browser, 'Rooms');
	await find(page, ROOMS, 'Attic');
	await confirm(await manage(page, 'Rooms', 'Attic'), 'Delete room');
	await expect(page.getByText('No rooms found')).toBeVisible();
	await expect(roomRow(ann.page, 'Attic')).toHaveCount(0);
	await page.getByRole('radio', { name: 'Deleted' }).check();
	const entry = await manage(page, 'Rooms', 'Attic');
	await entry.getByRole('button', { name: 'Restore room' }).click();
	await expect(page.getByText('Attic is back')).toBeVisible();
	await roomRow(ann.page, 'Attic').click();
	await expect(message(ann.page, 'kept under the roof')).toBeVisible();
});

test('the door is closed, or opens by invitation', async ({ browser, ann }) => {
	const page = await administrator(browser, 'Server');
	const announcement = page.getByLabel('What everybody should know');
	await announcement.fill('half a sentence');
	await page.getByLabel('Server name').fill('Night Owls');
	await page.getByRole('button', { name: 'Save', exact: true }).click();
	await page.getByRole('radio', { name: 'Nobody' }).check();
	await expect(page.getByText('Saved').first()).toBeVisible();
	const stranger = await (await browser.newContext()).newPage();
	await stranger.goto(`${app.origin}/register`);
	await expect(stranger.getByText('takes no new accounts')).toBeVisible();
	await page.getByRole('radio', { name: 'Invited' }).check();
	await expect(page.getByText('used up by it')).toBeVisible();
	await stranger.reload();
	await expect(stranger.getByText('need an invite link')).toBeVisible();
	// What is being written elsewhere on the page stays.
	await expect(announcement).toHaveValue('half a sentence');

	await makeRoom(ann.page, 'Guests');
	await ann.page.getByRole('complementary').getByRole('button', { name: 'Invite' }).click();
	const dialog = ann.page.getByRole('dialog', { name: 'Invite' });
	await dialog.getByRole('button', { name: 'Make a link' }).click();
	const link = await dialog.getByLabel('Invite link').first().inputValue();
	await allSent(ann.page);
	await stranger.goto(link);
	await stranger.getByRole('button', { name: 'Create account' }).click();
	await expect(stranger.getByRole('heading', { name: 'Find a place to perch' })).toBeVisible();
	// With its name the server has told this page who may come in, too.
	await expect(stranger.getByText('Night Owls')).toBeVisible();
	await expect(stranger.getByText('need an invite link')).toHaveCount(0);
	await stranger.getByLabel('E-mail').fill('guest@example.org');
	await stranger.getByLabel('User name').fill('invited_guest');
	await stranger.getByLabel('Password').fill(PASSWORD);
	await stranger.getByRole('button', { name: 'Create account', exact: true }).click();
	await expect(roomRow(stranger, 'Guests')).toBeVisible();
	await page.getByRole('radio', { name: 'Everybody' }).check();
	await expect(page.getByText('used up by it')).toHaveCount(0);
});

test('the server has an icon, of a picture that is one', async ({ browser }) => {
	const page = await administrator(browser, 'Server');
	const icon = page.getByRole('main').locator('img[width="56"]');
	const remove = page.getByRole('button', { name: 'Remove icon' });
	await expect(page.getByRole('button', { name: 'Choose icon' })).toBeVisible();
	const file = page.locator('input[type=file]');
	await file.setInputFiles({
		...{ name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('no picture') }
	});
	await expect(page.getByText('This picture cannot be used.')).toBeVisible();
	await file.setInputFiles('static/icons/icon-512.png');
	await page.getByRole('dialog').getByRole('button', { name: 'Use this' }).click();
	await expect(icon).toBeVisible();
	await remove.click();
	await expect(icon).toHaveCount(0);
	await expect(remove).toHaveCount(0);
});

test('what is announced is seen by everybody until they close it, on all pages', async ({
	browser,
	ann
}) => {
	const page = await administrator(browser, 'Server');
	await page.getByLabel('What everybody should know').fill('The server moves on Sunday');
	await page.getByRole('button', { name: 'Announce', exact: true }).click();
	const told = ann.page.getByRole('region', { name: 'Announcement' });
	await expect(told).toContainText('The server moves on Sunday');
	const other = (await secondDevice(browser, ann)).getByRole('region', { name: 'Announcement' });
	await expect(other).toContainText('The server moves on Sunday');
	await told.getByRole('button', { name: 'Close announcement' }).click();
	await expect(told).toHaveCount(0);
	await expect(other).toHaveCount(0);
	await page.getByRole('button', { name: 'End announcement' }).click();
	await expect(page.getByRole('button', { name: 'End announcement' })).toHaveCount(0);
});

test('numbers are asked for every ten seconds, not as soon as they have come', async ({
	browser
}) => {
	const page = await administrator(browser, 'Server');
	let asked = 0;
	page.on(
		'request',
		(request) => void (asked += Number(request.url().includes('/admin/numbers?')))
	);
	const begun = Date.now();
	await toPage(page, 'Numbers');
	await expect(page.getByRole('figure').first()).toBeVisible();
	// Whatever is asked without end is asked between any two of these.
	for (let n = 0; n < 5; n++) await page.evaluate(() => fetch('/api/server').then((r) => r.text()));
	expect(asked).toBeGreaterThan(0);
	expect(asked).toBeLessThanOrEqual(1 + Math.floor((Date.now() - begun) / 10_000));
});

test('only administrators are let in, and the pages say so without a network', async ({
	browser,
	ann
}) => {
	await ann.page.goto(`${app.origin}/settings`);
	await expect(ann.page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible();
	await expect(ann.page.getByRole('link', { name: /^Administration/u })).toHaveCount(0);
	await ann.page.goto(`${app.origin}/admin/people`);
	await expect(ann.page.getByText('Only administrators can see these pages')).toBeVisible();
	const page = await administrator(browser);
	await goOffline({ page });
	await toPage(page, 'Rooms');
	await expect(page.getByText('it cannot be reached now')).toBeVisible();
	await goOnline({ page });
	const rooms = page.getByRole('main').getByRole('list', { name: 'Rooms' });
	await expect(rooms).toContainText('general');
	// What is there is no answer to what is chosen now.
	await goOffline({ page });
	await page.getByRole('radio', { name: 'Deleted' }).check();
	await expect(page.getByText('it cannot be reached now')).toBeVisible();
	await expect(rooms).toHaveCount(0);
	await page.getByRole('radio', { name: 'In use' }).check();
	await goOnline({ page });
	await expect(rooms).toContainText('general');
});

for (const colorScheme of ['light', 'dark'] as const) {
	test(`nothing for axe to complain about, ${colorScheme}`, async ({ browser }) => {
		const page = await administrator(browser, 'People', { colorScheme, reducedMotion: 'reduce' });
		for (const name of ['People', 'Rooms', 'Reports', 'Storage', 'Numbers', 'Audit', 'Server']) {
			await toPage(page, name);
			const shown = page.locator('main').locator('li, dl, figure, article, form, .empty');
			await expect(shown.first()).toBeVisible();
			const { violations } = await new AxeBuilder({ page }).analyze();
			expect(violations.map(({ id, nodes }) => [name, id, nodes[0]?.html])).toEqual([]);
		}
	});
}
