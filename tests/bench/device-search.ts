/** Figures of searching on the device, in a real browser. */
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright';
import { serveModule } from '../support/test-page.ts';
import { newProfile } from './browser.ts';
import { chatTexts, seeded } from './chat-texts.ts';
import { median, percentile, type Bench, type Figure } from './figure.ts';
import type { SearchBench } from './device-search-page.ts';
import type {} from './search-forms-page.ts';

declare const searchBench: SearchBench;

const MESSAGES = 100_000;
const SIZE_LIMIT = 0.6;
const QUERY_LIMIT = 100;
/** ms that a page may be held up by what runs beside it. */
const HELD_UP_LIMIT = 50;
const QUERIES = 60;
const COLD_STARTS = 7;

/** Runs in a page of its own, with nothing kept. */
async function inPage<A>(module: string, run: (page: Page) => Promise<A>): Promise<A> {
	const served = await serveModule(fileURLToPath(new URL(module, import.meta.url)));
	const profile = newProfile();
	try {
		const context = await profile.open();
		const page = await context.newPage();
		await page.goto(served.url);
		await page.waitForFunction(() => 'searchBench' in window || 'compareForms' in window);
		const answer = await run(page);
		await context.close();
		return answer;
	} finally {
		profile.remove();
		await served.stop();
	}
}

const isHan = (text: string): boolean => /^\p{Script=Han}+$/u.test(text);

/** Queries by what they are like; all parts are of kept messages, but for those that find nothing. */
function queriesOf(texts: string[]): Record<string, string[]> {
	const chance = seeded(3);
	const pick = (from: string[]) => from[Math.floor(chance() * from.length)]!;
	const parts = (length: number) =>
		texts.flatMap((text) => {
			const from = Math.floor(chance() * Math.max(1, text.length - length));
			const part = text.slice(from, from + length);
			return part.length === length && isHan(part) ? [part] : [];
		});
	const words = texts.filter((text) => /^[a-z ]+$/u.test(text)).flatMap((text) => text.split(' '));
	const some = (from: string[]) => Array.from({ length: QUERIES }, () => pick(from));
	return {
		'one Chinese character': some(parts(1)),
		'two Chinese characters': some(parts(2)),
		'three Chinese characters': some(parts(3)),
		'four Chinese characters': some(parts(4)),
		'one letter': some([...'abcdefghijklmnopqrstuvwxyz']),
		'beginning of a word': some(
			words.filter((word) => word.length > 3).map((word) => word.slice(0, 3))
		),
		'two pieces': some(parts(2)).map((part) => `${part} ${pick(parts(1))}`),
		'inside of words': some(
			words.filter((word) => word.length > 5).map((word) => word.slice(2, 5))
		),
		nothing: some(['zzqx', '龘靐齉', '没有这种说法的话', 'qqqq'])
	};
}

const limit = (
	name: string,
	value: number,
	unit: string,
	target: number,
	note: string
): Figure => ({
	name,
	value,
	unit,
	yardstick: null,
	ratio: value / target,
	target,
	ok: value <= target,
	note
});

async function timed(page: Page, queries: string[]): Promise<{ took: number[]; found: number }> {
	return page.evaluate((all) => searchBench.searchAll(all), queries);
}

async function measureQueries(page: Page): Promise<Figure[]> {
	const figures: Figure[] = [];
	const queries = queriesOf(await page.evaluate(() => searchBench.sample(2_000)));
	const cold: number[] = [];
	for (let n = 0; n < COLD_STARTS; n++) {
		await page.evaluate(() => searchBench.restart());
		cold.push(...(await timed(page, ['zzqx'])).took);
	}
	figures.push(
		limit(
			'device-search-cold',
			median(cold),
			'ms (median)',
			4 * QUERY_LIMIT,
			'the first search after a start, nothing found: all segments are read'
		)
	);
	for (const [kind, some] of Object.entries(queries)) {
		const { took, found } = await timed(page, some);
		const p95 = percentile(took, 0.95);
		figures.push(
			limit(
				'device-search',
				p95,
				'ms (p95)',
				QUERY_LIMIT,
				`${kind}; median ${median(took).toFixed(1)} ms, ${found} found in ${took.length} searches`
			)
		);
	}
	return figures;
}

function heldUpFigure(took: number, heldUp: number[], quiet: number[]): Figure {
	const value = percentile(heldUp, 0.99);
	const yardstick = percentile(quiet, 0.99);
	return {
		name: 'device-search-build',
		value,
		unit: 'ms (p99)',
		yardstick,
		ratio: value / yardstick,
		target: HELD_UP_LIMIT,
		ok: value <= HELD_UP_LIMIT,
		note: `page held up while a worker builds for ${(took / 1_000).toFixed(1)} s, target in ms; longest ${Math.max(...heldUp).toFixed(0)} ms; yardstick: nothing done, longest ${Math.max(...quiet).toFixed(0)} ms`
	};
}

async function search(): Promise<Figure[]> {
	return inPage('device-search-page.ts', async (page) => {
		const bytes = await page.evaluate((count) => searchBench.fill(count), MESSAGES);
		await page.evaluate(() => searchBench.restart());
		const { took, heldUp } = await page.evaluate(() => searchBench.build());
		const quiet = await page.evaluate((ms) => searchBench.idle(ms), took);
		const size = (await page.evaluate(() => searchBench.indexBytes())) / bytes;
		const megabytes = (bytes / 1e6).toFixed(1);
		return [
			limit(
				'device-search-index-size',
				size,
				'of the texts',
				SIZE_LIMIT,
				`index / UTF-8 bytes of 100,000 texts (${megabytes} MB)`
			),
			heldUpFigure(took, heldUp, quiet),
			...(await measureQueries(page))
		];
	});
}

/** Fewer than above: one of the forms takes minutes for all. */
const FORM_MESSAGES = 20_000;

/** The forms of an index that were thought of (docs/decisions/0022-search-on-the-device.md). */
async function forms(): Promise<Figure[]> {
	const write = chatTexts(1);
	const texts = Array.from({ length: 2_000 }, write);
	const kinds = Object.values(queriesOf(texts)).map((some) => some.slice(0, 10));
	const costs = await inPage('search-forms-page.ts', (page) =>
		page.evaluate(([count, all]) => window.compareForms(count, all), [
			FORM_MESSAGES,
			kinds.flat()
		] as const)
	);
	return costs.map(({ form, size, built, took }) => ({
		name: 'search-forms',
		value: size,
		unit: 'of the texts',
		yardstick: null,
		ratio: null,
		target: null,
		ok: true,
		note: `${form}; ${FORM_MESSAGES} messages, made in ${(built / 1_000).toFixed(1)} s; a query takes ${median(took).toFixed(1)} ms, p95 ${percentile(took, 0.95).toFixed(1)} ms`
	}));
}

export const DEVICE_SEARCH_BENCHES: Bench[] = [
	{ name: 'device-search', run: search },
	{ name: 'search-forms', onlyByName: true, run: forms }
];
