/** Whether this machine draws texts as the one that took the pictures did: pictures are compared only then. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from '@playwright/test';
import { readSource, ROOT } from './messages.ts';

/** Widths in px of some texts, noted when pictures are taken. */
type Widths = Record<string, number>;

const NOTED = join(ROOT, 'tests/e2e/pictures/fonts.json');
const SAMPLES = ['Roost hears “Wäq” 0123', '房间里说过的话', '🐦👍'];
const STYLES = { plain: '400 100px', bold: '700 100px', italic: 'italic 400 100px' };
/** px; a font is another one where even one text of 100 px differs by more. */
const TOLERANCE = 0.5;

/** The families of a token such as "font", as tokens.css names them. */
function familiesOf(token: string): string {
	const css = readSource('src/lib/ui/base/tokens.css');
	const [, families] = new RegExp(`--${token}:\\s*([^;]+);`, 'u').exec(css) ?? [];
	if (!families) throw new Error(`tokens.css has no --${token}`);
	return families.replace(/\s+/gu, ' ');
}

async function measure(browser: Browser): Promise<Widths> {
	const fonts = (['font', 'mono'] as const).flatMap((token) =>
		Object.entries(STYLES).flatMap(([style, size]) =>
			SAMPLES.map((text) => ({
				key: `${token} ${style}: ${text}`,
				font: `${size} ${familiesOf(token)}`,
				text
			}))
		)
	);
	const page = await browser.newPage();
	const widths = await page.evaluate((all) => {
		const canvas = document.createElement('canvas').getContext('2d')!;
		return all.map(({ key, font, text }): [string, number] => {
			canvas.font = font;
			return [key, Math.round(canvas.measureText(text).width * 100) / 100];
		});
	}, fonts);
	await page.close();
	return Object.fromEntries(widths);
}

/** Notes how wide texts are here: to be called when pictures are taken anew. */
export async function noteFonts(browser: Browser): Promise<void> {
	writeFileSync(NOTED, `${JSON.stringify(await measure(browser), null, '\t')}\n`);
}

/** @returns the first text whose width is not the one of the pictures, in words; null: there is none */
export async function otherFont(browser: Browser): Promise<string | null> {
	if (!existsSync(NOTED)) return null;
	const noted = JSON.parse(readFileSync(NOTED, 'utf8')) as Widths;
	const here = await measure(browser);
	for (const [key, width] of Object.entries(here)) {
		const then = noted[key];
		if (then === undefined || Math.abs(then - width) > TOLERANCE) {
			return `${key} is ${width} px wide, and was ${then} px`;
		}
	}
	return null;
}
