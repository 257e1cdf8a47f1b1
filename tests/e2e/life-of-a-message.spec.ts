/** What happens to a message after it was sent: online, offline and then online, and crossing. */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Browser, type Locator, type Page } from '@playwright/test';
import {
	allSent,
	choose,
	composer,
	flood,
	goOffline,
	goOnline,
	makeRoom,
	mark,
	message,
	messages,
	openRoom,
	openRoomId,
	placeOf,
	pressUntilFocused,
	register,
	roomRow,
	say,
	saying,
	secondDevice,
	status,
	type Human
} from '../support/people.ts';
import { test, useApp } from '../support/test.ts';

const app = useApp();

/** Two people in a room of their own. */
async function pair(browser: Browser, room: string): Promise<{ ann: Human; bob: Human }> {
	const ann = await register(browser, app.origin);
	const bob = await register(browser, app.origin);
	await makeRoom(ann.page, room);
	await openRoom(bob.page, room);
	return { ann, bob };
}

/** Another device of somebody, with the room open. */
async function deviceIn(browser: Browser, person: Human, room: string): Promise<Page> {
	const page = await secondDevice(browser, person);
	await openRoom(page, room);
	return page;
}

/** What the message that says this answers. */
const quote = (page: Page, answer: string): Locator => saying(page, answer).locator('[data-quote]');
const reaction = (page: Page, text: string, emoji: string): Locator =>
	message(page, text).getByRole('button', { name: new RegExp(`^${emoji} `, 'u') });

test.describe('answers', () => {
	test('quote what they answer, lead to it, and say when it was recalled', async ({ browser }) => {
		const { ann, bob } = await pair(browser, 'Answers');
		await say(ann.page, 'From which pier?');
		await expect(message(bob.page, 'From which pier?')).toBeVisible();
		await flood(
			ann,
			openRoomId(ann.page),
			Array.from({ length: 120 }, (_, n) => `between no. ${n}`)
		);
		await say(ann.page, 'still: what time?');
		await choose(bob.page, 'still: what time?', 'Reply');
		await expect(bob.page.getByText(`Replying to ${ann.name}`)).toBeVisible();
		await expect(composer(bob.page)).toBeFocused();
		await say(bob.page, 'Pier 4');
		await expect(quote(ann.page, 'Pier 4')).toContainText('still: what time?');
		await expect(bob.page.getByText(`Replying to ${ann.name}`)).toBeHidden();

		// One that is far above: the window moves there and the message flashes.
		await messages(bob.page).evaluate((list) => list.scrollTo(0, 0));
		await expect(async () => {
			await messages(bob.page).evaluate((list) => list.scrollTo(0, 0));
			await expect(message(bob.page, 'From which pier?')).toBeInViewport({ timeout: 200 });
		}).toPass();
		await choose(bob.page, 'From which pier?', 'Reply');
		await say(bob.page, 'The first one');
		await expect(message(bob.page, 'The first one')).toBeInViewport();
		await quote(bob.page, 'The first one').click();
		const target = messages(bob.page)
			.getByRole('article')
			.filter({ has: bob.page.locator('.text', { hasText: /^From which pier\?$/u }) });
		await expect(target).toBeInViewport();
		await expect(target).toHaveClass(/flash/u);
		await bob.page.getByRole('button', { name: /Jump to newest|new message/u }).click();
		await expect(message(bob.page, 'The first one')).toBeInViewport();

		await choose(ann.page, 'still: what time?', 'Recall');
		await expect(quote(bob.page, 'Pier 4')).toContainText('The message was recalled');
		await expect(quote(bob.page, 'Pier 4')).not.toContainText('what time');
		expect([...ann.faults, ...bob.faults]).toEqual([]);
	});

	test('are written offline, to what is held and to what is itself still queued', async ({
		browser
	}) => {
		const { ann, bob } = await pair(browser, 'Tunnel');
		await say(ann.page, 'Lunch at noon?');
		await expect(message(bob.page, 'Lunch at noon?')).toBeVisible();
		await goOffline(bob);
		await choose(bob.page, 'Lunch at noon?', 'Reply');
		await say(bob.page, 'Yes, hungry');
		await expect(quote(bob.page, 'Yes, hungry')).toContainText('Lunch at noon?');
		await choose(bob.page, 'Yes, hungry', 'Reply');
		await say(bob.page, 'very hungry indeed');
		await expect(mark(bob.page, 'very hungry indeed', 'Waiting for network')).toBeVisible();
		await goOnline(bob);
		await expect(message(ann.page, 'Yes, hungry').first().locator('[data-quote]')).toContainText(
			'Lunch at noon?'
		);
		await expect(quote(ann.page, 'very hungry indeed')).toContainText('Yes, hungry');
	});

	test('fetch what they answer when a device does not have it, and say so without a network', async ({
		browser
	}) => {
		const { ann, bob } = await pair(browser, 'Archive');
		await say(ann.page, 'The very first word');
		await expect(message(bob.page, 'The very first word')).toBeVisible();
		await flood(
			ann,
			openRoomId(ann.page),
			Array.from({ length: 150 }, (_, n) => `filler no. ${n}`)
		);
		await messages(bob.page).evaluate((list) => list.scrollTo(0, 0));
		await expect(async () => {
			await messages(bob.page).evaluate((list) => list.scrollTo(0, 0));
			await expect(message(bob.page, 'The very first word')).toBeInViewport({ timeout: 200 });
		}).toPass();
		await choose(bob.page, 'The very first word', 'Reply');
		await say(bob.page, 'I remember');
		await expect(mark(bob.page, 'I remember', 'On the server')).toBeVisible();

		const phone = await deviceIn(browser, bob, 'Archive');
		await expect(quote(phone, 'I remember')).toContainText('The very first word');
		await quote(phone, 'I remember').click();
		await expect(message(phone, 'The very first word').first()).toBeInViewport();
	});
});

