/** Every view in a language that is longer than English and runs from right to left: all of it whole, none of it English. */
import { expect, type BrowserContext, type Page } from '@playwright/test';
import { makeRoom, openRoomId, register, say } from '../support/people.ts';
import { pseudoChunks, pseudoMessages } from '../support/pseudo-language.ts';
import { test, useApp } from '../support/test.ts';

const app = useApp();
const texts = pseudoMessages();

/** Names of browsers and systems, keys and zones: they are called so everywhere. */
const NAMES = ['Chrome', 'Windows', 'Linux', 'macOS', 'Ctrl', 'UTC'];

/** What is wrong with what is on screen. Runs in the page. */
function faultsOnScreen(own: string[]): string[] {
	const faults: string[] = [];
	const nameOf = (element: Element): string =>
		`${element.tagName.toLowerCase()}.${element.className.toString().split(' ')[0]} “${(element.textContent ?? '').trim().slice(0, 40)}”`;
	const root = document.querySelector('dialog[open]') ?? document.body;
	if (document.documentElement.scrollWidth > innerWidth) faults.push('the page scrolls sideways');
	// Emoji have their names from Unicode, in the languages that it has them in.
	const foreign = 'kbd, code, svg, script, style, [data-group] .grid';
	const isEnglish = (text: string | null): boolean => {
		const rest = own.reduce((left, name) => left.replaceAll(name, ''), text ?? '');
		return /[a-z]{2}/iu.test(rest);
	};
	for (const element of root.querySelectorAll<HTMLElement>('*')) {
		if (element.closest(foreign) || !element.checkVisibility()) continue;
		const { left, right, width } = element.getBoundingClientRect();
		if (width <= 1) continue;
		const style = getComputedStyle(element);
		const ownText = [...element.childNodes]
			.filter((node) => node.nodeType === Node.TEXT_NODE)
			.map((node) => node.textContent)
			.join(' ');
		for (const text of [
			ownText,
			...['aria-label', 'title', 'placeholder', 'alt'].map((name) => element.getAttribute(name))
		]) {
			if (isEnglish(text)) faults.push(`English: ${text}`);
		}
		if (left < -1 || right > innerWidth + 1) faults.push(`outside: ${nameOf(element)}`);
		const isShortened = style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none';
		const isRead =
			/^(BUTTON|H1|H2|H3|LABEL|P|B|DT|DD|SUMMARY)$/u.test(element.tagName) || ownText.trim() !== '';
		const isScrolled = style.overflowX === 'auto' || style.overflowX === 'scroll';
		const isCut = element.scrollWidth > element.clientWidth + 1 && style.display !== 'inline';
		if (isRead && isCut && !isShortened && !isScrolled) faults.push(`cut: ${nameOf(element)}`);
	}
	return [...new Set(faults)];
}

const SIZES = [
	{ width: 390, height: 844 },
	{ width: 1440, height: 900 }
];

/** Looks at what is on screen on a phone and on a desk. */
async function whole(page: Page, view: string, own: string[]): Promise<void> {
	for (const size of SIZES) {
		await page.setViewportSize(size);
		// The sizes that scripts follow have arrived with the next frame.
		await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
		expect.soft(await page.evaluate(faultsOnScreen, own), `${view}, ${size.width} px`).toEqual([]);
	}
}

/** From now on this browser has the other language where it had English. */
async function speakPseudo(context: BrowserContext): Promise<void> {
	const chunks = pseudoChunks();
	const isChanged = ({ pathname }: URL): boolean => chunks.has(pathname);
	await context.route(isChanged, async (route) => {
		const body = chunks.get(new URL(route.request().url()).pathname)!;
		await route.fulfill({ body, contentType: 'text/javascript' });
	});
}

test('every view in a long language from right to left', async ({ browser }) => {
	// The worker would answer with what it keeps.
	const options = { locale: 'ar', serviceWorkers: 'block', reducedMotion: 'reduce' } as const;
	const who = await register(browser, app.origin, options);
	const { page } = who;
	await makeRoom(page, '房间');
	await say(page, '消息');
	const room = openRoomId(page);
	await speakPseudo(who.context);
	const own = [who.name, '@example.org', 'general', ...NAMES];
	/** Goes there as a link does: loading all anew takes longer. */
	const visit = async (page: Page, path: string, shown: string): Promise<void> => {
		await page.evaluate((href) => {
			const link = document.body.appendChild(document.createElement('a'));
			link.href = href;
			link.click();
			link.remove();
		}, path);
		await expect(page.getByText(texts[shown]!, { exact: true }).first()).toBeVisible();
	};
	const open = async (button: string, view: string): Promise<void> => {
		await page.getByRole('button', { name: texts[button]! }).first().click();
		await whole(page, view, own);
		await page.keyboard.press('Escape');
	};

	await page.reload();
	await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
	for (const [path, shown] of [
		['/rooms', 'pick_room'],
		['/settings', 'appearance'],
		['/settings/account', 'sessions'],
		['/settings/device', 'on_this_device'],
		['/search', 'search_start'],
		['/friends', 'friends_none'],
		['/browse', 'browse_lead'],
		['/outbox', 'outbox_empty'],
		['/share', 'share_nothing'],
		['/nowhere', 'error_home'],
		// A page of development.
		['/dev/components', 'error_home'],
		[`/rooms/${room}/about`, 'about_room']
	] as const) {
		await visit(page, path, shown);
		await whole(page, path, own);
	}

	await visit(page, `/rooms/${room}`, 'today');
	await whole(page, 'a conversation', own);
	await page.getByRole('article').first().hover();
	await open('message_actions', 'the menu of a message');
	await open('emoji', 'the emoji');
	await open('jump_to_date', 'jumping to a day');
	await open('new_room', 'a new room');
	await open('switcher', 'the switcher');

	const door = await browser.newContext(options);
	await speakPseudo(door);
	const stranger = await door.newPage();
	await stranger.goto(app.origin);
	await expect(stranger).toHaveURL(/sign-in/u);
	for (const [path, shown] of [
		['/sign-in', 'sign_in_lead'],
		['/register', 'register_lead'],
		['/password#x', 'password_link_lead']
	] as const) {
		await visit(stranger, path, shown);
		await whole(stranger, path, own);
	}
	expect(who.faults).toEqual([]);
});
