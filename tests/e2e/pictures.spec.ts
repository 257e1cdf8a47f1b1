/**
 * How the components and the main views look, compared with pictures (tests/e2e/pictures): `npm run pictures` takes
 * them anew. Where the fonts are not those of the pictures, nothing is compared, and the tests are skipped.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { startApp, type RunningApp } from '../support/app.ts';
import { noteFonts, otherFont } from '../support/fonts.ts';
import { ROOT } from '../support/messages.ts';
import { message, registerIn, roomList, sendActs, status, type Human } from '../support/people.ts';
import { buildRelease, type Release } from '../support/release.ts';
import { CAPTIONS } from '../../src/lib/ui/dev/captions.ts';
import { test } from '../support/test.ts';

// One build and one app for all of them.
test.describe.configure({ mode: 'default' });

/** A Saturday morning on which nobody's certificate or cookie has run out yet. */
const MORNING = Date.UTC(2032, 2, 6, 9, 41);
const SETTLED = join(ROOT, 'tests/e2e/pictures/settled.css');
const SIZES = {
	phone: { width: 390, height: 844 },
	desktop: { width: 1440, height: 900 }
} as const;
const SCHEMES = ['light', 'dark'] as const;
/** What is taken of the page of components. */
const SHEET = { width: 1120, height: 900 };
/** What opens above is taken when it is open. */
const PIECES = Object.keys(CAPTIONS.sections).filter((id) => id !== 'overlays');

let release: Release | null = null;
let app: RunningApp | null = null;
let reason: string | null = null;

test.beforeAll(async ({ browser }, { config }) => {
	// A build, which takes minutes on a machine that does something else, too.
	test.setTimeout(300_000);
	if (config.updateSnapshots === 'changed') await noteFonts(browser);
	reason = await otherFont(browser);
	if (reason) {
		console.warn(`Pictures are not compared, as the fonts are others: ${reason}`);
		return;
	}
	release = await buildRelease({}, { ROOST_COMPONENTS: '1' });
	app = await startApp({ root: release.root, clock: MORNING });
});

test.afterAll(async () => {
	await app?.stop();
	release?.remove();
});

/** A browser in which it is always the same minute. */
async function newContext(browser: Browser): Promise<BrowserContext> {
	const context = await browser.newContext({
		// Playwright hides the caret by a style of its own.
		bypassCSP: true,
		serviceWorkers: 'block',
		reducedMotion: 'reduce',
		locale: 'en-GB',
		timezoneId: 'UTC'
	});
	await context.clock.setFixedTime(MORNING + 30_000);
	return context;
}

const origin = (): string => app!.origin;

/** Compares a view on a phone and on a desk, light and dark. */
async function compare(page: Page, view: string): Promise<void> {
	// Nothing is pointed at.
	await page.mouse.move(0, 0);
	for (const [size, viewport] of Object.entries(SIZES)) {
		await page.setViewportSize(viewport);
		for (const colorScheme of SCHEMES) {
			await page.emulateMedia({ colorScheme });
			await expect
				.soft(page)
				.toHaveScreenshot(`${view}-${size}-${colorScheme}.png`, { stylePath: SETTLED });
		}
	}
}

/**
 * Puts the top of every section of the page of components on a whole pixel, so that one section that grows by half a
 * pixel does not draw all those below it anew.
 */
async function alignSections(page: Page): Promise<void> {
	await page.evaluate((ids) => {
		for (const id of ids) {
			const section = document.getElementById(id)!;
			section.style.marginTop = '';
			const { top } = section.getBoundingClientRect();
			const at = top + scrollY;
			const margin = Number.parseFloat(getComputedStyle(section).marginTop);
			section.style.marginTop = `${margin + Math.ceil(at) - at}px`;
		}
	}, Object.keys(CAPTIONS.sections));
}

