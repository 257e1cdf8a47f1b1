/**
 * Photographs every view of the real app, on a phone and on a desktop, light and dark, in both
 * languages, into a folder: `npm run build`, then `node scripts/screenshots.ts <folder>` on the
 * project's Node, with ROOST_BROWSER naming the browser if Playwright has none. A second argument
 * takes only looks whose name contains it, for example "phone-dark" or "light-zh".
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Browser, type Cookie, type Page } from 'playwright';
import { startApp } from '../tests/support/app.ts';
import {
	choose,
	flood,
	openRoom,
	register,
	roomRow,
	say,
	type Human
} from '../tests/support/people.ts';

const folder = process.argv[2] ?? 'test-results/screenshots';
const only = process.argv[3] ?? '';

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
	await bob.page.getByText('2 members').waitFor();
	for (const [index, text] of TALK.entries()) await flood(index % 3 ? ann : bob, harbour, [text]);
	return harbour;
}

/** Two people who ask one another through the list of friends. */
async function befriend(one: Human, other: Human, answer: boolean): Promise<void> {
	await one.page.getByRole('link', { name: 'Friends' }).click();
	await one.page.getByLabel('User name').fill(other.name);
	await one.page.getByRole('button', { name: 'Find' }).click();
	await one.page.getByRole('button', { name: 'Add friend' }).click();
	await one.page.getByRole('button', { name: 'Cancel request' }).first().waitFor();
	if (!answer) return;
	await other.page.getByRole('link', { name: /^Friends/u }).click();
	await other.page.getByRole('button', { name: 'Accept' }).click();
	await other.page.getByRole('button', { name: 'Message', exact: true }).waitFor();
}

/** A picture, a name and a line about oneself, given through the settings. */
async function dressUp({ page }: Human, display: string, bio: string): Promise<void> {
	await page.getByRole('link', { name: 'Settings' }).click();
	await page.getByLabel('Display name').fill(display);
	await page.getByLabel('About you').fill(bio);
	await page.getByRole('button', { name: 'Save' }).click();
	await page.getByText('Saved').first().waitFor();
	await page.locator('input[type=file]').setInputFiles('static/icons/icon-512.png');
	await page.getByRole('button', { name: 'Use this' }).click();
	await page.locator('.person img').waitFor();
}

/** Friends, requests and a conversation of two; answers the conversation's id. */
async function acquaint(ann: Human, others: [Human, Human, Human]): Promise<string> {
	const [bob, cid, dora] = others;
	await dressUp(bob, '周小波', 'Ferries, bread, and whatever the weather brings.');
	await befriend(ann, bob, true);
	await befriend(cid, ann, false);
	await befriend(ann, dora, false);
	await bob.page.getByRole('button', { name: 'Message', exact: true }).click();
	await say(bob.page, '你好！ Are you coming on Saturday?');
	// The list moves when a message comes: only then is the row where it will be clicked.
	await roomRow(ann.page, '周小波').getByText('你好').waitFor();
	await roomRow(ann.page, '周小波').click();
	await ann.page.getByRole('heading', { name: '周小波', level: 1 }).waitFor();
	await say(ann.page, 'Yes, with the small boat.');
	await bob.page.getByRole('log').getByText('small boat').waitFor();
	return new URL(ann.page.url()).pathname.split('/')[2] ?? '';
}

/** Something for the administrator, who is the first of all: a report, and an announcement. */
async function report(reporter: Human, text: string, why: string): Promise<void> {
	await openRoom(reporter.page, 'Harbour walk');
	await choose(reporter.page, text, 'Report message');
	const dialog = reporter.page.getByRole('dialog');
	await dialog.getByRole('textbox').fill(why);
	await dialog.getByRole('button', { name: 'Report', exact: true }).click();
	await reporter.page.getByText('Your report was received').waitFor();
}