test.describe('mentions', () => {
	test('are completed while typing, counted apart, and lead to the person', async ({ browser }) => {
		const { ann, bob } = await pair(browser, 'Names');
		await openRoom(bob.page, 'general');
		await composer(ann.page).pressSequentially(`hey @${bob.name.slice(0, 8)}`);
		const list = ann.page.getByRole('listbox', { name: 'People you can mention' });
		await expect(list.getByRole('option')).toHaveCount(1);
		await composer(ann.page).press('Escape');
		await expect(list).toBeHidden();
		await composer(ann.page).pressSequentially(' @');
		await expect(list).toBeVisible();
		await composer(ann.page).press('Enter');
		await expect(composer(ann.page)).toHaveValue(`hey @${bob.name.slice(0, 8)} @${bob.name} `);
		await composer(ann.page).press('Enter');

		await expect(roomRow(bob.page, 'Names')).toContainText(/mention/iu);
		await openRoom(bob.page, 'Names');
		const called = message(bob.page, 'hey').getByRole('button', { name: `@${bob.name}` });
		await expect(called).toHaveClass(/own/u);
		await message(ann.page, 'hey')
			.getByRole('button', { name: `@${bob.name}` })
			.click();
		await expect(ann.page.getByRole('dialog')).toContainText(bob.name);
	});

	test('nothing is completed while an input method composes', async ({ browser }) => {
		const { ann } = await pair(browser, 'Compose');
		await composer(ann.page).pressSequentially('@');
		const list = ann.page.getByRole('listbox', { name: 'People you can mention' });
		await expect(list).toBeVisible();
		const session = await ann.context.newCDPSession(ann.page);
		const composing = { text: 'ni', selectionStart: 2, selectionEnd: 2 };
		await session.send('Input.imeSetComposition', composing);
		await expect(list).toBeHidden();
		// The Enter of the input method neither picks a name nor sends anything.
		const enter = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229 };
		await session.send('Input.dispatchKeyEvent', { type: 'keyDown', ...enter });
		await session.send('Input.insertText', { text: '你' });
		await expect(composer(ann.page)).toHaveValue('@你');
		await expect(messages(ann.page).getByRole('article')).toHaveCount(0);
	});
});

