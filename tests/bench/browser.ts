/** A real browser with a profile on the real disk, so that it can be closed and come back. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { chromium, type BrowserContext, type Page } from 'playwright';
import { dataFolder } from './process.ts';
import type { Seeded } from './seed.ts';

const FINDER = fileURLToPath(new URL('../../scripts/browser.mjs', import.meta.url));

const ARGS = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync'
];

let path: string | null = null;
function executable(): string {
	if (path) return path;
	const found = spawnSync(process.execPath, [FINDER], { stdio: ['ignore', 'pipe', 'inherit'] });
	if (found.status !== 0) throw new Error('There is no browser to measure with; see above.');
	return (path = found.stdout.toString('utf8').trim());
}

/** A browser's profile. */
export interface Profile {
	/** Starts the browser with this profile. */
	open(options?: Parameters<typeof chromium.launchPersistentContext>[1]): Promise<BrowserContext>;
	remove(): void;
}

export function newProfile(): Profile {
	const folder = dataFolder();
	return {
		open: (options = {}) =>
			chromium.launchPersistentContext(folder.path, {
				executablePath: executable(),
				args: ARGS,
				locale: 'en-GB',
				viewport: { width: 1280, height: 800 },
				...options
			}),
		remove: folder.remove
	};
}

/** What a page of the app notes about itself, in ms since it was navigated to. */
export interface Marks {
	/** the socket is open */
	linked?: number;
	/** the status line says "Connected" */
	level?: number;
	/** rooms are on screen */
	rooms?: number;
	/** messages are on screen */
	messages?: number;
}

declare global {
	interface Window {
		benchMarks: Marks;
	}
}

/** Runs in the page before anything of the app: notes the first time that each thing is seen. */
function watch(): void {
	const marks: Marks = (window.benchMarks = {});
	const Native = window.WebSocket;
	window.WebSocket = class extends Native {
		constructor(url: string | URL, protocols?: string | string[]) {
			super(url, protocols);
			this.addEventListener('open', () => (marks.linked ??= performance.now()));
		}
	};
	const seen = {
		level: () => document.querySelector('[role=status]')?.textContent?.trim() === 'Connected',
		rooms: () => document.querySelector('nav[aria-label=Rooms] a[href^="/rooms/"]') !== null,
		messages: () => document.querySelector('[role=log] article') !== null
	};
	const observer = new MutationObserver(() => {
		for (const [name, is] of Object.entries(seen) as [
			'level' | 'rooms' | 'messages',
			() => boolean
		][]) {
			if (marks[name] === undefined && is()) marks[name] = performance.now();
		}
	});
	observer.observe(document, { childList: true, subtree: true, characterData: true });
}

/** Lets the browser be this person, as if it had signed in, and has its pages note times. */
export async function signIn(context: BrowserContext, origin: string, by: Seeded): Promise<void> {
	const [name, value] = by.cookie.split('=') as [string, string];
	const expires = Date.now() / 1_000 + 86_400;
	await context.addCookies([
		{ name, value, url: origin, httpOnly: true, sameSite: 'Lax', expires }
	]);
	await context.addInitScript(watch);
}

/** Resolves with the marks once this one is there. */
export async function marked(page: Page, mark: keyof Marks, within = 120_000): Promise<Marks> {
	await page.waitForFunction((name) => window.benchMarks[name] !== undefined, mark, {
		timeout: within
	});
	return page.evaluate(() => window.benchMarks);
}

/** Resolves once the worker has taken the page over: from then on the app starts without a network. */
export async function offlineReady(page: Page): Promise<void> {
	await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated');
}