/** Opens a view and photographs it once it stands still. */
async function shoot(page: Page, path: string, name: string): Promise<void> {
	await page.goto(path);
	await page.locator('h1:visible, h2:visible, nav:visible, .empty:visible').first().waitFor();
	await page.waitForLoadState('networkidle');
	await page.screenshot({ path: join(folder, `${name}.png`) });
}

/** Path -> name of its picture. */
const VIEWS = {
	browse: 'browse',
	friends: 'friends',
	settings: 'settings',
	'settings/account': 'account',
	outbox: 'outbox',
	'rooms/new': 'new-room',
	'join/00000000-0000-7000-8000-000000000000#nothing': 'dead-invite',
	'admin/people': 'admin-people',
	'admin/rooms': 'admin-rooms',
	'admin/reports': 'admin-reports',
	'admin/storage': 'admin-storage',
	'admin/numbers': 'admin-numbers',
	'admin/audit': 'admin-audit',
	'admin/server': 'admin-server',
	nowhere: 'nowhere'
};

/** What opens above the page about a room: its care, its invite links, a member's card. */
async function sheets(page: Page, path: string, name: (view: string) => string): Promise<void> {
	const about = page.locator('aside').last();
	const buttons = about.locator('section.buttons button');
	for (const [at, view] of (['invite', 'room-settings'] as const).entries()) {
		await page.goto(path);
		await buttons.nth(at).click();
		const dialog = page.getByRole('dialog');
		await dialog.waitFor();
		if (view === 'invite') {
			await dialog.locator('button.primary').click();
			await dialog.locator('li button').nth(1).click();
		}
		await page.waitForLoadState('networkidle');
		await page.screenshot({ path: join(folder, `${name(view)}.png`) });
	}
	await page.goto(path);
	await about.locator('li button', { hasText: '周小波' }).click();
	await page.getByRole('dialog').waitFor();
	await page.waitForLoadState('networkidle');
	await page.screenshot({ path: join(folder, `${name('profile')}.png`) });
}

/** All views; `cookies` are those of the person who is signed in, each time on a new device. */
async function tour(
	browser: Browser,
	origin: string,
	cookies: Cookie[],
	{ room, direct }: { room: string; direct: string }
): Promise<void> {
	for (const [size, viewport] of Object.entries(SIZES)) {
		for (const colorScheme of ['light', 'dark'] as const) {
			for (const locale of ['en-GB', 'zh-CN']) {
				const look = { viewport, colorScheme, locale, hasTouch: size === 'phone' };
				const name = (view: string): string =>
					`${view}-${size}-${colorScheme}-${locale.slice(0, 2)}`;
				if (!name('').includes(only)) continue;
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
				await shoot(page, `${origin}/rooms/${direct}`, name('direct'));
				await shoot(page, `${origin}/rooms/${direct}/about`, name('direct-about'));
				await sheets(page, `${origin}/rooms/${room}/about`, name);
				for (const [path, view] of Object.entries(VIEWS)) {
					await shoot(page, `${origin}/${path}`, name(view));
				}
				await shoot(page, `${origin}/rooms/00000000-0000-7000-8000-000000000000`, name('no-room'));
				await page.goto(`${origin}/rooms/${room}`);
				await inside.setOffline(true);
				await page.getByRole('textbox').fill('Written in a tunnel');
				// Return breaks the line on touch keyboards.
				await page.getByRole('textbox').press(size === 'phone' ? 'Control+Enter' : 'Enter');
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
	const cid = await register(browser, app.origin);
	const dora = await register(browser, app.origin);
	const room = await furnish(ann, bob);
	const direct = await acquaint(ann, [bob, cid, dora]);
	await report(bob, 'the ferry leaves', 'It leaves at 18:40, and this one always says otherwise');
	const cookies = await ann.context.cookies();
	await ann.context.close();
	await tour(browser, app.origin, cookies, { room, direct });
} finally {
	await browser.close();
	await app.stop();
}