test.describe('reactions', () => {
	test('are put and taken back by both, from the menu, the chips and the picker', async ({
		browser
	}) => {
		const { ann, bob } = await pair(browser, 'Hearts');
		await say(ann.page, 'We have a boat!');
		await choose(bob.page, 'We have a boat!', 'React with 🎉');
		await expect(reaction(ann.page, 'a boat', '🎉')).toHaveAttribute('aria-pressed', 'false');
		await reaction(ann.page, 'a boat', '🎉').click();
		await expect(reaction(bob.page, 'a boat', '🎉')).toContainText('2');
		await reaction(bob.page, 'a boat', '🎉').hover();
		await expect(reaction(bob.page, 'a boat', '🎉')).toHaveAttribute(
			'title',
			new RegExp(`${ann.name}.* reacted with 🎉`, 'u')
		);
		await reaction(bob.page, 'a boat', '🎉').click();
		await expect(reaction(ann.page, 'a boat', '🎉')).toContainText('1');

		// The picker knows both languages, works by keyboard alone, and remembers.
		await message(ann.page, 'a boat').getByRole('button', { name: 'More emoji' }).click();
		await ann.page.getByRole('searchbox', { name: 'Search emoji' }).fill('帆船');
		await expect(ann.page.getByRole('button', { name: 'sailboat' })).toBeVisible();
		await ann.page.keyboard.press('ArrowDown');
		await ann.page.keyboard.press('Enter');
		await expect(reaction(bob.page, 'a boat', '⛵')).toBeVisible();
		await message(ann.page, 'a boat').getByRole('button', { name: 'More emoji' }).click();
		const recent = ann.page.getByRole('region', { name: 'Used recently' });
		await expect(recent.getByRole('button', { name: 'sailboat' })).toBeVisible();
		expect([...ann.faults, ...bob.faults]).toEqual([]);
	});

	test('wait offline, seen as waiting, and arrive; the picker opens without a network', async ({
		browser
	}) => {
		const { ann, bob } = await pair(browser, 'Slow hearts');
		await say(ann.page, 'Rain again');
		await expect(message(bob.page, 'Rain again')).toBeVisible();
		await goOffline(bob);
		await message(bob.page, 'Rain again').hover();
		await message(bob.page, 'Rain again').getByRole('button', { name: 'React' }).click();
		await bob.page.getByRole('searchbox', { name: 'Search emoji' }).fill('umbrella with rain');
		await expect(bob.page.getByRole('button', { name: 'umbrella with rain drops' })).toBeVisible();
		await bob.page.keyboard.press('Enter');
		await expect(reaction(bob.page, 'Rain again', '☔')).toHaveAttribute('data-queued', '');
		await goOnline(bob);
		await expect(reaction(ann.page, 'Rain again', '☔')).toContainText('1');
		await expect(reaction(bob.page, 'Rain again', '☔')).not.toHaveAttribute('data-queued', '');
	});

	test('conflict: on what was recalled meanwhile, nothing is shown and nobody is bothered', async ({
		browser
	}) => {
		const { ann, bob } = await pair(browser, 'Crossing hearts');
		await say(ann.page, 'soon gone');
		await expect(message(bob.page, 'soon gone')).toBeVisible();
		await goOffline(bob);
		await choose(bob.page, 'soon gone', 'React with 👍');
		await expect(reaction(bob.page, 'soon gone', '👍')).toBeVisible();
		await choose(ann.page, 'soon gone', 'Recall');
		await expect(message(ann.page, 'Message recalled')).toBeVisible();
		// It is so on her own screen before the server knows.
		await allSent(ann.page);
		await goOnline(bob);
		await expect(message(bob.page, 'Message recalled')).toBeVisible();
		await expect(bob.page.getByRole('group', { name: 'React' })).toHaveCount(0);
		await expect(status(bob.page)).not.toContainText('Needs you');
	});
});

