/** The life of a room: roles, silence, the way out and in again, invites, and the end. */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Locator, type Page } from '@playwright/test';
import {
	allSent,
	composer,
	goOffline,
	goOnline,
	leaveRoom,
	makeRoom,
	mark,
	message,
	messages,
	openRoom,
	openRoomId,
	register,
	registerAtDoor,
	roomRow,
	say,
	status,
	type Human
} from '../support/people.ts';
import { test, useApp } from '../support/test.ts';

const app = useApp();

test('pinned and archived from the menu of a row; what is archived comes back when something is said', async ({
	browser
}) => {
	const ann = await register(browser, app.origin);
	const bob = await register(browser, app.origin);
	for (const name of ['Attic', 'Balcony', 'Cellar']) await makeRoom(ann.page, name);
	await openRoom(bob.page, 'Balcony');
	const rows = ann.page.getByRole('navigation', { name: 'Rooms' }).getByRole('listitem');
	await expect(rows.first()).toContainText('Attic');

	await roomRow(ann.page, 'Cellar').click({ button: 'right' });
	await ann.page.getByRole('menuitem', { name: 'Pin' }).click();
	await expect(rows.first()).toContainText('Cellar');
	await expect(ann.page.getByRole('button', { name: 'Pinned' })).toBeVisible();

	await roomRow(ann.page, 'Balcony').focus();
	await ann.page.keyboard.press('Shift+F10');
	await ann.page.getByRole('menuitem', { name: 'Archive' }).click();
	await expect(roomRow(ann.page, 'Balcony')).toBeHidden();
	await ann.page.getByRole('button', { name: 'Archived' }).click();
	await expect(rows.last()).toContainText('Balcony');
	await say(bob.page, 'anybody up here?');
	await expect(ann.page.getByRole('button', { name: 'Archived' })).toBeHidden();
	await expect(roomRow(ann.page, 'Balcony')).toContainText('1 unread');
});

const about = (page: Page): Locator => page.getByRole('complementary', { name: 'About this room' });

/** Opens a member's card from the list of members. */
async function cardOf(page: Page, { name }: Human): Promise<Locator> {
	await about(page).getByRole('listitem').filter({ hasText: name }).getByRole('button').click();
	const card = page.getByRole('dialog', { name: 'Profile' });
	await expect(card).toContainText(`@${name}`);
	return card;
}

async function close(dialog: Locator): Promise<void> {
	await dialog.getByRole('button', { name: 'Close' }).click();
	await expect(dialog).toBeHidden();
}

/** Opens the care of the room that is on screen. */
async function settingsOf(page: Page): Promise<Locator> {
	await about(page).getByRole('button', { name: 'Settings' }).click();
	const dialog = page.getByRole('dialog', { name: 'Settings of this room' });
	await expect(dialog).toBeVisible();
	return dialog;
}

/** Makes an invite link and answers its address. */
async function invite(page: Page, lasts: string, opensFor: string): Promise<string> {
	await about(page).getByRole('button', { name: 'Invite' }).click();
	const dialog = page.getByRole('dialog', { name: 'Invite' });
	await dialog.getByLabel('Lasts').selectOption({ label: lasts });
	await dialog.getByLabel('Opens for').selectOption({ label: opensFor });
	await dialog.getByRole('button', { name: 'Make a link' }).click();
	const link = await dialog.getByLabel('Invite link').first().inputValue();
	await allSent(page);
	await expect(dialog.getByText('opens the room once there is a network')).toBeHidden();
	await close(dialog);
	return link;
}

async function expectClean(page: Page): Promise<void> {
	const { violations } = await new AxeBuilder({ page }).analyze();
	expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
}

/** Two people and a room that one of them owns and both are in. */
async function together(
	browser: Parameters<typeof register>[0],
	room: string
): Promise<[Human, Human]> {
	const ann = await register(browser, app.origin);
	const bob = await register(browser, app.origin);
	await makeRoom(ann.page, room);
	await openRoom(bob.page, room);
	await expect(about(ann.page)).toContainText(bob.name);
	return [ann, bob];
}

