/** Figures of the screen: opening rooms, flinging through a long one, memory after many, and a thousand rooms. */
import { marked, newProfile, offlineReady } from './browser.ts';
import { compared, median, percentile, type Bench, type Figure } from './figure.ts';
import { emptyFrames, fling, memory, openRooms } from './screen.ts';
import { inWorld, fill, roomsOf, start, texts, visit } from './world.ts';

const ROOMS = 50;
const EACH = 200;
/** What is opened first loads code and pictures; it is no measure of the others. */
const WARM = 5;
/** ms that a room may take beyond an empty frame, p95. */
const OPEN_LIMIT = 50;
/** How much more the page may hold after all rooms than after the first ones. */
const MEMORY_LIMIT = 1.5;

async function manyRooms(): Promise<Figure[]> {
	const profile = newProfile();
	try {
		return await inWorld(async ({ origin, meanwhile }) => {
			const { by, writer, rooms } = await meanwhile(async (seed) => {
				const both = [await seed.person('reader'), await seed.person('writer')];
				const made = await roomsOf(seed, both, ROOMS, 'Room');
				return { by: both[0]!, writer: both[1]!, rooms: made };
			});
			const before = await start(profile, origin, by);
			await offlineReady((await visit(before, `${origin}/rooms`, 'level')).page);
			await before.close();
			// A device that knows the rooms catches up with all that is said: nothing has to be fetched to open one.
			await meanwhile((seed) => fill(seed, writer, rooms, EACH));
			const context = await start(profile, origin, by);
			const { page } = await visit(context, `${origin}/rooms`, 'level');
			await openRooms(page, rooms.slice(0, WARM));
			const few = await memory(page);
			const took = await openRooms(page, rooms.slice(WARM));
			const all = await memory(page);
			const frames = await emptyFrames(page, took.length);
			await context.close();
			const value = percentile(took, 0.95);
			const yardstick = percentile(frames, 0.95);
			return [
				{
					...{
						name: 'open-room-p95',
						value,
						unit: 'ms (p95)',
						yardstick,
						ratio: value / yardstick
					},
					...{ target: OPEN_LIMIT, ok: value - yardstick <= OPEN_LIMIT },
					note: `click to messages, ${took.length} rooms of ${EACH}; median ${median(took).toFixed(1)} ms; target: ms beyond the yardstick, an empty frame`
				},
				{
					...{ name: 'memory-50-rooms', value: all.heap, unit: 'MB', yardstick: few.heap },
					...{ ratio: all.heap / few.heap, target: MEMORY_LIMIT },
					ok: all.heap / few.heap <= MEMORY_LIMIT,
					note: `what scripts hold after ${ROOMS} rooms were opened, ${all.nodes} nodes; yardstick: after ${WARM}, ${few.nodes} nodes`
				}
			];
		});
	} finally {
		profile.remove();
	}
}

const LONG = 100_000;
const FLING_SPEED = 120;
const FLING_SECONDS = 20;
/** Share of the frames of an empty page that is kept while flung. */
const FRAMES_LIMIT = 0.95;

async function longRoom(): Promise<Figure[]> {
	const profile = newProfile();
	try {
		return await inWorld(async ({ origin, meanwhile }) => {
			const { by, room } = await meanwhile(async (seed) => {
				const both = [await seed.person('reader'), await seed.person('writer')];
				const made = await seed.room('Long', both);
				await seed.say(both[1]!, made, texts(LONG));
				return { by: both[0]!, room: made };
			});
			const context = await start(profile, origin, by);
			const { page } = await visit(context, `${origin}/rooms/${room}`, 'messages');
			await marked(page, 'level');
			await offlineReady(page);
			const still = await fling(page, 'html', 0, FLING_SECONDS / 4);
			const flung = await fling(page, '[role=log]', FLING_SPEED, FLING_SECONDS);
			await context.close();
			return [
				compared({
					name: 'scroll-frames',
					unit: 'frames a second',
					...{ values: [flung.perSecond], yardsticks: [still.perSecond] },
					...{ target: FRAMES_LIMIT, better: 'larger' },
					note: `flung ${Math.round(flung.moved / 1_000)}k px up a room of 100,000 messages, ${flung.nodes} elements at most; yardstick: the same page at rest`
				})
			];
		});
	} finally {
		profile.remove();
	}
}

const MANY_ROOMS = 1_000;
const START_ROUNDS = 5;

async function thousandRooms(): Promise<Figure[]> {
	const profiles = [newProfile(), newProfile()] as const;
	try {
		return await inWorld(async ({ origin, meanwhile }) => {
			const { people, rooms } = await meanwhile(async (seed) => {
				const many = await seed.person('many');
				const few = await seed.person('few');
				const made = await roomsOf(seed, [many], MANY_ROOMS, 'Room');
				await fill(seed, many, made, 5);
				return { people: [many, few] as const, rooms: made };
			});
			for (const n of [0, 1] as const) {
				const context = await start(profiles[n], origin, people[n]);
				await offlineReady((await visit(context, `${origin}/rooms`, 'level')).page);
				await context.close();
			}
			const took: [number[], number[]] = [[], []];
			for (let round = 0; round < START_ROUNDS; round++) {
				for (const n of [1, 0] as const) {
					const context = await start(profiles[n], origin, people[n]);
					await context.setOffline(true);
					const { marks } = await visit(context, `${origin}/rooms`, 'rooms');
					took[n].push(marks.rooms!);
					await context.close();
				}
			}
			const context = await start(profiles[0], origin, people[0]);
			const { page } = await visit(context, `${origin}/rooms`, 'level');
			const opened = await openRooms(page, rooms.slice(0, 20));
			const frames = await emptyFrames(page, opened.length);
			await context.close();
			return [
				compared({
					name: 'cold-start-1000-rooms',
					...{ unit: 'ms', values: took[0], yardsticks: took[1], target: null, better: 'smaller' },
					note: 'offline, list on screen, 1,000 rooms; yardstick: one room'
				}),
				compared({
					name: 'open-room-of-1000',
					...{ unit: 'ms', values: opened, yardsticks: frames, target: null, better: 'smaller' },
					note: 'click to messages beside a list of 1,000 rooms; yardstick: an empty frame'
				})
			];
		});
	} finally {
		for (const profile of profiles) profile.remove();
	}
}

export const SCREEN_BENCHES: Bench[] = [
	{ name: 'many-rooms', run: manyRooms },
	{ name: 'long-room', run: longRoom },
	{ name: 'thousand-rooms', run: thousandRooms }
];
