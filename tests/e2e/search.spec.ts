/** Finding what was said: on this device with no network, on the server, in one conversation; and the way back. */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Locator, type Page } from '@playwright/test';
import {
	choose,
	composer,
	flood,
	goOffline,
	makeRoom,
	mark,
	message,
	messages,
	openRoom,
	openRoomId,
	register,
	roomRow,
	say,
	secondDevice,
	status
} from '../support/people.ts';
import { test, useApp } from '../support/test.ts';

const app = useApp();

const field = (page: Page): Locator => page.getByRole('searchbox', { name: 'Search messages' });
const results = (page: Page): Locator =>
	page.getByRole('list', { name: 'Search results' }).getByRole('listitem');

async function searchFor(page: Page, text: string): Promise<void> {
	await page.keyboard.press('Control+Shift+F');
	await expect(field(page)).toBeFocused();
	await field(page).fill(text);
}

test('complaint 18: any part of a Chinese text is found with no network, and leads to its message', async ({
	ann
}) => {
	const { page } = ann;
	await makeRoom(page, '周末读书会');
	await flood(ann, openRoomId(page), [
		'离线地图已经下载好了',
		...Array.from({ length: 120 }, (_, n) => `line ${n}`)
	]);
	await expect(message(page, 'line 119')).toBeVisible();
	await makeRoom(page, 'Harbour');
	await say(page, 'the **map** of getUserName 🗺');
	await expect(mark(page, 'getUserName', 'On the server')).toBeVisible();
	await goOffline(ann);
	for (const [text, found] of [
		['线地', '离线地图'],
		['载', '离线地图'],
		['NAME', 'the map of getUserName'],
		['地图 好了', '离线地图']
	] as const) {
		await searchFor(page, text);
		await expect(results(page)).toHaveCount(1);
		await expect(results(page)).toContainText(found);
	}
	await expect(results(page).locator('mark')).toHaveText(['地图', '好了']);
	await expect(page.getByText('Searched on this device, where everything is.')).toBeVisible();
	await field(page).press('ArrowDown');
	await page.keyboard.press('Enter');
	await expect(message(page, '离线地图已经下载好了')).toBeInViewport();
	await page.goBack();
	await expect(field(page)).toHaveValue('地图 好了');
	await expect(results(page)).toHaveCount(1);
	await field(page).fill('不在这里');
	await expect(page.getByText('Nothing found')).toBeVisible();
});

test('promise 8: what is recalled or edited while it is listed does not stay in the list', async ({
	ann,
	bob
}) => {
	await makeRoom(ann.page, 'Second thoughts');
	await openRoom(bob.page, 'Second thoughts');
	await say(ann.page, 'umbrella one');
	await say(ann.page, 'umbrella two');
	await expect(message(bob.page, 'umbrella two')).toBeVisible();
	await searchFor(bob.page, 'umbrella');
	await expect(results(bob.page)).toHaveCount(2);
	await choose(ann.page, 'umbrella one', 'Recall');
	await expect(results(bob.page)).toHaveCount(1);
	await expect(results(bob.page)).toContainText('umbrella two');
	await field(bob.page).fill('umbrella one');
	await expect(bob.page.getByText('Nothing found')).toBeVisible();

	await field(bob.page).fill('umbrella');
	await expect(results(bob.page)).toContainText('umbrella two');
	await choose(ann.page, 'umbrella two', 'Edit');
	await composer(ann.page).fill('umbrella mended');
	await composer(ann.page).press('Enter');
	await expect(results(bob.page)).toContainText('umbrella mended');

	// Whoever is put out finds nothing of the room any more (promise 11).
	await ann.page
		.getByRole('complementary', { name: 'About this room' })
		.getByRole('listitem')
		.filter({ hasText: bob.name })
		.getByRole('button')
		.click();
	const card = ann.page.getByRole('dialog', { name: 'Profile' });
	await card.getByRole('button', { name: 'Remove', exact: true }).click();
	await card.getByRole('button', { name: 'Yes, remove' }).click();
	await expect(bob.page.getByText('Nothing found')).toBeVisible();
});

