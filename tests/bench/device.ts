/** Figures of the device, in a real browser: catching up, starting, opening, writing, first view. */
import { fileURLToPath } from 'node:url';
import type { BrowserContext, Page } from 'playwright';
import { serveModule } from '../support/test-page.ts';
import { marked, newProfile, offlineReady, type Profile } from './browser.ts';
import { openRooms } from './screen.ts';
import { compared, median, percentile, type Bench, type Figure } from './figure.ts';
import type { Seeded } from './seed.ts';
import { fill, inWorld, roomsOf, start, texts, visit } from './world.ts';

const MISSED_ROOMS = 50;
const MISSED_EACH = 200;
const MISSED_ROUNDS = 3;

async function dexieAlone(context: BrowserContext, url: string): Promise<number> {
	const page = await context.newPage();
	await page.goto(url);
	await page.waitForFunction(() => 'writeAll' in window);
	const took = await page.evaluate(
		([rooms, each]) => window.writeAll(rooms!, each!),
		[MISSED_ROOMS, MISSED_EACH]
	);
	await page.close();
	return took;
}

/** Rows that a device holds, read past the app. */
function countKept(page: Page, person: string): Promise<number> {
	return page.evaluate(
		(name) =>
			new Promise<number>((resolve, reject) => {
				const opening = indexedDB.open(name);
				opening.onerror = () => reject(opening.error ?? new Error('not opened'));
				opening.onsuccess = () => {
					const db = opening.result;
					const counting = db.transaction('messages').objectStore('messages').count();
					counting.onsuccess = () => {
						db.close();
						resolve(counting.result);
					};
				};
			}),
		`roost-${person}`
	);
}

async function missed(): Promise<Figure[]> {
	const alone = await serveModule(fileURLToPath(new URL('dexie-alone.ts', import.meta.url)));
	const values: number[] = [];
	const yardsticks: number[] = [];
	const profile = newProfile();
	try {
		await inWorld(async ({ origin, meanwhile }) => {
			const { reader, writer, rooms } = await meanwhile(async (seed) => {
				const both = [await seed.person('writer'), await seed.person('reader')];
				const made = await roomsOf(seed, both, MISSED_ROOMS, 'Room');
				return { writer: both[0]!, reader: both[1]!, rooms: made };
			});
			const first = await start(profile, origin, reader);
			await offlineReady((await visit(first, `${origin}/rooms`, 'level')).page);
			await first.close();
			for (let n = 0; n < MISSED_ROUNDS; n++) {
				await meanwhile((seed) => fill(seed, writer, rooms, MISSED_EACH));
				const context = await start(profile, origin, reader);
				yardsticks.push(await dexieAlone(context, alone.url));
				const { page, marks } = await visit(context, `${origin}/rooms`, 'level');
				values.push(marks.level! - marks.linked!);
				const kept = await countKept(page, reader.person);
				const expected = (n + 1) * MISSED_ROOMS * MISSED_EACH;
				if (kept !== expected) throw new Error(`level with ${kept} messages of ${expected}`);
				await context.close();
			}
		});
	} finally {
		profile.remove();
		await alone.stop();
	}
	return [
		compared({
			name: 'missed-changes',
			unit: 'ms',
			values,
			yardsticks,
			target: 1.5,
			better: 'smaller',
			note: '10,000 messages over 50 rooms, from the link to level; yardstick: Dexie alone'
		})
	];
}

const LARGE_ROOMS = 100;
/** As many as a device catches up with row by row (LIMITS.skipToNewestAfter). */
const LARGE_EACH = 1_000;
/** As many rooms with a screenful each, to tell what the rooms cost from what the messages cost. */
const SMALL_EACH = 50;
const OPENED = 10;
const START_ROUNDS = 7;

/** A browser that was used by somebody and closed. */
interface Used {
	profile: Profile;
	by: Seeded;
	rooms: string[];
}

