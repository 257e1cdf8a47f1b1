/** Friends, blocks and conversations of two: three people, some with two devices, online and off. */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Locator, type Page } from '@playwright/test';
import {
	allSent,
	composer,
	goOffline,
	goOnline,
	mark,
	message,
	openRoomId,
	register,
	roomList,
	roomRow,
	say,
	secondDevice,
	status,
	type Human
} from '../support/people.ts';
import { test, useApp } from '../support/test.ts';

const app = useApp();

async function toFriends(page: Page): Promise<void> {
	await page.getByRole('link', { name: /^Friends/u }).click();
	await expect(page.getByRole('heading', { name: 'Friends', level: 1 })).toBeVisible();
}

/** The panel of the page of friends under this heading. */
function panel(page: Page, title: RegExp): Locator {
	return page
		.locator('section')
		.filter({ has: page.getByRole('heading', { name: title, level: 2 }) });
}
const mine = (page: Page): Locator => panel(page, /^Friends \(/u);
const incoming = (page: Page): Locator => panel(page, /^Friend requests/u);
const outgoing = (page: Page): Locator => panel(page, /^Requests you sent/u);
const blocked = (page: Page): Locator => panel(page, /^Blocked people/u);

/** Looks somebody up by name, sees the card, and asks. */
async function ask(page: Page, name: string): Promise<void> {
	await toFriends(page);
	await page.getByLabel('User name').fill(name);
	await page.getByRole('button', { name: 'Find' }).click();
	await page.getByRole('button', { name: 'Add friend' }).click();
	await expect(outgoing(page)).toContainText(name);
}

async function befriend(one: Human, other: Human): Promise<void> {
	await ask(one.page, other.name);
	await toFriends(other.page);
	await incoming(other.page).getByRole('button', { name: 'Accept' }).click();
	await expect(mine(other.page)).toContainText(one.name);
	await expect(mine(one.page)).toContainText(other.name);
}

async function openDirect(page: Page, name: string): Promise<void> {
	await toFriends(page);
	await mine(page)
		.getByRole('listitem')
		.filter({ hasText: name })
		.getByRole('button', { name: 'Message' })
		.click();
	await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible();
	await expect(composer(page)).toBeVisible();
}

test('a request is seen at once on all devices, and so is the answer', async ({
	browser,
	ann,
	bob
}) => {
	const bobsPhone = await secondDevice(browser, bob);
	await ask(ann.page, bob.name);
	for (const page of [bob.page, bobsPhone]) {
		await expect(page.getByText(`${ann.name} wants to be friends`)).toBeVisible();
		await expect(page.getByRole('link', { name: /^Friends/u })).toContainText('1 friend request');
	}
	await toFriends(bobsPhone);
	await incoming(bobsPhone).getByRole('button', { name: 'Accept' }).click();
	await expect(ann.page.getByText(`${bob.name} is your friend now`)).toBeVisible();
	await toFriends(bob.page);
	await expect(incoming(bob.page)).toBeHidden();
	for (const page of [bob.page, bobsPhone]) await expect(mine(page)).toContainText(ann.name);
	await expect(mine(ann.page)).toContainText('online');

	// Presence: both devices of Bob go, and when he was last seen is told.
	await bobsPhone.context().close();
	await bob.context.close();
	await expect(mine(ann.page)).toContainText('last seen', { timeout: 45_000 });
	await goOffline(ann);
	await expect(mine(ann.page)).toContainText('presence not known');
});

test('cancelled, declined and ended: nothing is left on either side', async ({ ann, bob }) => {
	await ask(ann.page, bob.name);
	await toFriends(bob.page);
	await expect(incoming(bob.page)).toContainText(ann.name);
	await outgoing(ann.page).getByRole('button', { name: 'Cancel request' }).click();
	await expect(incoming(bob.page)).toBeHidden();

	await ask(ann.page, bob.name);
	await incoming(bob.page).getByRole('button', { name: 'Decline' }).click();
	await expect(outgoing(ann.page)).toBeHidden();

	await befriend(ann, bob);
	await mine(ann.page)
		.getByRole('button', { name: new RegExp(bob.name, 'u') })
		.click();
	const card = ann.page.getByRole('dialog', { name: 'Profile' });
	await card.getByRole('button', { name: 'Remove friend' }).click();
	await card.getByRole('button', { name: 'Yes, remove' }).click();
	await expect(card.getByRole('button', { name: 'Add friend' })).toBeVisible();
	await expect(mine(bob.page)).toContainText('No friends here yet');
});

test('requests that cross while both are offline become one friendship', async ({ ann, bob }) => {
	const pairs = [
		[ann, bob],
		[bob, ann]
	] as const;
	for (const [one, other] of pairs) {
		await toFriends(one.page);
		await goOffline(one);
		await one.page.getByLabel('User name').fill(other.name);
		await one.page.getByRole('button', { name: 'Add friend' }).click();
		await expect(outgoing(one.page)).toContainText(`@${other.name}`);
		await expect(outgoing(one.page)).toContainText('Waiting for network');
	}
	await Promise.all([ann, bob].map(goOnline));
	await expect(mine(ann.page)).toContainText(bob.name);
	await expect(mine(bob.page)).toContainText(ann.name);
	for (const { page, faults } of [ann, bob]) {
		await expect(outgoing(page)).toBeHidden();
		await expect(incoming(page)).toBeHidden();
		await expect(status(page)).toContainText('Connected');
		await expect(status(page)).not.toContainText('Needs you');
		expect(faults).toEqual([]);
	}
});

test('a name that nobody has is told; offline it waits and then says so', async ({ browser }) => {
	const who = await register(browser, app.origin);
	const { page, name } = who;
	await toFriends(page);
	await page.getByLabel('User name').fill('nobody_at_all');
	await page.getByRole('button', { name: 'Find' }).click();
	await expect(page.getByText('There is nobody called nobody_at_all.')).toBeVisible();
	await page.getByLabel('User name').fill(name);
	await page.getByRole('button', { name: 'Find' }).click();
	await expect(page.getByText('That is you.')).toBeVisible();
	await goOffline(who);
	await page.getByLabel('User name').fill('nobody_at_all');
	await page.getByRole('button', { name: 'Add friend' }).click();
	await goOnline(who);
	await expect(outgoing(page)).toContainText('There is no such person');
	await status(page).getByRole('link', { name: 'Needs you: 1' }).click();
	const entry = page.getByRole('listitem').filter({ hasText: 'Friend request to nobody_at_all' });
	await expect(entry.getByRole('link', { name: 'Go to friends' })).toBeVisible();
	await entry.getByRole('button', { name: 'Discard' }).click();
	await entry.getByRole('button', { name: 'Yes, discard' }).click();
	await expect(page.getByText('All sent')).toBeVisible();
});

test('a conversation that both begin offline is one conversation', async ({
	browser,
	ann,
	bob
}) => {
	await befriend(ann, bob);
	const annsPhone = await secondDevice(browser, ann);
	for (const [one, other] of [
		[ann, bob],
		[bob, ann]
	] as const) {
		await goOffline(one);
		await openDirect(one.page, other.name);
		await say(one.page, `from ${one.name}`);
		await expect(mark(one.page, 'from', 'Waiting for network')).toBeVisible();
		await expect(roomRow(one.page, other.name)).toBeVisible();
	}
	expect(openRoomId(ann.page)).toBe(openRoomId(bob.page));
	await Promise.all([ann, bob].map(goOnline));
	await roomRow(annsPhone, bob.name).click();
	for (const page of [ann.page, bob.page, annsPhone]) {
		await expect(message(page, `from ${ann.name}`)).toHaveCount(1);
		await expect(message(page, `from ${bob.name}`)).toHaveCount(1);
	}
	await expect(status(bob.page)).not.toContainText('Needs you');
});

test('an opened conversation in which nothing was said is in nobody’s list', async ({
	ann,
	bob
}) => {
	await befriend(ann, bob);
	await openDirect(ann.page, bob.name);
	await expect(roomRow(ann.page, bob.name)).toBeVisible();
	await toFriends(ann.page);
	await expect(roomRow(ann.page, bob.name)).toBeHidden();
	await expect(roomList(bob.page)).not.toContainText(ann.name);
	await openDirect(ann.page, bob.name);
	await composer(ann.page).fill('half a word');
	await toFriends(ann.page);
	await expect(roomRow(ann.page, bob.name)).toContainText('Draft');
});

test('a block works both ways at once, and is lifted from where it is seen', async ({
	browser,
	ann,
	bob
}) => {
	const cid = await register(browser, app.origin);
	await befriend(ann, bob);
	await openDirect(ann.page, bob.name);
	await say(ann.page, 'before');
	await roomRow(bob.page, ann.name).click();
	await expect(message(bob.page, 'before')).toBeVisible();

	await ann.page.getByRole('button', { name: 'Block', exact: true }).click();
	await ann.page.getByRole('button', { name: 'Yes, block' }).click();
	await expect(ann.page.getByText(`You have blocked ${bob.name}`)).toBeVisible();
	await allSent(ann.page);
	// Nobody is told of a block: the other one only finds that nothing arrives.
	await say(bob.page, 'after');
	await expect(mark(bob.page, 'after', 'Needs you')).toBeVisible();
	await expect(message(bob.page, 'after')).toContainText('cannot be reached');
	await expect(message(ann.page, 'after')).toHaveCount(0);
	await toFriends(bob.page);
	await expect(mine(bob.page)).not.toContainText(ann.name);

	// Not even a request comes through, while others get one to her.
	await bob.page.getByLabel('User name').fill(ann.name);
	await bob.page.getByRole('button', { name: 'Find' }).click();
	await bob.page.getByRole('button', { name: 'Add friend' }).click();
	await ask(cid.page, ann.name);
	await toFriends(ann.page);
	await expect(incoming(ann.page)).toContainText(cid.name);
	await expect(incoming(ann.page)).not.toContainText(bob.name);

	await blocked(ann.page).getByRole('button', { name: 'Unblock' }).click();
	await expect(blocked(ann.page)).toBeHidden();
	await roomRow(ann.page, bob.name).click();
	await say(ann.page, 'good evening');
	await roomRow(bob.page, ann.name).click();
	await expect(message(bob.page, 'good evening')).toBeVisible();
});

test('nothing for axe to complain about in the list of friends', async ({ browser, bob }) => {
	const ann = await register(browser, app.origin, { reducedMotion: 'reduce' });
	const cid = await register(browser, app.origin);
	await befriend(ann, bob);
	await ask(cid.page, ann.name);
	await expect(incoming(ann.page)).toContainText(cid.name);
	await expect(ann.page.getByText(`${cid.name} wants to be friends`)).toBeHidden();
	const { violations } = await new AxeBuilder({ page: ann.page }).analyze();
	expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
});

test('the browser’s word that the network is gone is on the line at once', async ({ browser }) => {
	const { page, context } = await register(browser, app.origin);
	await expect(status(page)).toContainText('Connected');
	await context.setOffline(true);
	// Sooner than any question to the server would be given up.
	await expect(status(page)).not.toContainText('Connected', { timeout: 3_000 });
	await expect(status(page)).toContainText('Offline');
	await context.setOffline(false);
	await expect(status(page)).toContainText('Connected');
});

test('a first visit leaves nothing red in the console', async ({ browser }) => {
	const page = await (await browser.newContext()).newPage();
	const red: string[] = [];
	page.on('console', (line) => line.type() === 'error' && red.push(line.text()));
	await page.goto(`${app.origin}/rooms`);
	await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible();
	await page.getByRole('button', { name: 'Sign in', exact: true }).click();
	await expect(page.getByText('This is needed.')).toHaveCount(2);
	expect(red).toEqual([]);
});
