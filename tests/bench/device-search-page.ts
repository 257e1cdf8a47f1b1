/** The search of a device on a cache of generated messages; runs in a browser, as a page and as its worker. */
import { openCache } from '../../src/lib/db/open.ts';
import { CacheDatabase } from '../../src/lib/db/schema.ts';
import { DeviceIndex } from '../../src/lib/db/search/device-index.ts';
import { serveSearch } from '../../src/lib/db/search/search-server.ts';
import type { ToSearchWorker } from '../../src/lib/db/search/worker-messages.ts';
import { WorkerSearch, type WorkerLike } from '../../src/lib/db/search/worker-search.ts';
import { browserClock } from '../../src/lib/net/browser.ts';
import type { MessageRow } from '../../src/lib/protocol/change.ts';
import { uuid7 } from '../../src/lib/protocol/ids.ts';
import { change, state } from '../contract/rows.ts';
import { chatTexts, seeded } from './chat-texts.ts';

const EACH = 1_000;
const PEOPLE = 40;

const newId = () => uuid7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
const ACCOUNT = newId();
const quiet = { outdated: () => undefined, deleted: () => undefined };

/** Puts rooms of a thousand messages each into the cache; answers the UTF-8 bytes of their texts. */
async function fill(messages: number): Promise<number> {
	const cache = await openCache(ACCOUNT, quiet);
	const [text, chance] = [chatTexts(1), seeded(2)];
	const people = Array.from({ length: PEOPLE }, newId);
	let at = 1_700_000_000_000;
	let bytes = 0;
	for (let made = 0; made < messages; made += EACH) {
		const room = newId();
		const rows = Array.from({ length: EACH }, (_, n): MessageRow => {
			const body = text();
			bytes += new TextEncoder().encode(body).length;
			at += Math.floor(chance() * 60_000);
			const own = { kind: 'message', id: newId(), number: made + n + 1, room } as const;
			const author = people[Math.floor(chance() * PEOPLE)]!;
			return { ...own, seq: n + 3, rev: n + 3, author, body, at, sent: at };
		});
		const cursor = { i: 'db', g: 1, s: EACH + 2, h: 'h' };
		const next = { ...state(room), role: 'member' as const, cursor };
		await cache.commit([change(room, { next, rows, skipMerge: true })], ACCOUNT);
	}
	cache.close();
	return bytes;
}

/** Texts of messages, some of each room, to search for parts of them. */
async function sample(count: number): Promise<string[]> {
	const db = new CacheDatabase(ACCOUNT);
	await db.open();
	const keys = await db.messages.toCollection().primaryKeys();
	const step = Math.floor(keys.length / count);
	const rows = await db.messages.bulkGet(keys.filter((_, n) => n % step === 0));
	db.close();
	return rows.map((row) => row!.body);
}

/** Bytes that the index keeps. */
async function indexBytes(): Promise<number> {
	const db = new CacheDatabase(ACCOUNT);
	await db.open();
	let bytes = 0;
	await db.searchBytes.each((kept) => (bytes += kept.bytes.length));
	await db.searchSegments.each((head) => (bytes += JSON.stringify(head).length));
	db.close();
	return bytes;
}

let search: WorkerSearch | null = null;

/** Starts a new worker, as after a start of the app. */
function restart(): void {
	search?.close();
	search = new WorkerSearch({
		account: ACCOUNT,
		start: () => new Worker('/module.js', { type: 'module' }) as WorkerLike,
		onStopped: (error) => {
			throw error;
		},
		onBroken: () => {
			throw new Error('the worker broke');
		}
	});
}

/** Notes how long the page is held up at a time; the answer ends it, and gives the longest times, in ms. */
function watchHoldUps(): () => number[] {
	const gaps: number[] = [];
	let last = performance.now();
	const timer = setInterval(() => {
		const now = performance.now();
		gaps.push(now - last - 4);
		last = now;
	}, 4);
	return () => {
		clearInterval(timer);
		return gaps;
	};
}

/** What the page notes of hold-ups when nothing is done, for as long. */
async function idle(ms: number): Promise<number[]> {
	const end = watchHoldUps();
	await new Promise((resolve) => setTimeout(resolve, ms));
	return end();
}

/** Builds the index in the worker; answers ms until it is whole, and how long the page was held up meanwhile. */
async function build(): Promise<{ took: number; heldUp: number[] }> {
	const begun = performance.now();
	search!.build(true);
	const end = watchHoldUps();
	const db = new CacheDatabase(ACCOUNT);
	await db.open();
	while ((await db.searchStale.count()) > 0)
		await new Promise((resolve) => setTimeout(resolve, 100));
	db.close();
	return { took: performance.now() - begun, heldUp: end() };
}

/** Lets the worker read what it will search, as an open search page does. */
async function warm(): Promise<void> {
	await search!.countUnprepared();
}

/** ms of each search, one after the other, and how many messages were found in all. */
async function searchAll(queries: string[]): Promise<{ took: number[]; found: number }> {
	const took: number[] = [];
	let found = 0;
	for (const query of queries) {
		const begun = performance.now();
		const { rows, unprepared } = await search!.search({ query, limit: 50 });
		took.push(performance.now() - begun);
		found += rows.length;
		if (unprepared > 0) throw new Error('not all was searched');
	}
	return { took, found };
}

const searchBench = { fill, sample, indexBytes, restart, build, idle, warm, searchAll };
export type SearchBench = typeof searchBench;

if (typeof document === 'undefined') {
	// As in src/search-worker.ts, whose types are of a worker only.
	const heard = serveSearch({
		open: (account, onError) =>
			new DeviceIndex({
				account,
				clock: browserClock,
				pause: () => new Promise((resolve) => setTimeout(resolve)),
				onError
			}),
		post: (message) => self.postMessage(message)
	});
	addEventListener('message', ({ data }: MessageEvent<ToSearchWorker>) => heard(data));
} else Object.assign(window, { searchBench });