test('an admin may what a member may not, and stops when the role is taken', async ({
	browser
}) => {
	const [ann, bob] = await together(browser, 'Roles');
	await expect(about(bob.page).getByRole('button', { name: 'Settings' })).toBeHidden();
	const card = await cardOf(ann.page, bob);
	await card.getByRole('button', { name: 'Make admin' }).click();
	await expect(card.getByText('Admin', { exact: true })).toBeVisible();

	const settings = await settingsOf(bob.page);
	await expect(settings.getByRole('button', { name: 'Delete this room' })).toBeHidden();
	await settings.getByLabel('Name').fill('Roles and rolls');
	await settings.getByRole('button', { name: 'Save' }).first().click();
	await expect(ann.page.getByRole('heading', { name: 'Roles and rolls', level: 1 })).toBeVisible();
	await expect(
		messages(ann.page).getByText(`${bob.name} renamed the room to “Roles and rolls”`)
	).toBeVisible();

	await card.getByRole('button', { name: 'Make member again' }).click();
	await expect(settings).toBeHidden();
	await expect(about(bob.page).getByRole('button', { name: 'Settings' })).toBeHidden();
	expect([...ann.faults, ...bob.faults]).toEqual([]);
});

test('muted: what is said stays here with the reason, until the mute is lifted', async ({
	browser
}) => {
	const [ann, bob] = await together(browser, 'Silence');
	const card = await cardOf(ann.page, bob);
	await card.getByRole('button', { name: 'Mute' }).click();
	await card.getByRole('button', { name: '1 hour' }).click();
	await expect(card.getByText('Muted until')).toBeVisible();
	await expect(card.getByText('Change waiting for network')).toBeHidden();
	await say(bob.page, 'let me speak');
	await expect(mark(bob.page, 'let me speak', 'Needs you')).toBeVisible();
	await expect(message(bob.page, 'let me speak')).toContainText('You are muted');
	await card.getByRole('button', { name: 'Lift mute' }).click();
	await expect(card.getByRole('button', { name: 'Mute' })).toBeVisible();
	await expect(card.getByText('Change waiting for network')).toBeHidden();
	await message(bob.page, 'let me speak').getByRole('button', { name: 'Try again' }).click();
	await close(card);
	await expect(message(ann.page, 'let me speak')).toBeVisible();
});

test('removed may come back, banned may not until let in again', async ({ browser }) => {
	const [ann, bob] = await together(browser, 'Door');
	let card = await cardOf(ann.page, bob);
	await card.getByRole('button', { name: 'Remove', exact: true }).click();
	await card.getByRole('button', { name: 'Yes, remove' }).click();
	await expect(bob.page.getByRole('button', { name: 'Join', exact: true })).toBeVisible();
	await bob.page.getByRole('button', { name: 'Join', exact: true }).click();
	await expect(composer(bob.page)).toBeVisible();
	await expect(about(ann.page)).toContainText(bob.name);

	card = await cardOf(ann.page, bob);
	await card.getByRole('button', { name: 'Ban', exact: true }).click();
	await card.getByRole('button', { name: 'Yes, ban' }).click();
	await bob.page.getByRole('button', { name: 'Join', exact: true }).click();
	await expect(bob.page.getByRole('alert')).toContainText('You were banned');
	await expect(composer(bob.page)).toBeHidden();

	const settings = await settingsOf(ann.page);
	await expect(settings).toContainText(bob.name);
	await settings.getByRole('button', { name: 'Let in again' }).click();
	await expect(settings).not.toContainText(bob.name);
	await allSent(ann.page);
	await bob.page.getByRole('button', { name: 'Join', exact: true }).click();
	await expect(composer(bob.page)).toBeVisible();
});

