/** A server with people and rooms in it, and a browser of somebody in front of it. */
import type { BrowserContext } from 'playwright';
import { marked, signIn, type Marks, type Profile } from './browser.ts';
import { dataFolder, startRoost, type Measured } from './process.ts';
import { openSeed, type Seed, type Seeded } from './seed.ts';

/** A server that can be ended, written to, and started again on the same address. */
export interface World {
	origin: string;
	/** Writes with the server down. */
	meanwhile<A>(run: (seed: Seed) => Promise<A>): Promise<A>;
}

export async function inWorld<A>(run: (world: World) => Promise<A>): Promise<A> {
	const data = dataFolder();
	let server: Measured = await startRoost(data.path);
	const port = server.port;
	try {
		return await run({
			origin: `http://localhost:${port}`,
			async meanwhile(write) {
				await server.stop();
				const seed = await openSeed(data.path);
				const answer = await write(seed);
				await seed.close();
				server = await startRoost(data.path, { PORT: String(port) });
				return answer;
			}
		});
	} finally {
		await server.stop();
		data.remove();
	}
}

/** Opens the app; resolves with its marks once this one is there. */
export async function visit(context: BrowserContext, url: string, until: keyof Marks) {
	const page = context.pages()[0] ?? (await context.newPage());
	await page.goto(url);
	return { page, marks: await marked(page, until) };
}

/** Starts the browser with this person signed in. */
export async function start(profile: Profile, origin: string, by: Seeded): Promise<BrowserContext> {
	const context = await profile.open();
	await signIn(context, origin, by);
	return context;
}

export const texts = (count: number) =>
	Array.from({ length: count }, (_, n) => `Message ${n} of the many that were missed`);

export async function fill(seed: Seed, by: Seeded, rooms: string[], each: number): Promise<void> {
	for (const room of rooms) await seed.say(by, room, texts(each));
}

export async function roomsOf(seed: Seed, members: Seeded[], count: number, name: string) {
	const rooms: string[] = [];
	for (let n = 0; n < count; n++) rooms.push(await seed.room(`${name} ${n}`, members));
	return rooms;
}