/** Texts of all scripts of a build that a browser may ask for. */
function scriptsOf(root: string): string {
	const folder = join(root, 'build/client/_app/immutable');
	return readdirSync(folder, { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith('.js'))
		.map((name) => readFileSync(join(folder, name), 'utf8'))
		.join('\n');
}

test('components look as in their pictures, and are not in what is shipped', async ({
	browser
}) => {
	test.skip(reason !== null, `other fonts than those of the pictures: ${reason}`);
	const context = await newContext(browser);
	const sheet = await context.newPage();
	await sheet.setViewportSize(SHEET);
	await sheet.goto(`${origin()}/dev/components`);
	await expect(sheet.getByRole('heading', { name: CAPTIONS.title, level: 1 })).toBeVisible();
	await sheet.waitForLoadState('networkidle');
	// A picture that cannot be had is known to be missing only once the server has said so.
	await sheet.locator('#files').scrollIntoViewIfNeeded();
	await expect(sheet.getByRole('img', { name: /^pier\.png\./u })).toBeVisible();
	for (const colorScheme of SCHEMES) {
		await sheet.emulateMedia({ colorScheme });
		await alignSections(sheet);
		for (const id of PIECES) {
			await expect
				.soft(sheet.locator(`#${id}`))
				.toHaveScreenshot(`components-${id}-${colorScheme}.png`);
		}
	}
	const open = sheet.locator('#overlays').getByRole('button');
	for (const [at, name] of (['dialog', 'picker', 'menu', 'choice'] as const).entries()) {
		await open.nth(at).click();
		await expect.soft(sheet.getByRole('dialog')).toHaveScreenshot(`components-${name}.png`);
		await sheet.keyboard.press('Escape');
	}
	await sheet.emulateMedia({ colorScheme: 'light' });
	await sheet.getByRole('radio', { name: CAPTIONS.rtl }).check();
	await alignSections(sheet);
	// What lies under the pointer once the page is scrolled would be drawn as pointed at.
	await sheet.mouse.move(0, 0);
	for (const id of ['messages', 'rooms']) {
		await expect.soft(sheet.locator(`#${id}`)).toHaveScreenshot(`components-${id}-rtl.png`);
	}
	await context.close();

	expect(scriptsOf(release!.root)).toContain(CAPTIONS.lead);
	expect(scriptsOf(ROOT)).not.toContain(CAPTIONS.lead);
});

/** Ids that are the same in every run. */
const idOf = (number: number): string =>
	`019d0000-0000-7000-8000-${String(number).padStart(12, '0')}`;
const [HARBOUR, BOOKS, QUESTION, PLAN] = [1, 2, 3, 4].map(idOf) as [string, string, string, string];

let said = 0;
const says = (body: string, more: Record<string, unknown> = {}) => ({
	kind: 'message.post',
	id: idOf(100 + ++said),
	room: HARBOUR,
	body,
	...more
});

/** Two rooms, and what two people say in one of them. */
async function furnish(ada: Human, ben: Human): Promise<void> {
	const room = (id: string, name: string, description: string) => ({
		kind: 'room.create',
		id: idOf(50 + name.length),
		room: id,
		name,
		description
	});
	await sendActs(ada, [room(BOOKS, '周末读书会', '每周六下午，一起读一章')]);
	await sendActs(ada, [room(HARBOUR, 'Harbour walk', 'Saturday, rain or shine')]);
	await sendActs(ben, [{ kind: 'room.join', id: idOf(60), room: HARBOUR }]);
	await sendActs(ben, [
		says('Morning! The train is in the tunnel again, so this will arrive when it arrives.'),
		says('那我们先不等你了，十点开始。', { id: QUESTION })
	]);
	await sendActs(ada, [
		says('Two things:\n1. bread\n2. the ferry leaves at 18:40, not 18:45', { id: PLAN }),
		says('The map is at https://example.org/maps/harbour?zoom=14')
	]);
	await sendActs(ben, [
		{ kind: 'message.react', id: idOf(61), room: HARBOUR, message: PLAN, emoji: '👍', on: true },
		says('I bring the **bread**, who has the `map`?', { reply: PLAN }),
		says('🐦')
	]);
	await sendActs(ada, [says('好的，没问题。', { reply: QUESTION })]);
}

test('the main views look as in their pictures', async ({ browser }) => {
	test.skip(reason !== null, `other fonts than those of the pictures: ${reason}`);
	const door = await (await newContext(browser)).newPage();
	await door.goto(`${origin()}/sign-in`);
	await expect(door.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible();
	await compare(door, 'sign-in');

	const ada = await registerIn(await newContext(browser), origin(), 'ada');
	const ben = await registerIn(await newContext(browser), origin(), 'ben');
	await expect(status(ada.page)).toContainText('Connected');
	await compare(ada.page, 'rooms-empty');

	await furnish(ada, ben);
	await ada.page.setViewportSize(SIZES.desktop);
	await roomList(ada.page)
		.getByRole('link', { name: /^Harbour walk/u })
		.click();
	await expect(message(ada.page, '好的，没问题。')).toBeVisible();
	await expect(ada.page.getByText('2 online')).toBeVisible();
	await compare(ada.page, 'conversation');

	await ada.page.getByRole('link', { name: 'Settings' }).click();
	await expect(ada.page.getByLabel('Display name')).toBeVisible();
	await compare(ada.page, 'settings');

	await ada.page.goto(`${origin()}/search?q=the`);
	await expect(
		ada.page.getByRole('list', { name: 'Search results' }).getByRole('listitem')
	).toHaveCount(4);
	await compare(ada.page, 'search');
	expect(ada.faults).toEqual([]);
});
