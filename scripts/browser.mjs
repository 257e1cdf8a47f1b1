/**
 * Finds a browser for the tests, fetching one where none is there, and prints its path. The answer
 * is remembered in node_modules/.cache. `ROOST_BROWSER` overrides everything.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CACHE, ROOT } from './paths.mjs';

const MEMORY = join(CACHE, 'roost-browser');
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const PLACES = [
	'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
	'/Applications/Chromium.app/Contents/MacOS/Chromium',
	'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
	'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe'
];
/** Playwright's own browser is worth waiting for only where its download site can be reached. */
const DOWNLOAD_LIMIT_MS = 180_000;
const REACH_LIMIT_MS = 4_000;

/** Whether the browser starts at all: a file alone may lack the libraries it needs. */
function works(path) {
	if (!path || !existsSync(path)) return false;
	return spawnSync(path, ['--version'], { timeout: 20_000, stdio: 'ignore' }).status === 0;
}

function remembered() {
	const path = existsSync(MEMORY) ? readFileSync(MEMORY, 'utf8').trim() : '';
	return path && existsSync(path) ? path : null;
}

function playwrightsOwn() {
	const require = createRequire(join(ROOT, 'package.json'));
	const path = require('playwright').chromium.executablePath();
	return works(path) ? path : null;
}

async function downloadPlaywrights() {
	try {
		await fetch('https://cdn.playwright.dev/', { signal: AbortSignal.timeout(REACH_LIMIT_MS) });
	} catch {
		return null; // cannot be had here; the next way is tried
	}
	const cli = join(ROOT, 'node_modules', 'playwright', 'cli.js');
	spawnSync(process.execPath, [cli, 'install', 'chromium'], {
		stdio: ['ignore', 2, 2],
		timeout: DOWNLOAD_LIMIT_MS
	});
	return playwrightsOwn();
}

function systems() {
	const folders = (process.env.PATH ?? '').split(delimiter);
	const candidates = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
	return [...candidates, ...PLACES].find(works) ?? null;
}

function installDebians() {
	const root = process.getuid?.() === 0;
	if (!root || !existsSync('/usr/bin/apt-get')) return null;
	const options = {
		stdio: ['ignore', 2, 2],
		env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
	};
	const packages = ['chromium', 'fonts-noto-cjk', 'fonts-noto-color-emoji'];
	spawnSync('apt-get', ['update'], options);
	spawnSync('apt-get', ['install', '-y', '--no-install-recommends', ...packages], options);
	return systems();
}

/** @returns the path of a browser that starts, or null when none can be had */
export async function findBrowser() {
	const asked = process.env.ROOST_BROWSER;
	if (asked) return works(asked) ? asked : null;
	const known = remembered();
	if (known) return known;
	const found = playwrightsOwn() ?? (await downloadPlaywrights()) ?? systems() ?? installDebians();
	if (found) {
		mkdirSync(CACHE, { recursive: true });
		writeFileSync(MEMORY, found);
	}
	return found;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
	const path = await findBrowser();
	if (!path) {
		console.error(
			'The browser tests need Chromium or Chrome: install one, or set ROOST_BROWSER to the path of one.'
		);
		process.exit(1);
	}
	console.log(path);
}
