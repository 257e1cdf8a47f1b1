/**
 * Takes the pictures anew that tests/e2e/pictures.spec.ts compares with: `npm run pictures`. To be looked at before
 * they are committed; on a machine with the fonts of CI (fonts-noto-cjk and fonts-noto-color-emoji of Debian).
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { findBrowser } from './browser.mjs';
import { findNode, pathWith, ROOT } from './paths.mjs';

const FOLDER = join(ROOT, 'tests', 'e2e', 'pictures');
/** A third of what the browser writes; the colours differ by less than the comparison tells apart. */
const SMALL = { palette: true, colours: 128, dither: 0, effort: 7, compressionLevel: 9 };
const NODE = findNode() ?? process.execPath;
const browser = await findBrowser();
if (!browser) {
	console.error('Pictures need Chromium or Chrome: install one, or set ROOST_BROWSER to its path.');
	process.exit(1);
}
const runs = [
	[join('node_modules', 'vite', 'bin', 'vite.js'), 'build', '--logLevel', 'warn'],
	[
		join('node_modules', '@playwright', 'test', 'cli.js'),
		...['test', 'pictures.spec.ts', '--project=chromium', '--update-snapshots=changed']
	]
];
const env = { ...process.env, PATH: pathWith(NODE), ROOST_BROWSER: browser };
const ok = runs.every(
	(args) => spawnSync(NODE, args, { cwd: ROOT, stdio: 'inherit', env }).status === 0
);
for (const name of ok ? readdirSync(FOLDER).filter((file) => file.endsWith('.png')) : []) {
	const path = join(FOLDER, name);
	const taken = sharp(readFileSync(path));
	// Those that are as they were have been made small before.
	if ((await taken.metadata()).paletteBitDepth) continue;
	writeFileSync(path, await taken.removeAlpha().png(SMALL).toBuffer());
}
process.exit(ok ? 0 : 1);