test.describe('pins', () => {
	test('stand above the conversation, lead to the message, one after the other', async ({
		browser
	}) => {
		const { ann, bob } = await pair(browser, 'Pins');
		await say(ann.page, 'The code of the door is 4711');
		await say(ann.page, 'The ferry leaves at 18:40');
		await choose(ann.page, 'The code of the door', 'Pin');
		const bar = bob.page.getByRole('button', { name: /^Pinned message/u });
		await expect(bar).toContainText('The code of the door is 4711');
		await expect(messages(bob.page).getByText(`${ann.name} pinned a message`)).toBeVisible();
		// Not everybody may.
		await message(bob.page, 'The ferry leaves').hover();
		await message(bob.page, 'The ferry leaves')
			.getByRole('button', { name: 'Actions for this message' })
			.click();
		await expect(bob.page.getByRole('menuitem', { name: 'Reply' })).toBeVisible();
		await expect(bob.page.getByRole('menuitem', { name: 'Pin', exact: true })).toHaveCount(0);
		await bob.page.keyboard.press('Escape');

		await goOffline(ann);
		await choose(ann.page, 'The ferry leaves', 'Pin');
		await expect(ann.page.getByRole('button', { name: 'Pinned message 1 of 2' })).toContainText(
			'The ferry leaves'
		);
		await goOnline(ann);
		await expect(bar).toContainText('The ferry leaves');
		await bar.click();
		await expect(bar).toContainText('The code of the door');
		await bar.click();
		await expect(message(bob.page, 'The code of the door').first()).toHaveClass(/flash/u);

		await ann.page.getByRole('button', { name: 'All pinned messages' }).click();
		await ann.page.getByRole('button', { name: 'Unpin' }).first().click();
		await ann.page.keyboard.press('Escape');
		await expect(bar).toContainText('The code of the door');
		await choose(ann.page, 'The code of the door', 'Unpin');
		await expect(bar).toHaveCount(0);
	});

	test('conflict: of what was recalled meanwhile is refused, with the reason', async ({
		browser
	}) => {
		const { ann, bob } = await pair(browser, 'Crossing pins');
		await say(bob.page, 'soon recalled');
		await expect(message(ann.page, 'soon recalled')).toBeVisible();
		await goOffline(ann);
		await choose(ann.page, 'soon recalled', 'Pin');
		await choose(bob.page, 'soon recalled', 'Recall');
		await expect(message(bob.page, 'Message recalled')).toBeVisible();
		// It is so on his own screen before the server knows.
		await allSent(bob.page);
		await goOnline(ann);
		await expect(status(ann.page)).toContainText('Needs you: 1');
		await expect(ann.page.getByRole('button', { name: /^Pinned message/u })).toHaveCount(0);
		await status(ann.page).getByRole('link', { name: 'Needs you: 1' }).click();
		await expect(ann.page.getByRole('listitem').filter({ hasText: 'Pin in' })).toContainText(
			'recalled already'
		);
	});
});

test.describe('forwards', () => {
	test('say whose words they are, also offline; what was recalled meanwhile is refused', async ({
		browser
	}) => {
		const { ann, bob } = await pair(browser, 'Source');
		await makeRoom(bob.page, 'Target');
		await openRoom(ann.page, 'Target');
		await openRoom(ann.page, 'Source');
		await openRoom(bob.page, 'Source');
		await say(ann.page, 'words of Ann');
		await say(ann.page, 'words to be recalled');
		await expect(message(bob.page, 'words to be recalled')).toBeVisible();
		await goOffline(bob);
		for (const text of ['words of Ann', 'words to be recalled']) {
			await choose(bob.page, text, 'Forward');
			const chooser = bob.page.getByRole('dialog', { name: 'Forward to' });
			await chooser.getByRole('combobox').fill('targ');
			await chooser.getByRole('combobox').press('Enter');
			await expect(bob.page.getByText('Forwarded to Target').last()).toBeVisible();
		}
		await openRoom(bob.page, 'Target');
		await expect(message(bob.page, 'words of Ann')).toContainText(`Forwarded from ${ann.name}`);
		await choose(ann.page, 'words to be recalled', 'Recall');
		await expect(message(ann.page, 'Message recalled')).toBeVisible();
		// It is so on her own screen before the server knows.
		await allSent(ann.page);
		await goOnline(bob);
		await openRoom(ann.page, 'Target');
		await expect(message(ann.page, 'words of Ann')).toContainText(`Forwarded from ${ann.name}`);
		await expect(message(bob.page, 'words to be recalled')).toContainText('recalled already');
		await expect(message(ann.page, 'words to be recalled')).toHaveCount(0);
	});
});

