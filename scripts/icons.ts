/**
 * Draws the icons in static/ from static/icons/mark.svg with a Chromium. Run after changing the
 * mark: `node scripts/icons.ts` with ROOST_BROWSER naming the browser if Playwright has none.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { chromium } from 'playwright';

const mark = await readFile('static/icons/mark.svg', 'utf8');
const inner = mark.slice(mark.indexOf('>') + 1, mark.lastIndexOf('</svg>'));
const square = inner.replace('rx="15"', 'rx="0"');
const background = square.slice(0, square.indexOf('<path'));
const bird = square.slice(square.indexOf('<path'));

/** Full bleed, with the bird inside the inner 80 % that every mask keeps. */
const maskable = `${background}<g transform="translate(6.4 6.4) scale(.8)">${bird
	.replace('M0 48.5', 'M-20 45.500')
	.replace('64 48.5', '84 45.500')}</g>`;
/** One colour on nothing: the system paints it. */
const monochrome = `<g transform="translate(-2 -1) scale(1.06)">${bird
	.replace(/fill="#fff4ea"/g, 'fill="#fff"')
	.replace(/stroke="#[0-9a-f]+"/g, 'stroke="#fff"')
	.replace(/<path\s+d="M27[^>]*>/, '')
	.replace(/<circle[^>]*>/, '')}</g>`;

/** Shortcuts of the installed app (see static/manifest.webmanifest) -> the sign that the app uses for the same. */
const SHORTCUTS = {
	recent: 'message-circle',
	before: 'messages-square',
	new: 'plus',
	friends: 'users',
	outbox: 'inbox'
};

type Element = [name: string, attributes: Record<string, string>];

/** A sign of the app's own set, in the middle of a disc. */
async function shortcut(sign: string): Promise<string> {
	const source = await readFile(`node_modules/@lucide/svelte/dist/icons/${sign}.svelte`, 'utf8');
	const { node } = JSON.parse(/iconData = (.*);/.exec(source)![1]!) as { node: Element[] };
	const lines = node.map(([name, attributes]) => {
		const list = Object.entries(attributes).map(([key, value]) => `${key}="${value}"`);
		return `<${name} ${list.join(' ')}/>`;
	});
	return `<circle cx="32" cy="32" r="32" fill="#ad4317"/><g transform="translate(15.2 15.2) scale(1.4)"
		fill="none" stroke="#fff4ea" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${lines.join('')}</g>`;
}

const wanted: [string, number, string][] = [
	['static/icons/icon-192.png', 192, inner],
	['static/icons/icon-512.png', 512, inner],
	['static/icons/maskable-512.png', 512, maskable],
	['static/icons/monochrome-512.png', 512, monochrome],
	['static/icons/apple-touch-180.png', 180, square]
];
for (const [name, sign] of Object.entries(SHORTCUTS)) {
	wanted.push([`static/icons/shortcut-${name}.png`, 96, await shortcut(sign)]);
}

const browser = await chromium.launch({
	args: ['--no-sandbox', '--disable-gpu'],
	...(process.env['ROOST_BROWSER'] ? { executablePath: process.env['ROOST_BROWSER'] } : {})
});
const page = await browser.newPage();

async function draw(body: string, size: number): Promise<Buffer> {
	await page.setViewportSize({ width: size, height: size });
	await page.setContent(
		`<body style="margin:0"><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="${size}" height="${size}" style="display:block">${body}</svg>`
	);
	return page.screenshot({ omitBackground: true });
}

for (const [path, size, body] of wanted) await writeFile(path, await draw(body, size));

// An .ico with one PNG of 32 pixels: directory of one entry, then the picture.
const picture = await draw(inner, 32);
const head = Buffer.alloc(22);
head.writeUInt16LE(1, 2);
head.writeUInt16LE(1, 4);
head.writeUInt8(32, 6);
head.writeUInt8(32, 7);
head.writeUInt16LE(1, 10);
head.writeUInt16LE(32, 12);
head.writeUInt32LE(picture.length, 14);
head.writeUInt32LE(22, 18);
await writeFile('static/favicon.ico', Buffer.concat([head, picture]));
await writeFile('static/favicon.svg', mark);
await browser.close();
