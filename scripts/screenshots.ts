/**
 * Photographs every view of the real app, on a phone and on a desktop, light and dark, in both
 * languages, into a folder: `npm run build`, then `node scripts/screenshots.ts <folder>` on the
 * project's Node, with ROOST_BROWSER naming the browser if Playwright has none.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Browser, type Cookie, type Page } from 'playwright';
import { startApp } from '../tests/support/app.ts';
import { flood, openRoom, register, type Human } from '../tests/support/people.ts';

const folder = process.argv[2] ?? 'test-results/screenshots';

const SIZES = {
	phone: { width: 390, height: 844 },
	desktop: { width: 1440, height: 900 }
} as const;

const LONG = 'Donaudampfschifffahrtsgesellschaftskapitänskajütenschlüsselloch '.repeat(3).trim();

/** A room that somebody might really have had. */
const TALK = [
	'Morning! The train is in the tunnel again, so this will arrive when it arrives.',
	'那我们先不等你了，十点开始。\n记得把上周的照片发一下。',
	'The map is at https://example.org/maps/harbour?zoom=14&layer=boats — pick any pier.',
	'🐦',
	LONG,
	'Two things:\n1. bread\n2. the ferry leaves at 18:40, not 18:45',
	'好的，没问题 👍'
];

async function makeRoom(page: Page, name: string, description: string): Promise<string> {
	await page.getByRole('button', { name: 'New room' }).click();
	await page.getByLabel('Name', { exact: true }).fill(name);
	await page.getByLabel('Description').fill(description);
	await page.getByRole('button', { name: 'Create', exact: true }).click();
	await page.getByRole('heading', { name, level: 1 }).waitFor();
	await page.getByRole('textbox', { name: 'Message' }).waitFor();
	return new URL(page.url()).pathname.split('/')[2] ?? '';
}

/** Fills the server: rooms with long, short and Chinese names, and a conversation of two. */
async function furnish(ann: Human, bob: Human): Promise<string> {
	const harbour = await makeRoom(ann.page, 'Harbour walk', 'Saturday, rain or shine');
	await makeRoom(ann.page, '周末读书会', '每周六下午，一起读一章');
	await makeRoom(ann.page, `The room with the name that never ends, ${LONG}`.slice(0, 100), '');
	await makeRoom(bob.page, 'Attic band', 'We are loud');
	await openRoom(bob.page, 'Harbour walk');
	for (const [index, text] of TALK.entries()) await flood(index % 3 ? ann : bob, harbour, [text]);
	return harbour;
}

/** Opens a view and photographs it once it stands still. */
async function shoot(page: Page, path: string, name: string): Promise<void> {
	await page.goto(path);
	await page.locator('h1:visible, h2:visible, nav:visible, .empty:visible').first().waitFor();
	await page.waitForLoadState('networkidle');
	await page.screenshot({ path: join(folder, `${name}.png`) });
}

/** All views; `cookies` are those of the person who is signed in, each time on a new device. */
async function tour(
	browser: Browser,
	origin: string,
	cookies: Cookie[],
	room: string
): Promise<void> {
	for (const [size, viewport] of Object.entries(SIZES)) {
		for (const colorScheme of ['light', 'dark'] as const) {
			for (const locale of ['en-GB', 'zh-CN']) {
				const look = { viewport, colorScheme, locale, hasTouch: size === 'phone' };
				const name = (view: string): string =>
					`${view}-${size}-${colorScheme}-${locale.slice(0, 2)}`;
				const out = await browser.newContext(look);
				const door = await out.newPage();
				await shoot(door, `${origin}/sign-in`, name('sign-in'));
				await shoot(door, `${origin}/register`, name('register'));
				await out.close();
				const inside = await browser.newContext(look);
				await inside.addCookies(cookies);
				const page = await inside.newPage();
				await shoot(page, `${origin}/rooms`, name('rooms'));
				await shoot(page, `${origin}/rooms/${room}`, name('room'));
				await shoot(page, `${origin}/rooms/${room}/about`, name('about'));
				for (const view of ['browse', 'settings', 'outbox', 'rooms/new']) {
					await shoot(page, `${origin}/${view}`, name(view.replace('/', '-')));
				}
				await shoot(page, `${origin}/rooms/00000000-0000-7000-8000-000000000000`, name('no-room'));
				await page.goto(`${origin}/rooms/${room}`);
				await inside.setOffline(true);
				await page.getByRole('textbox').fill('Written in a tunnel');
				await page.getByRole('textbox').press('Enter');
				await page.locator('[data-delivery="queued"]').first().waitFor();
				await page.screenshot({ path: join(folder, `${name('room-offline')}.png`) });
				await inside.close();
			}
		}
	}
}

await mkdir(folder, { recursive: true });
const app = await startApp();
const executablePath = process.env['ROOST_BROWSER'];
const browser = await chromium.launch({
	args: ['--no-sandbox', '--disable-gpu'],
	...(executablePath ? { executablePath } : {})
});
try {
	const ann = await register(browser, app.origin);
	const bob = await register(browser, app.origin);
	const room = await furnish(ann, bob);
	const cookies = await ann.context.cookies();
	await ann.context.close();
	await tour(browser, app.origin, cookies, room);
} finally {
	await browser.close();
	await app.stop();
}