test.describe('links', () => {
	test('to a message open it, wherever it is, on a device that has never seen it', async ({
		browser
	}) => {
		const { ann, bob } = await pair(browser, 'Linked');
		await ann.context.grantPermissions(['clipboard-read', 'clipboard-write']);
		await say(ann.page, 'The one that is meant');
		await choose(ann.page, 'The one that is meant', 'Copy link');
		const copied = () => ann.page.evaluate(() => navigator.clipboard.readText());
		await expect.poll(copied).toContain(`/rooms/${openRoomId(ann.page)}?m=`);
		const link = await copied();
		await flood(
			ann,
			openRoomId(ann.page),
			Array.from({ length: 150 }, (_, n) => `later no. ${n}`)
		);
		const phone = await deviceIn(browser, bob, 'Linked');
		await expect(message(phone, 'later no. 149')).toBeVisible();
		await phone.goto(link);
		await expect(message(phone, 'The one that is meant')).toBeInViewport();
		await expect(phone.locator('[data-hole]').first()).toBeVisible();
		// The holes around it close by themselves, and the newest is one press away.
		await expect(message(phone, 'later no. 0').first()).toBeVisible();
		await phone.getByRole('button', { name: /Jump to newest|new message/u }).click();
		await expect(message(phone, 'later no. 149')).toBeInViewport();
	});
});

test('light Markdown is elements, never HTML; code can be copied', async ({ browser }) => {
	const { ann, bob } = await pair(browser, 'Marks');
	await bob.context.grantPermissions(['clipboard-read', 'clipboard-write']);
	await say(ann.page, '**bold** <img src=x onerror=alert(1)> [map](https://example.org/m)');
	const text = message(bob.page, 'bold');
	await expect(text.locator('strong')).toHaveText('bold');
	await expect(text).toContainText('<img src=x onerror=alert(1)>');
	await expect(text.getByRole('link', { name: 'map' })).toHaveAttribute('rel', /noreferrer/u);
	await composer(ann.page).fill('```js\nlet a = 1;\n```');
	await composer(ann.page).press('Enter');
	await message(bob.page, 'let a').getByRole('button', { name: 'Copy code' }).click();
	const copied = () => bob.page.evaluate(() => navigator.clipboard.readText());
	await expect.poll(copied).toBe('let a = 1;');
	expect([...ann.faults, ...bob.faults]).toEqual([]);
});

test('ticks say on the server, then seen; small faces say who has read how far', async ({
	browser
}) => {
	const { ann, bob } = await pair(browser, 'Seen');
	await openRoom(bob.page, 'general');
	await say(ann.page, 'Did you see this?');
	await expect(mark(ann.page, 'Did you see', 'On the server')).toBeVisible();
	await expect(mark(ann.page, 'Did you see', 'Seen')).toHaveCount(0);
	await openRoom(bob.page, 'Seen');
	await bob.page.bringToFront();
	await expect(mark(ann.page, 'Did you see', 'Seen')).toBeVisible();
	await expect(ann.page.getByRole('img', { name: `Seen by ${bob.name}` })).toBeVisible();
});