/** Starts the browser anew with no network; answers ms from the navigation to rooms on screen. */
async function coldStart({ profile, by }: Used, origin: string): Promise<number> {
	const context = await start(profile, origin, by);
	await context.setOffline(true);
	const { marks } = await visit(context, `${origin}/rooms`, 'rooms');
	await context.close();
	return marks.rooms!;
}

/** ms from the click on a room to its messages on screen, for some of the rooms. */
async function openSome({ profile, by, rooms }: Used, origin: string): Promise<number[]> {
	const context = await start(profile, origin, by);
	const { page } = await visit(context, `${origin}/rooms`, 'level');
	const took = await openRooms(page, rooms.slice(0, OPENED));
	await context.close();
	return took;
}

async function large(): Promise<Figure[]> {
	const used: Used[] = [];
	const starts: Record<'large' | 'small' | 'empty', number[]> = { large: [], small: [], empty: [] };
	const opens: { large: number[]; small: number[] } = { large: [], small: [] };
	try {
		await inWorld(async ({ origin, meanwhile }) => {
			const { writer, people, rooms } = await meanwhile(async (seed) => {
				const by = await seed.person('writer');
				const all = [
					await seed.person('large'),
					await seed.person('small'),
					await seed.person('empty')
				];
				const made = [
					await roomsOf(seed, [by, all[0]!], LARGE_ROOMS, 'Large'),
					await roomsOf(seed, [by, all[1]!], LARGE_ROOMS, 'Small'),
					[]
				];
				return { writer: by, people: all, rooms: made };
			});
			used.push(...people.map((by, i) => ({ profile: newProfile(), by, rooms: rooms[i]! })));
			const everybodyOnce = async () => {
				for (const { profile, by } of used) {
					const context = await start(profile, origin, by);
					await offlineReady((await visit(context, `${origin}/rooms`, 'level')).page);
					await context.close();
				}
			};
			await everybodyOnce();
			await meanwhile(async (seed) => {
				await fill(seed, writer, rooms[0]!, LARGE_EACH);
				await fill(seed, writer, rooms[1]!, SMALL_EACH);
			});
			await everybodyOnce();
			const [big, small, empty] = used as [Used, Used, Used];
			for (let n = 0; n < START_ROUNDS; n++) {
				starts.empty.push(await coldStart(empty, origin));
				starts.small.push(await coldStart(small, origin));
				starts.large.push(await coldStart(big, origin));
			}
			opens.small.push(...(await openSome(small, origin)));
			opens.large.push(...(await openSome(big, origin)));
		});
	} finally {
		for (const { profile } of used) profile.remove();
	}
	return [
		compared({
			name: 'cold-start-offline',
			unit: 'ms',
			values: starts.large,
			yardsticks: starts.empty,
			target: 1.3,
			better: 'smaller',
			note: 'rooms on screen with 100,000 messages in 100 rooms; yardstick: the same app, empty'
		}),
		compared({
			name: 'cold-start-same-rooms',
			unit: 'ms',
			values: starts.large,
			yardsticks: starts.small,
			target: null,
			better: 'smaller',
			note: 'the same beside 5,000 messages in as many rooms: what the messages alone cost'
		}),
		compared({
			name: 'open-room',
			unit: 'ms',
			values: opens.large,
			yardsticks: opens.small,
			target: null,
			better: 'smaller',
			note: 'click to messages with 100,000 kept; yardstick: with 5,000 kept'
		})
	];
}

const KEYS = 120;
const WARM_KEYS = 20;
const KEY_LIMIT = 50;

/** Notes ms from each press of Enter to the paint that shows what it did. */
function watchKeys(): void {
	const took: { bubble: number[]; frame: number[] } = { bubble: [], frame: [] };
	Object.assign(window, { benchKeys: took });
	/** Runs after the next paint: a message posted from a frame is heard once the frame was drawn. */
	const painted = (then: () => void) =>
		requestAnimationFrame(() => {
			const channel = new MessageChannel();
			channel.port1.onmessage = then;
			channel.port2.postMessage(null);
		});
	addEventListener(
		'keydown',
		(event) => {
			if (event.key === 'F9') {
				painted(() => took.frame.push(performance.now() - event.timeStamp));
				return;
			}
			if (event.key !== 'Enter') return;
			const log = document.querySelector('[role=log]')!;
			const text = (event.target as HTMLTextAreaElement).value;
			const observer = new MutationObserver(() => {
				if (![...log.querySelectorAll('article')].at(-1)?.textContent?.includes(text)) return;
				observer.disconnect();
				painted(() => took.bubble.push(performance.now() - event.timeStamp));
			});
			observer.observe(log, { childList: true, subtree: true, characterData: true });
		},
		{ capture: true }
	);
}