test('what only the server has is found there, and its place in the conversation is fetched', async ({
	browser,
	ann
}) => {
	await makeRoom(ann.page, 'Long ago');
	const room = openRoomId(ann.page);
	await flood(ann, room, [
		'the needle in the haystack',
		...Array.from({ length: 1_300 }, (_, n) => `straw ${n}`)
	]);
	const page = await secondDevice(browser, ann);
	await openRoom(page, 'Long ago');
	await expect(message(page, 'straw 1299')).toBeVisible();
	await searchFor(page, 'needle haystack');
	await expect(results(page)).toHaveCount(1);
	await expect(page.getByText('Searched on this device and on the server.')).toBeVisible();
	await results(page).getByRole('link').click();
	await expect(message(page, 'the needle in the haystack')).toBeInViewport();
});

test('filters narrow it, typed ones, too', async ({ ann, bob }) => {
	await makeRoom(ann.page, 'Kitchen');
	await openRoom(bob.page, 'Kitchen');
	await say(ann.page, 'bread from ann');
	await say(bob.page, 'bread from bob');
	await expect(message(ann.page, 'bread from bob')).toBeVisible();
	await makeRoom(ann.page, 'Cellar');
	await say(ann.page, 'bread in the cellar');
	await searchFor(ann.page, 'bread');
	await expect(results(ann.page)).toHaveCount(3);
	await ann.page.getByRole('button', { name: 'Filters' }).click();
	await ann.page.getByLabel('Where').selectOption({ label: 'Kitchen' });
	await expect(results(ann.page)).toHaveCount(2);
	await ann.page.getByLabel('From', { exact: true }).selectOption({ label: bob.name });
	await expect(results(ann.page)).toHaveCount(1);
	await expect(results(ann.page)).toContainText('bread from bob');
	await expect(ann.page).toHaveURL(/q=bread.*from=/u);
	await ann.page.reload();
	await expect(results(ann.page)).toHaveCount(1);
	await ann.page.getByLabel('Where').selectOption({ label: 'Everywhere' });
	await ann.page.getByLabel('From', { exact: true }).selectOption({ label: 'Anybody' });
	await field(ann.page).fill(`bread from:${ann.name} in:Cellar`);
	await expect(results(ann.page)).toHaveCount(1);
	await expect(results(ann.page)).toContainText('bread in the cellar');
	await field(ann.page).fill('bread has:file');
	await expect(ann.page.getByText('Nothing found')).toBeVisible();
	await field(ann.page).fill(`bread from：${bob.name}`);
	await expect(results(ann.page)).toHaveCount(1);
	await ann.page.getByLabel('Since').fill('2031-01-01');
	await field(ann.page).fill('bread');
	await expect(ann.page.getByText('Nothing found')).toBeVisible();
});

/** The words that are marked in the conversation. */
const marked = (page: Page): Promise<string[]> =>
	page.evaluate(() => [...(CSS.highlights.get('found') ?? [])].map((range) => range.toString()));

test('in one conversation: Ctrl+F, result by result, and out again', async ({ ann }) => {
	const { page } = ann;
	await makeRoom(page, 'Garden');
	await flood(
		ann,
		openRoomId(page),
		Array.from({ length: 150 }, (_, n) => (n % 50 === 0 ? `tulip ${n}` : `weed ${n}`))
	);
	await expect(message(page, 'weed 149')).toBeVisible();
	await page.keyboard.press('Control+F');
	const here = page.getByRole('searchbox', { name: 'Search in this conversation' });
	await expect(here).toBeFocused();
	await here.fill('tulip');
	await expect(page.getByText('0 of 3')).toBeVisible();
	await here.press('Enter');
	await expect(page.getByText('1 of 3')).toBeVisible();
	await expect(message(page, 'tulip 100')).toBeInViewport();
	await expect(message(page, 'tulip 100')).toHaveClass(/found/u);
	expect(await marked(page)).toEqual(['tulip']);
	await here.press('ArrowUp');
	await here.press('ArrowUp');
	await expect(page.getByText('3 of 3')).toBeVisible();
	await expect(message(page, 'tulip 0')).toBeInViewport();
	await page.getByRole('button', { name: 'Newer result' }).click();
	await expect(page.getByText('2 of 3')).toBeVisible();
	await here.focus();
	await here.press('Escape');
	await expect(here).toBeHidden();
	await expect(composer(page)).toBeFocused();
	expect(await marked(page)).toEqual([]);
});