test('handed over: the other one owns it, and the former owner may still help', async ({
	browser
}) => {
	const [ann, bob] = await together(browser, 'Relay');
	const settings = await settingsOf(ann.page);
	await settings.getByRole('button', { name: 'Choose a member' }).click();
	await settings.getByRole('listitem').filter({ hasText: bob.name }).getByRole('button').click();
	await settings.getByRole('button', { name: 'Yes, hand over' }).click();
	await expect(settings).toBeHidden();
	const owner = about(bob.page).getByRole('listitem').filter({ hasText: bob.name });
	await expect(owner).toContainText('Owner');
	const former = about(bob.page).getByRole('listitem').filter({ hasText: ann.name });
	await expect(former).toContainText('Admin');
	const care = await settingsOf(bob.page);
	await expect(care.getByRole('button', { name: 'Delete this room' })).toBeVisible();
});

test('made private: whoever is in stays; with everybody put out only the password opens it', async ({
	browser
}) => {
	const [ann, bob] = await together(browser, 'Curtain');
	let settings = await settingsOf(ann.page);
	await settings.getByRole('button', { name: 'Make private' }).click();
	await settings.getByLabel('Room password').fill('behind the cloth');
	await settings.getByRole('button', { name: 'Save' }).last().click();
	await expect(settings.getByText('Private room')).toBeVisible();
	await expect(about(bob.page)).toContainText('Private room');
	await expect(composer(bob.page)).toBeVisible();

	await settings.getByRole('button', { name: 'Change password' }).click();
	await settings.getByLabel('Room password').fill('another cloth');
	await settings.getByRole('switch', { name: 'Put everybody out' }).click();
	await settings.getByRole('button', { name: 'Save' }).last().click();
	await close(settings);
	await expect(bob.page.getByLabel('Password')).toBeVisible();
	await bob.page.getByRole('button', { name: 'Join', exact: true }).click();
	await expect(bob.page.getByText('This is needed.')).toBeVisible();
	await bob.page.getByLabel('Password').fill('behind the cloth');
	await bob.page.getByRole('button', { name: 'Join', exact: true }).click();
	await expect(bob.page.getByRole('alert')).toContainText('not the password');
	await bob.page.getByLabel('Password').fill('another cloth');
	await bob.page.getByRole('button', { name: 'Join', exact: true }).click();
	await expect(composer(bob.page)).toBeVisible();

	settings = await settingsOf(ann.page);
	await settings.getByRole('button', { name: 'Make public' }).click();
	await settings.getByRole('group').getByRole('button', { name: 'Make public' }).click();
	await expect(about(bob.page)).toContainText('Public room');
});

test('an invite link leads a newcomer in; its last seat is the last', async ({ browser, ann }) => {
	await makeRoom(ann.page, 'Salon', 'nobody knows this');
	const link = await invite(ann.page, '1 day', '1 person');

	// Somebody without an account: the door first, then straight to what was behind the link.
	const context = await browser.newContext();
	const page = await context.newPage();
	await page.goto(link);
	await page.getByRole('button', { name: 'Create account' }).click();
	const bob = await registerAtDoor(context);
	await expect(bob.page.getByRole('heading', { name: 'Salon', level: 1 })).toBeVisible();
	await bob.page.getByRole('button', { name: 'Join', exact: true }).click();
	await expect(composer(bob.page)).toBeVisible();
	await expect(about(ann.page)).toContainText(bob.name);

	// Asked once, beside the conversation, and still there after a reload.
	await bob.page.reload();
	const step = bob.page.getByRole('region', { name: 'How others see you' });
	await step.getByRole('button', { name: 'Name and picture' }).click();
	const dialog = bob.page.getByRole('dialog', { name: 'How others see you' });
	await expect(dialog.getByLabel('Display name')).toHaveValue(bob.name);
	await dialog.getByLabel('Display name').fill('Bob of the Salon');
	await dialog.getByRole('button', { name: 'Continue' }).click();
	await expect(step).toBeHidden();
	await expect(about(ann.page)).toContainText('Bob of the Salon');
	await bob.page.reload();
	await expect(composer(bob.page)).toBeVisible();
	await expect(step).toBeHidden();

	const cid = await register(browser, app.origin);
	await cid.page.goto(link);
	await expect(cid.page.getByText('This invite link opens nothing')).toBeVisible();
	expect([...bob.faults, ...cid.faults]).toEqual([]);
});

