/** A walk through the app in WebKit: every view is drawn and fits, in both colour schemes, on a phone, in Chinese. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import sharp from 'sharp';
import { startApp, type RunningApp } from '../support/app.ts';
import { keepPicture, type Look, type Tab } from '../support/webkit/browser.ts';
import { message, openRoom, register, say } from '../support/webkit/people.ts';
import { test } from '../support/webkit/test.ts';

let app: RunningApp;
test.beforeAll(async () => {
	app = await startApp();
});
test.afterAll(() => app.stop());

/** Bits of information a pixel: 0 is one colour all over, the emptiest view has 0.6. */
const ENTROPY_MIN = 0.1;

const VIEWS = ['/settings', '/settings/device', '/friends', '/browse', '/outbox', '/search'];
const LOOKS: Record<string, Look> = {
	dark: { isDark: true },
	'phone-zh': { lang: 'zh-CN', size: '390x844' }
};

/** Takes a picture of what is shown, which must be something, and no wider than the window. */
async function look(tab: Tab, name: string): Promise<void> {
	const isWider = () => tab.run(() => document.documentElement.scrollWidth > innerWidth);
	await expect.poll(isWider).toBe(false);
	const picture = await keepPicture(tab, join(test.info().outputDir, `${name}.png`));
	const { entropy } = await sharp(picture).stats();
	expect(entropy, name).toBeGreaterThan(ENTROPY_MIN);
}

/** Looks at every view there is besides the conversation. */
async function lookAround(tab: Tab, how: string): Promise<void> {
	for (const path of VIEWS) {
		await test.step(`${how} ${path}`, async () => {
			await tab.goto(app.origin + path);
			await tab.sees({ css: 'h1' });
			await look(tab, how + path.replaceAll('/', '-'));
		});
	}
}

test('every view is drawn, light and dark, on a phone, in Chinese', async ({ newBrowser }) => {
	mkdirSync(test.info().outputDir, { recursive: true });
	const browser = newBrowser();
	let tab = await browser.open();
	await tab.goto(`${app.origin}/sign-in`);
	await tab.sees({ css: 'button', name: 'Sign in' });
	await look(tab, 'light-sign-in');
	await register(tab, app.origin);
	await openRoom(tab, 'general');
	await say(tab, 'a **bold** word, `code`, https://example.org/');
	await tab.sees({ css: 'strong, b', text: 'bold', within: message('word') });
	await look(tab, 'light-conversation');
	await lookAround(tab, 'light');
	for (const [name, how] of Object.entries(LOOKS)) {
		await browser.close();
		tab = await browser.open(how);
		await tab.goto(`${app.origin}/rooms`);
		await tab.sees({ css: 'nav' });
		await look(tab, `${name}-rooms`);
		await lookAround(tab, name);
	}
	expect(await tab.run(() => document.documentElement.lang)).toBe('zh-Hans');
});