test('what only the server has comes page by page and stays, whatever is said elsewhere', async ({
	browser,
	ann,
	bob
}) => {
	await makeRoom(ann.page, 'Haystack');
	await flood(ann, openRoomId(ann.page), [
		...Array.from({ length: 130 }, (_, n) => `needle ${n}`),
		...Array.from({ length: 1_200 }, (_, n) => `straw ${n}`)
	]);
	const page = await secondDevice(browser, ann);
	await openRoom(page, 'Haystack');
	await expect(message(page, 'straw 1199')).toBeVisible();
	await searchFor(page, 'needle in:Haystack');
	await expect(results(page)).toHaveCount(50);
	await page.getByRole('button', { name: 'Show more' }).click();
	await expect(results(page)).toHaveCount(100);
	await page.getByRole('button', { name: 'Show more' }).click();
	await expect(results(page)).toHaveCount(130);
	await expect(page.getByRole('button', { name: 'Show more' })).toBeHidden();
	await openRoom(bob.page, 'general');
	await say(bob.page, 'said elsewhere');
	await expect(roomRow(page, 'general')).toContainText('said elsewhere');
	await expect(page.getByText('Searched on this device and on the server.')).toBeVisible();
	await expect(results(page)).toHaveCount(130);
	await results(page).nth(80).getByRole('link').click();
	await expect(composer(page)).toBeVisible();
	await page.goBack();
	await expect(results(page)).toHaveCount(130);
	await expect(results(page).nth(80)).toBeInViewport();
});

test('many unread: opens at the first of them, and only what was on screen counts as read', async ({
	ann,
	bob
}) => {
	await makeRoom(ann.page, 'Newsroom');
	const room = openRoomId(ann.page);
	await openRoom(bob.page, 'Newsroom');
	await flood(
		ann,
		room,
		Array.from({ length: 100 }, (_, n) => `old ${n}.`)
	);
	await expect(message(bob.page, 'old 99.')).toBeInViewport();
	await expect(roomRow(bob.page, 'Newsroom')).not.toContainText('unread');
	await openRoom(bob.page, 'general');
	await flood(
		ann,
		room,
		Array.from({ length: 100 }, (_, n) => `news ${n}.`)
	);
	await expect(roomRow(bob.page, 'Newsroom')).toContainText('100');
	await openRoom(bob.page, 'Newsroom');
	await expect(messages(bob.page).getByText('New messages')).toBeInViewport();
	await expect(message(bob.page, 'news 0.')).toBeInViewport();
	await expect(message(bob.page, 'news 99.')).toBeHidden();
	await expect
		.poll(async () =>
			Number(await roomRow(bob.page, 'Newsroom').getByText(/^\d+$/u).first().textContent())
		)
		.toBeGreaterThan(70);
});

test('an input method that composes searches for nothing', async ({ browser }) => {
	const { page, context } = await register(browser, app.origin);
	await makeRoom(page, 'Pinyin');
	await say(page, '你好');
	await page.keyboard.press('Control+Shift+F');
	await expect(field(page)).toBeFocused();
	const session = await context.newCDPSession(page);
	await session.send('Input.imeSetComposition', {
		text: 'nihao',
		selectionStart: 5,
		selectionEnd: 5
	});
	await expect(field(page)).toHaveValue('nihao');
	await expect(page.getByText('Find what was said')).toBeVisible();
	await session.send('Input.insertText', { text: '你好' });
	await expect(results(page)).toHaveCount(1);
});

/** Lower edge of a message on screen, px. */
const bottomOf = (page: Page, text: string): Promise<number> =>
	message(page, text).evaluate((row) => row.getBoundingClientRect().bottom);