test.describe('drafts', () => {
	test('follow the person to another device, and go when they are sent', async ({ browser }) => {
		const { ann } = await pair(browser, 'Desk and phone');
		const phone = await deviceIn(browser, ann, 'Desk and phone');
		await composer(ann.page).fill('begun at the desk');
		await expect(composer(phone)).toHaveValue('begun at the desk');
		await composer(phone).fill('begun at the desk, ended on the phone');
		await expect(composer(ann.page)).toHaveValue('begun at the desk, ended on the phone');
		await composer(phone).press('Enter');
		await expect(message(ann.page, 'ended on the phone')).toBeVisible();
		await expect(composer(ann.page)).toHaveValue('');
		await openRoom(ann.page, 'general');
		await openRoom(ann.page, 'Desk and phone');
		await expect(message(ann.page, 'ended on the phone')).toBeVisible();
		await expect(composer(ann.page)).toHaveValue('');
	});

	test('conflict: what two devices wrote at the same time is both kept', async ({ browser }) => {
		const { ann } = await pair(browser, 'Two minds');
		const phone = await deviceIn(browser, ann, 'Two minds');
		await goOffline(ann);
		await composer(ann.page).fill('written in the tunnel');
		await composer(phone).fill('written on the phone');
		// On the server before the other one can be: seen by a third device.
		const third = await deviceIn(browser, ann, 'Two minds');
		await expect(composer(third)).toHaveValue('written on the phone');
		await goOnline(ann);
		const bar = ann.page.getByRole('group', { name: 'Also written in another tab' });
		await expect(bar).toContainText('written on the phone');
		await expect(composer(ann.page)).toHaveValue('written in the tunnel');
		await bar.getByRole('button', { name: 'Keep both' }).click();
		await expect(composer(ann.page)).toHaveValue('written in the tunnel\n\nwritten on the phone');
		await expect(bar).toHaveCount(0);
		await expect(composer(third)).toHaveValue('written in the tunnel\n\nwritten on the phone');
	});

	test('two tabs: neither loses words to the other, without a network and after a reload', async ({
		browser
	}) => {
		const { ann } = await pair(browser, 'Two tabs');
		const second = await ann.context.newPage();
		await second.goto(ann.page.url());
		await expect(composer(second)).toBeVisible();
		await goOffline(ann);
		await composer(ann.page).pressSequentially('said in the first');
		await expect(composer(second)).toHaveValue('said in the first');
		await composer(second).fill('');
		await composer(second).pressSequentially('and in the second');
		await composer(ann.page).pressSequentially(' tab');
		const bar = (page: Page) => page.getByRole('group', { name: 'Also written in another tab' });
		await expect(bar(second)).toContainText('said in the first tab');
		await expect(bar(ann.page)).toContainText('and in the second');
		await expect(composer(ann.page)).toHaveValue('said in the first tab');
		await expect(composer(second)).toHaveValue('and in the second');
		await ann.page.reload();
		const all = async () =>
			`${await composer(ann.page).inputValue()} ${(await bar(ann.page).allTextContents()).join(' ')}`;
		await expect.poll(all).toContain('said in the first tab');
		await expect.poll(all).toContain('and in the second');
		await goOnline(ann);
		await composer(second).press('Enter');
		await expect(mark(ann.page, 'and in the second', 'On the server')).toBeVisible();
		await expect.poll(all).toContain('said in the first tab');
	});

	test('keep what is being answered', async ({ browser }) => {
		const { ann, bob } = await pair(browser, 'Kept answer');
		await say(ann.page, 'A question');
		await choose(bob.page, 'A question', 'Reply');
		await composer(bob.page).pressSequentially('half an ans');
		await openRoom(bob.page, 'general');
		await openRoom(bob.page, 'Kept answer');
		await expect(composer(bob.page)).toHaveValue('half an ans');
		await expect(bob.page.getByText(`Replying to ${ann.name}`)).toBeVisible();
		await composer(bob.page).press('Escape');
		await expect(bob.page.getByText(`Replying to ${ann.name}`)).toBeHidden();
	});
});

test('complaint 16: what happens to the connection neither moves the focus nor breaks a composition', async ({
	browser
}) => {
	const { ann } = await pair(browser, 'Steady');
	await composer(ann.page).focus();
	const field = await composer(ann.page).elementHandle();
	const session = await ann.context.newCDPSession(ann.page);
	await session.send('Input.imeSetComposition', {
		text: 'nihao',
		selectionStart: 5,
		selectionEnd: 5
	});
	await goOffline(ann);
	await goOnline(ann);
	expect(await field!.evaluate((one) => one.isConnected && document.activeElement === one)).toBe(
		true
	);
	await session.send('Input.insertText', { text: '你好' });
	await expect(composer(ann.page)).toHaveValue('你好');
});

