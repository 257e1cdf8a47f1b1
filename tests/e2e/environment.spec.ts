/** Zone, language and choices follow while the app is open: nothing of the surroundings is read only once. */
import { expect, type Page } from '@playwright/test';
import {
	composer,
	goOffline,
	makeRoom,
	mark,
	message,
	roomRow,
	say,
	status
} from '../support/people.ts';
import { test, useApp } from '../support/test.ts';

const app = useApp();

/** As the system does it when somebody has travelled. */
async function traveller(page: Page): Promise<(timezoneId: string) => Promise<unknown>> {
	const session = await page.context().newCDPSession(page);
	return (timezoneId) => session.send('Emulation.setTimezoneOverride', { timezoneId });
}

test('a journey: times and days on screen are those of the new zone', async ({ ann }) => {
	const { page } = ann;
	await makeRoom(page, 'Journey');
	const moveTo = await traveller(page);
	await moveTo('Pacific/Honolulu');
	await say(page, 'on the way');
	// Until then its time is this device's.
	await expect(mark(page, 'on the way', 'On the server')).toBeVisible();
	const time = message(page, 'on the way').locator('time').first();
	const at = new Date((await time.getAttribute('datetime'))!);
	for (const timeZone of ['Pacific/Honolulu', 'Asia/Shanghai', 'Pacific/Kiritimati']) {
		await moveTo(timeZone);
		const clock = at.toLocaleTimeString('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' });
		await expect(time).toHaveText(clock.replace(/^0/u, ''));
	}
});

test('language, theme and what the Return key does are the same in all tabs', async ({ ann }) => {
	const { page } = ann;
	await page.goto(`${app.origin}/settings`);
	const other = await ann.context.newPage();
	await other.goto(`${app.origin}/rooms`);
	await expect(other.locator('html')).toHaveAttribute('lang', 'en');
	await page.getByRole('radio', { name: 'Dark' }).check({ force: true });
	await expect(other.locator('html')).toHaveAttribute('data-theme', 'dark');
	await page.getByRole('radio', { name: '简体中文' }).check({ force: true });
	await expect(page.locator('html')).toHaveAttribute('lang', 'zh-Hans');
	await expect(other.locator('html')).toHaveAttribute('lang', 'zh-Hans');
});

test('the browser’s language is followed while nothing was chosen here', async ({ ann }) => {
	const { page } = ann;
	await page.evaluate(() => {
		// The tests' browser has chosen nothing; what it is asked for is as after a change of its settings.
		Object.defineProperty(navigator, 'languages', { value: ['zh-CN', 'en'], configurable: true });
		window.dispatchEvent(new Event('languagechange'));
	});
	await expect(page.locator('html')).toHaveAttribute('lang', 'zh-Hans');
});

test('the system’s theme is followed while nothing was chosen here', async ({ ann }) => {
	const { page } = ann;
	for (const colorScheme of ['dark', 'light'] as const) {
		await page.emulateMedia({ colorScheme });
		await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
	}
});

/** As a translator in the browser does it: a `<font>` in the place of every text that may be translated. */
async function translate(page: Page): Promise<void> {
	await page.evaluate(() => {
		const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
		const found: Text[] = [];
		while (walker.nextNode()) found.push(walker.currentNode as Text);
		for (const text of found) {
			const mark = text.parentElement?.closest('[translate]')?.getAttribute('translate');
			const isOwn = document.documentElement.getAttribute('translate') === 'no' && mark !== 'yes';
			if (isOwn || text.data.trim() === '') continue;
			const font = document.createElement('font');
			font.textContent = `«${text.data}»`;
			text.replaceWith(font);
		}
	});
}

test('a page that is being translated: words of people are, the app is not, and edits are followed', async ({
	ann
}) => {
	const { page } = ann;
	await makeRoom(page, 'Polyglots');
	await say(page, 'guten Morgen **alle**');
	await expect(mark(page, 'guten Morgen', 'On the server')).toBeVisible();
	await translate(page);
	await expect(message(page, 'guten Morgen')).toContainText('«guten Morgen »');
	await expect(page.locator('font')).toHaveCount(2);
	await composer(page).press('ArrowUp');
	await composer(page).fill('gute Nacht');
	await composer(page).press('Enter');
	await expect(message(page, 'gute Nacht')).toBeVisible();
	await expect(page.locator('font')).toHaveCount(0);
	await expect(roomRow(page, 'Polyglots')).toContainText('gute Nacht');
	await translate(page);
	await goOffline(ann);
	await expect(status(page)).toContainText('Offline');
});