test('an invite made and used offline; an ended one opens nothing', async ({
	browser,
	ann,
	bob
}) => {
	await makeRoom(ann.page, 'Cellar', 'nobody knows this');
	const link = await invite(ann.page, '7 days', 'Anybody');
	await goOffline(bob);
	await bob.page.goto(link);
	await expect(bob.page.getByText('it happens as soon as there is a network')).toBeVisible();
	await bob.page.getByRole('button', { name: 'Join', exact: true }).click();
	await goOnline(bob);
	await expect(composer(bob.page)).toBeVisible();
	await expect(about(ann.page)).toContainText(bob.name, { timeout: 30_000 });

	await about(ann.page).getByRole('button', { name: 'Invite' }).click();
	const dialog = ann.page.getByRole('dialog', { name: 'Invite' });
	await expect(dialog.getByText(/^until \d/u)).toBeVisible();
	await dialog.getByRole('button', { name: 'QR code' }).click();
	await expect(dialog.getByRole('img', { name: 'QR code' })).toBeVisible();
	// Whatever happens in the room meanwhile, the code stays where others hold their phones to it.
	await leaveRoom(bob.page);
	const members = { name: 'Members 1', exact: true, includeHidden: true };
	await expect(ann.page.getByRole('heading', members)).toBeVisible();
	await expect(dialog.getByRole('img', { name: 'QR code' })).toBeVisible();
	await dialog.getByRole('button', { name: 'End link' }).click();
	await expect(dialog.getByLabel('Invite link')).toHaveCount(0);
	await allSent(ann.page);
	const cid = await register(browser, app.origin);
	await cid.page.goto(link);
	await expect(cid.page.getByText('This invite link opens nothing')).toBeVisible();
});

test('deleted: gone for everybody, and what was queued into it says why', async ({ browser }) => {
	const [ann, bob] = await together(browser, 'Sandcastle');
	await goOffline(bob);
	await say(bob.page, 'one more tower');
	const settings = await settingsOf(ann.page);
	await settings.getByRole('button', { name: 'Delete this room' }).click();
	const sure = settings.getByRole('button', { name: 'Delete for everybody' });
	await expect(sure).toBeDisabled();
	await settings.getByLabel('Type “Sandcastle” to be sure').fill('sandcastle');
	await sure.click();
	await expect(roomRow(ann.page, 'Sandcastle')).toBeHidden();
	await allSent(ann.page);
	await goOnline(bob);
	await expect(roomRow(bob.page, 'Sandcastle')).toBeHidden({ timeout: 30_000 });
	await status(bob.page).getByRole('link', { name: 'Needs you: 1' }).click();
	await expect(bob.page.getByText('one more tower')).toBeVisible();
	await expect(bob.page.getByText('This room was deleted')).toBeVisible();
});

test('nothing for axe to complain about in what opens above a room', async ({ browser, bob }) => {
	const ann = await register(browser, app.origin, { reducedMotion: 'reduce' });
	await makeRoom(ann.page, 'Clear sheets');
	await openRoom(bob.page, 'Clear sheets');
	await invite(ann.page, '30 days', '10 people');
	await about(ann.page).getByRole('button', { name: 'Invite' }).click();
	await ann.page.getByRole('button', { name: 'QR code' }).click();
	await expectClean(ann.page);
	await close(ann.page.getByRole('dialog'));
	await settingsOf(ann.page);
	await expectClean(ann.page);
	await close(ann.page.getByRole('dialog'));
	const card = await cardOf(ann.page, bob);
	await card.getByRole('button', { name: 'Mute' }).click();
	await expectClean(ann.page);
});

