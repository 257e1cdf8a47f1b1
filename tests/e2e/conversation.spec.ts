/** Two people in two browsers, and the list that never jumps. */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import {
	allSent,
	composer,
	flood,
	leaveRoom,
	makeRoom,
	mark,
	message,
	messages,
	openRoom,
	openRoomId,
	register,
	roomList,
	say
} from '../support/people.ts';
import { test, useApp } from '../support/test.ts';

const app = useApp();

/** Texts of all messages in the document, from top to bottom. */
async function texts(page: Page): Promise<string[]> {
	return messages(page).locator('.text').allTextContents();
}

test('two people talk; both sides see each text once, in order', async ({ ann, bob }) => {
	await makeRoom(ann.page, 'Balcony');
	await openRoom(bob.page, 'Balcony');
	await say(ann.page, 'Hello\nBob');
	await expect(mark(ann.page, 'Bob', 'On the server')).toBeVisible();
	await expect(message(bob.page, 'Hello')).toHaveAttribute('aria-label', ann.name);
	await say(bob.page, '你好，Ann 🐦');
	await expect(message(ann.page, '你好')).toBeVisible();
	expect(await texts(ann.page)).toEqual(['Hello\nBob', '你好，Ann 🐦']);
	expect(await texts(bob.page)).toEqual(['Hello\nBob', '你好，Ann 🐦']);
	await expect(bob.page.getByText('2 online', { exact: true })).toBeVisible();
});

test('a private room wants its password, and says so when it is wrong', async ({ ann, bob }) => {
	await makeRoom(ann.page, 'Attic', 'under the eaves');
	await roomList(bob.page)
		.getByRole('link', { name: /^Attic/u })
		.click();
	await bob.page.getByLabel('Password').fill('wrong');
	await bob.page.getByRole('button', { name: 'Join', exact: true }).click();
	await expect(bob.page.getByRole('alert')).toContainText('not the password');
	await bob.page.getByLabel('Password').fill('under the eaves');
	await bob.page.getByRole('button', { name: 'Join', exact: true }).click();
	await expect(composer(bob.page)).toBeVisible();
	await leaveRoom(bob.page);
});

test('complaint 15: Enter in an input method sends nothing', async ({ browser }) => {
	const { page, context } = await register(browser, app.origin);
	await makeRoom(page, 'Kana');
	await composer(page).focus();
	const session = await context.newCDPSession(page);
	await session.send('Input.imeSetComposition', { text: 'ni', selectionStart: 2, selectionEnd: 2 });
	await session.send('Input.dispatchKeyEvent', {
		type: 'keyDown',
		key: 'Enter',
		code: 'Enter',
		windowsVirtualKeyCode: 229
	});
	await session.send('Input.insertText', { text: '你' });
	await expect(composer(page)).toHaveValue('你');
	await expect(messages(page).getByRole('article')).toHaveCount(0);
	await expect(async () => {
		await composer(page).press('Enter');
		await expect(message(page, '你')).toBeVisible({ timeout: 500 });
	}).toPass();
});

test('complaint 7: a draft outlives another room, a reload and a closed tab', async ({
	browser
}) => {
	const { page, context } = await register(browser, app.origin);
	await makeRoom(page, 'Draft room');
	const url = page.url();
	await composer(page).fill('half a thought');
	await openRoom(page, 'general');
	await expect(composer(page)).toHaveValue('');
	await openRoom(page, 'Draft room');
	await expect(composer(page)).toHaveValue('half a thought');
	await composer(page).fill('half a thought, and more');
	await page.close();
	const again = await context.newPage();
	await again.goto(url);
	await expect(composer(again)).toHaveValue('half a thought, and more');
});

test('one’s own message can be changed and recalled, and the others see it', async ({
	ann,
	bob
}) => {
	await makeRoom(ann.page, 'Second thoughts');
	await openRoom(bob.page, 'Second thoughts');
	await say(ann.page, 'a frist word');
	await expect(message(bob.page, 'a frist word')).toBeVisible();
	await composer(ann.page).press('ArrowUp');
	await composer(ann.page).fill('a first word');
	await composer(ann.page).press('Enter');
	await expect(message(bob.page, 'a first word')).toContainText('edited');
	await message(ann.page, 'a first word').hover();
	await message(ann.page, 'a first word')
		.getByRole('button', { name: 'Actions for this message' })
		.click();
	await ann.page.getByRole('menuitem', { name: 'Recall' }).click();
	await expect(message(bob.page, 'Message recalled')).toBeVisible();
	await expect(message(bob.page, 'a first word')).toHaveCount(0);
});