test('a room opens where one left it, and back leads to the same pixel', async ({ ann }) => {
	const { page } = ann;
	await makeRoom(page, 'Diary');
	await flood(
		ann,
		openRoomId(page),
		Array.from({ length: 200 }, (_, n) => `entry ${n}.`)
	);
	await expect(message(page, 'entry 199.')).toBeInViewport();
	await messages(page).evaluate((list) => (list.scrollTop -= 2_537));
	const seen = await messages(page).evaluate((list) => {
		const top = list.getBoundingClientRect().top + 200;
		const rows = [...list.querySelectorAll<HTMLElement>('[data-message]')];
		return rows.find((row) => row.getBoundingClientRect().top > top)!.querySelector('.text')!
			.textContent!;
	});
	const before = await bottomOf(page, seen);
	const offBy = (bottom: number): number => Math.abs(bottom - before);
	await openRoom(page, 'general');
	await page.goBack();
	await expect(message(page, seen)).toBeInViewport();
	await expect.poll(() => bottomOf(page, seen).then(offBy)).toBeLessThanOrEqual(1);
	await openRoom(page, 'general');
	await openRoom(page, 'Diary');
	await expect(message(page, seen)).toBeInViewport();
	await expect.poll(() => bottomOf(page, seen).then(offBy)).toBeLessThanOrEqual(1);
	await page.reload();
	await expect(message(page, seen)).toBeInViewport();
	await expect.poll(() => bottomOf(page, seen).then(offBy)).toBeLessThanOrEqual(1);
	// From where it opened it goes anywhere.
	await say(page, 'and one more');
	await expect(message(page, 'and one more')).toBeInViewport();
});

test('promise 14: a tab in the middle of a conversation keeps no place after another one signed out', async ({
	ann
}) => {
	const { page, context } = ann;
	await makeRoom(page, 'Left open');
	await flood(
		ann,
		openRoomId(page),
		Array.from({ length: 120 }, (_, n) => `page ${n}.`)
	);
	await expect(message(page, 'page 119.')).toBeInViewport();
	await messages(page).evaluate((list) => (list.scrollTop -= 1_500));
	const other = await context.newPage();
	await other.goto(`${app.origin}/settings`);
	await other.getByRole('button', { name: 'Sign out' }).click();
	await expect(page.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible();
	const keys = await other.evaluate(() => Object.keys(localStorage));
	expect(keys.filter((key) => key.startsWith('roost:account:'))).toEqual([]);
});

test('a jump to a date, and the way back to where one was', async ({ ann }) => {
	const { page } = ann;
	await makeRoom(page, 'Log');
	await flood(
		ann,
		openRoomId(page),
		Array.from({ length: 200 }, (_, n) => `record ${n}.`)
	);
	await expect(message(page, 'record 199.')).toBeInViewport();
	// Partly it is before the list has come to its end.
	const toEnd = (list: HTMLElement) => list.scrollHeight - list.clientHeight - list.scrollTop;
	await expect.poll(() => messages(page).evaluate(toEnd)).toBeLessThan(1);
	const before = await bottomOf(page, 'record 199.');
	await page.getByRole('button', { name: 'Jump to date' }).click();
	const calendar = page.getByRole('dialog', { name: 'Jump to date' });
	const today = await page.evaluate(() => String(new Date().getDate()));
	const day = calendar
		.getByRole('button', { disabled: false })
		.filter({ hasText: RegExp(`^${today}$`, 'u') });
	await expect(day).toBeFocused();
	await expect(day).toHaveAttribute('aria-disabled', 'false');
	await page.keyboard.press('Enter');
	await expect(calendar).toBeHidden();
	await expect(message(page, 'record 0.')).toBeInViewport();
	await page.goBack();
	await expect(message(page, 'record 199.')).toBeInViewport();
	await expect
		.poll(async () => Math.abs((await bottomOf(page, 'record 199.')) - before))
		.toBeLessThanOrEqual(1);
});

test('nothing for axe to complain about while searching', async ({ browser }) => {
	const { page } = await register(browser, app.origin);
	await makeRoom(page, 'Axe');
	await say(page, 'find me');
	await searchFor(page, 'find');
	await expect(results(page)).toHaveCount(1);
	await page.getByRole('button', { name: 'Filters' }).click();
	for (const scheme of ['light', 'dark'] as const) {
		await page.emulateMedia({ colorScheme: scheme });
		expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
	}
	await results(page).getByRole('link').click();
	await page.keyboard.press('Control+F');
	await page.getByRole('button', { name: 'Jump to date' }).click();
	await expect(page.getByRole('dialog', { name: 'Jump to date' })).toBeVisible();
	await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
	expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
	await expect(status(page)).toContainText('Connected');
});