type Keys = { benchKeys: { bubble: number[]; frame: number[] } };

async function keys(): Promise<Figure[]> {
	const profile = newProfile();
	try {
		const { bubble, frame } = await inWorld(async ({ origin, meanwhile }) => {
			const { by, room } = await meanwhile(async (seed) => {
				const one = await seed.person('writer');
				const made = await seed.room('Room', [one]);
				await seed.say(one, made, texts(200));
				return { by: one, room: made };
			});
			const context = await start(profile, origin, by);
			const { page } = await visit(context, `${origin}/rooms/${room}`, 'messages');
			await marked(page, 'level');
			await page.evaluate(watchKeys);
			const composer = page.getByRole('textbox', { name: 'Message' });
			await composer.waitFor();
			for (let n = 0; n < KEYS; n++) {
				await composer.fill(`Key press ${n}.`);
				await composer.press('Enter');
				await page.waitForFunction(
					(count) => (window as unknown as Keys).benchKeys.bubble.length > count,
					n
				);
				await composer.press('F9');
			}
			await page.waitForFunction(
				(count) => (window as unknown as Keys).benchKeys.frame.length >= count,
				KEYS
			);
			const found = await page.evaluate(() => (window as unknown as Keys).benchKeys);
			await context.close();
			return found;
		});
		const value = percentile(bubble.slice(WARM_KEYS), 0.95);
		const yardstick = percentile(frame.slice(WARM_KEYS), 0.95);
		return [
			{
				name: 'own-bubble',
				value,
				unit: 'ms (p95)',
				yardstick,
				ratio: value / yardstick,
				target: KEY_LIMIT,
				ok: value < KEY_LIMIT,
				note: `key press to own bubble painted, target in ms; median ${median(bubble).toFixed(1)} ms; yardstick: key press to an empty frame`
			}
		];
	} finally {
		profile.remove();
	}
}

const FIRST_VIEW_LIMIT = 130_000;

async function firstView(): Promise<Figure[]> {
	const profile = newProfile();
	try {
		const { bytes, files } = await inWorld(async ({ origin }) => {
			// What the worker fetches for later is none of what the first view waits for.
			const context = await profile.open({ serviceWorkers: 'block' });
			const page = await context.newPage();
			const line = await context.newCDPSession(page);
			let sum = 0;
			let count = 0;
			line.on('Network.loadingFinished', ({ encodedDataLength }) => {
				sum += encodedDataLength;
				count += 1;
			});
			await line.send('Network.enable');
			await page.goto(`${origin}/register`);
			await page.getByRole('button', { name: 'Create account', exact: true }).waitFor();
			await page.waitForLoadState('networkidle');
			await context.close();
			return { bytes: sum, files: count };
		});
		return [
			{
				name: 'first-view',
				value: bytes / 1_000,
				unit: 'kB on the line',
				yardstick: null,
				ratio: bytes / FIRST_VIEW_LIMIT,
				target: FIRST_VIEW_LIMIT / 1_000,
				ok: bytes <= FIRST_VIEW_LIMIT,
				note: `the door, compressed, with headers, in ${files} answers; target in kB`
			}
		];
	} finally {
		profile.remove();
	}
}

export const DEVICE_BENCHES: Bench[] = [
	{ name: 'missed-changes', run: missed },
	{ name: 'large-store', run: large },
	{ name: 'own-bubble', run: keys },
	{ name: 'first-view', run: firstView }
];