test('complaint 14: the message under the eye moves at most 1 px over 20 prepends', async ({
	ann,
	bob
}) => {
	await makeRoom(ann.page, 'Long tale');
	const room = openRoomId(ann.page);
	await say(ann.page, 'It begins.');
	await expect(mark(ann.page, 'It begins.', 'On the server')).toBeVisible();
	const lines = Array.from(
		{ length: 1500 },
		(_, index) => `Line ${index} ${'word '.repeat((index * 7) % 40)}`
	);
	await flood(ann, room, lines);
	await openRoom(bob.page, 'Long tale');
	await expect(message(bob.page, 'Line 1499 ')).toBeVisible();

	// After each step up, whatever is rendered above meanwhile must not move what is on screen.
	const drift = await messages(bob.page).evaluate(async (list) => {
		// What is painted: an observer that has just begun is called last in a frame, after the list has put itself right.
		const painted = (): Promise<void> =>
			new Promise((resolve) => {
				new ResizeObserver((_, self) => resolve(self.disconnect())).observe(list);
			});
		const rows = (): HTMLElement[] => [...list.querySelectorAll<HTMLElement>('[data-message]')];
		const first = (): string => rows()[0]?.dataset['key'] ?? '';
		let worst = 0;
		let prepends = 0;
		for (let step = 0; step < 4000 && prepends < 20; step++) {
			const before = first();
			list.scrollTop -= 300;
			const view = list.getBoundingClientRect().top;
			// The words under the eye: the name above them may go when the group grows upwards.
			const eye = rows()
				.find((row) => row.getBoundingClientRect().bottom > view + 100)
				?.querySelector('.text');
			const at = eye?.getBoundingClientRect().top ?? 0;
			for (let n = 0; n < 3; n++) await painted();
			if (first() !== before) prepends++;
			if (eye?.isConnected) worst = Math.max(worst, Math.abs(eye.getBoundingClientRect().top - at));
			else worst = Infinity;
		}
		return { worst, prepends };
	});
	expect(drift.prepends).toBeGreaterThanOrEqual(20);
	expect(drift.worst).toBeLessThanOrEqual(1);

	// Nor does a bar that opens above the list move what is read.
	const eye = messages(bob.page).locator('[data-message]').nth(60).locator('.text').first();
	await eye.scrollIntoViewIfNeeded();
	// The very one: what is rendered above it meanwhile changes which one is the sixtieth.
	const key = await eye.evaluate((text) => text.closest<HTMLElement>('[data-key]')!.dataset['key']);
	const sameEye = messages(bob.page).locator(`[data-key="${key}"] .text`).first();
	const topOfEye = async (): Promise<number> => (await sameEye.boundingBox())?.y ?? NaN;
	const topBefore = await topOfEye();
	await bob.page.keyboard.press('Control+f');
	await expect(bob.page.getByRole('search')).toBeVisible();
	await expect.poll(topOfEye).toBe(topBefore);
	await bob.page.keyboard.press('Escape');
	await expect(bob.page.getByRole('search')).toBeHidden();
	await expect.poll(topOfEye).toBe(topBefore);

	// A new message does not drag the reader down; the pill leads there.
	await say(ann.page, 'Something new.');
	const pill = bob.page.getByRole('button', { name: '1 new message' });
	await expect(pill).toBeVisible();
	await expect(message(bob.page, 'Something new.')).not.toBeInViewport();
	await pill.click();
	await expect(message(bob.page, 'Something new.')).toBeInViewport();
	await expect(pill).toBeHidden();
	expect(bob.faults).toEqual([]);
});

test('unread is counted, and read only where it was on screen', async ({ ann, bob }) => {
	await makeRoom(ann.page, 'Unread');
	await openRoom(bob.page, 'Unread');
	// He is in at once on his own screen: what is said before the server knows is not unread for him.
	await allSent(bob.page);
	await openRoom(bob.page, 'general');
	await say(ann.page, 'one');
	await say(ann.page, 'two');
	const row = roomList(bob.page).getByRole('link', { name: /^Unread/u });
	await expect(row).toContainText('2 unread');
	await openRoom(bob.page, 'Unread');
	await expect(bob.page.getByText('New messages', { exact: true })).toBeVisible();
	await expect(row).not.toContainText('unread');
});

test('keyboard alone: jump to a room, write, leave the field, see the shortcuts', async ({
	browser
}) => {
	const { page } = await register(browser, app.origin);
	await page.keyboard.press('Control+k');
	await page.keyboard.type('gen');
	await expect(page.getByRole('option', { name: 'general' })).toBeVisible();
	await page.keyboard.press('Enter');
	await expect(composer(page)).toBeFocused();
	await page.keyboard.type('typed');
	await page.keyboard.press('Enter');
	await expect(message(page, 'typed')).toBeVisible();
	await page.keyboard.press('Shift+Tab');
	await page.keyboard.press('?');
	await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
	await page.keyboard.press('Escape');
	await expect(page.getByRole('dialog')).toBeHidden();
	// What is typed goes on in the search of messages, and the way back leads here.
	await page.keyboard.press('Control+k');
	await page.keyboard.type('typed');
	await page.keyboard.press('Escape');
	await expect(page.locator('dialog')).toHaveCount(0);
	await page.keyboard.press('Control+k');
	await page.keyboard.type('typed');
	await page.keyboard.press('End');
	await page.keyboard.press('Enter');
	await expect(page.getByRole('main').getByRole('searchbox')).toHaveValue('typed');
	await page.goBack();
	await expect(message(page, 'typed')).toBeVisible();
});

test('nothing for axe to complain about in a conversation', async ({ browser }) => {
	const ann = await register(browser, app.origin, { reducedMotion: 'reduce' });
	await makeRoom(ann.page, 'Clear view');
	await say(ann.page, 'https://example.org 🐦');
	await expect(mark(ann.page, 'example', 'On the server')).toBeVisible();
	await expect(ann.page.getByRole('button', { name: 'Leave', exact: true })).toBeVisible();
	const { violations } = await new AxeBuilder({ page: ann.page }).analyze();
	expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
});