test('keyboard alone: to the messages, through them, and what can be done with one', async ({
	browser
}) => {
	const { ann, bob } = await pair(browser, 'Keys');
	for (const text of ['one', 'two', 'three']) await say(bob.page, text);
	await expect(message(ann.page, 'three')).toBeVisible();
	await composer(ann.page).focus();
	await pressUntilFocused('Shift+Tab', message(ann.page, 'three'));
	await ann.page.keyboard.press('ArrowUp');
	await expect(message(ann.page, 'two')).toBeFocused();
	const tools = message(ann.page, 'two');
	await pressUntilFocused('Tab', tools.getByRole('button', { name: 'Actions for this message' }));
	await ann.page.keyboard.press('Enter');
	await expect(ann.page.getByRole('menuitem', { name: 'Reply' })).toBeFocused();
	await ann.page.keyboard.press('Enter');
	await expect(composer(ann.page)).toBeFocused();
	await say(ann.page, 'to the second');
	await expect(quote(bob.page, 'to the second')).toContainText('two');
});

test('a phone: a finger that rests on a message opens its sheet, one that draws it answers', async ({
	browser,
	ann
}) => {
	const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
	const bob = await register(browser, app.origin, phone);
	await makeRoom(ann.page, 'Thumbs');
	await say(ann.page, 'Press me');
	await openRoom(bob.page, 'Thumbs');
	await allSent(bob.page);
	const place = await placeOf(bob.page, 'Press me');
	const session = await bob.context.newCDPSession(bob.page);
	const finger = { x: place.x + 20, y: place.y + 12 };
	await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [finger] });
	await expect(bob.page.getByRole('menu')).toBeVisible();
	await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
	await expect(bob.page.getByRole('menuitem', { name: 'Reply' })).toBeVisible();
	await bob.page.getByRole('menuitem', { name: 'React with 👍' }).tap();
	await expect(reaction(ann.page, 'Press me', '👍')).toBeVisible();
	await expect(bob.page.getByRole('menu')).toBeHidden();
	// The reaction under it has moved the message up.
	await expect(reaction(bob.page, 'Press me', '👍')).toBeVisible();
	await allSent(bob.page);
	const moved = await placeOf(bob.page, 'Press me');
	const drawn = { x: moved.x + 20, y: moved.y + 12 };
	// In one go: a finger that waited for each answer could rest, which is another gesture.
	await Promise.all([
		session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [drawn] }),
		...[20, 50, 90].map((way) =>
			session.send('Input.dispatchTouchEvent', {
				type: 'touchMove',
				touchPoints: [{ x: drawn.x + way, y: drawn.y + 2 }]
			})
		),
		session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
	]);
	await expect(bob.page.getByText('Replying to')).toBeVisible();
});

test('nothing for axe to complain about in answers, marks, reactions, pins, menu and emoji', async ({
	browser
}) => {
	const { ann, bob } = await pair(browser, 'Axe');
	await say(ann.page, `# of boats: **4**, \`bell\` and @${bob.name}\n- one\n> quoted`);
	await say(ann.page, '```js\nlet a = 1;\n```');
	await choose(bob.page, 'of boats', 'React with 👍');
	await choose(bob.page, 'of boats', 'Reply');
	await say(bob.page, 'an answer');
	await choose(ann.page, 'of boats', 'Pin');
	await expect(quote(ann.page, 'an answer')).toBeVisible();
	await expect(ann.page.getByRole('button', { name: /^Pinned message/u })).toBeVisible();
	const violations = async (): Promise<string[]> =>
		(await new AxeBuilder({ page: ann.page }).analyze()).violations.map(
			(one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`
		);
	for (const colorScheme of ['light', 'dark'] as const) {
		await ann.page.emulateMedia({ colorScheme });
		expect(await violations()).toEqual([]);
	}
	await saying(ann.page, 'an answer').hover();
	await saying(ann.page, 'an answer')
		.getByRole('button', { name: 'Actions for this message' })
		.click();
	await expect(ann.page.getByRole('menuitem', { name: 'Reply' })).toBeFocused();
	expect(await violations()).toEqual([]);
	await ann.page.getByRole('menuitem', { name: 'More emoji' }).click();
	await expect(ann.page.getByRole('button', { name: 'grinning face', exact: true })).toBeVisible();
	expect(await violations()).toEqual([]);
});