test('5,000 members: a few rows in the document, searched and scrolled without a wait', async ({
	browser
}) => {
	const { page } = await register(browser, app.origin);
	await makeRoom(page, 'Stadium');
	const room = openRoomId(page);
	// Written where the log would write them: registering so many is another test's business.
	await page.evaluate(async (id) => {
		const names = (await indexedDB.databases()).map((one) => one.name ?? '');
		const cache = names.find((name) => /^roost-[0-9a-f]{8}-/u.test(name)) ?? '';
		const db = await new Promise<IDBDatabase>((resolve, reject) => {
			const asked = indexedDB.open(cache);
			asked.onsuccess = () => resolve(asked.result);
			asked.onerror = () => reject(new Error('no cache'));
		});
		const write = db.transaction('members', 'readwrite');
		for (let n = 0; n < 5000; n++) {
			const person = `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;
			const name = `member_${n}`;
			const card = { id: person, number: n + 100, name, v: 1 };
			const row = {
				kind: 'member',
				id: person,
				room: id,
				rev: 1,
				role: 'member',
				state: 'in',
				card
			};
			write.objectStore('members').put(row);
		}
		await new Promise((resolve) => (write.oncomplete = resolve));
		db.close();
	}, room);
	await page.reload();
	const list = about(page);
	await expect(list.getByRole('heading', { name: 'Members 5001' })).toBeVisible();
	await expect(list.getByRole('listitem').first()).toContainText('You');
	expect(await list.getByRole('listitem').count()).toBeLessThan(60);

	await list.getByRole('searchbox', { name: 'Search members' }).fill('member_4321');
	await expect(list.getByRole('listitem')).toHaveCount(1);
	await list.getByRole('searchbox').fill('');
	await expect(list.getByRole('listitem').first()).toContainText('You');
	const median = await list.locator('.scroll').evaluate(async (scroller) => {
		const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
		const took: number[] = [];
		for (let step = 0; step < 60; step++) {
			const before = await frame();
			scroller.scrollTop += 900;
			took.push((await frame()) - before);
		}
		return took.toSorted((a, b) => a - b)[30] ?? 0;
	});
	// Nothing is drawn that is not seen: on a machine at leisure this is one frame of 17 ms.
	expect(median).toBeLessThan(100);
	expect(await list.getByRole('listitem').count()).toBeLessThan(60);
});

test('going back on a phone closes what is open before it leaves the page', async ({ browser }) => {
	const { page, faults } = await register(browser, app.origin, {
		viewport: { width: 390, height: 844 }
	});
	const switcher = page.getByRole('dialog');
	const isOnPage = () => page.evaluate(() => !JSON.stringify(history.state).includes('isOverlay'));
	await openRoom(page, 'general');
	const room = page.url();
	await page.keyboard.press('Control+k');
	await expect(switcher).toBeVisible();
	await page.goBack();
	await expect(switcher).toBeHidden();
	await expect(composer(page)).toBeVisible();
	expect(page.url()).toBe(room);

	// A page that is gone to from there comes right after the one below.
	await page.keyboard.press('Control+k');
	await switcher.getByRole('combobox').fill('settings');
	await page.keyboard.press('Enter');
	await expect(page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible();
	await page.goBack();
	await expect(composer(page)).toBeVisible();

	await page.keyboard.press('Control+k');
	await expect(switcher).toBeVisible();
	await page.keyboard.press('Escape');
	await expect(switcher).toBeHidden();
	await expect.poll(isOnPage).toBe(true);
	await page.goBack();
	await expect(page).toHaveURL(`${app.origin}/rooms`);
	expect(faults).toEqual([]);
});

test('an unknown address is said beside the rooms, which stay', async ({ browser }) => {
	const { page, faults } = await register(browser, app.origin);
	await page.goto(`${app.origin}/nope/at/all`);
	await expect(page.getByText('There is nothing at this address')).toBeVisible();
	await expect(roomRow(page, 'general')).toBeVisible();
	expect(faults).toEqual([]);
});
