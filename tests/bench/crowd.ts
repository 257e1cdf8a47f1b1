/**
 * What coming and going, presence and typing cost the server in a room of 5,000, with 200 connected and
 * looking at it; beside the same 200 in a room of 250. Flat means: the members who are not there cost nothing.
 */
import type { ActDraft } from '../../src/lib/sync/outbox/create-act.ts';
import { newId, openLink, type TestLink } from '../support/person.ts';
import { compared, type Bench, type Figure } from './figure.ts';
import { dataFolder, startRoost, type Measured } from './process.ts';
import { openSeed, type Seeded } from './seed.ts';

const CONNECTED = 200;
const SMALL = 250;
const LARGE = 5_000;
const ROUNDS = 5;
/** People who come in and go out again, type, or reload in one round. */
const JOINS = 100;
const TYPISTS = 50;
const RELOADS = 50;
/** ms of a round of typing or reloading: what is told at most once a second is told three times. */
const SPELL = 3_000;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function act(link: TestLink, draft: ActDraft): Promise<void> {
	const { results } = await link.request('acts', {
		acts: [{ id: newId(), at: Date.now(), ...draft } as never]
	});
	if (results[0]?.status !== 'accepted') throw new Error(JSON.stringify(results[0]));
}

interface Crowd {
	server: Measured;
	room: string;
	viewers: TestLink[];
	/** a person who can come and go */
	guest: TestLink;
	reloading: () => Promise<TestLink>;
}

/** CPU ms of the server per time the work is done, and frames per viewer and second meanwhile. */
interface Cost {
	cpu: number;
	told: number;
}

async function measured(
	{ server, viewers }: Crowd,
	times: number,
	heard: 'presence' | 'typing' | 'frames',
	work: () => Promise<void>
): Promise<Cost> {
	const before = viewers.reduce((sum, viewer) => sum + viewer[heard].length, 0);
	const [cpu, started] = [server.cpu(), Date.now()];
	await work();
	const seconds = (Date.now() - started) / 1_000;
	const after = viewers.reduce((sum, viewer) => sum + viewer[heard].length, 0);
	return {
		cpu: ((server.cpu() - cpu) * 1_000) / times,
		told: (after - before) / viewers.length / seconds
	};
}

const joining = (crowd: Crowd) =>
	measured(crowd, JOINS, 'frames', async () => {
		for (let n = 0; n < JOINS; n++) {
			await act(crowd.guest, { kind: 'room.join', room: crowd.room });
			await act(crowd.guest, { kind: 'room.leave', room: crowd.room });
		}
	});

const typing = (crowd: Crowd) =>
	measured(crowd, TYPISTS * 10, 'typing', async () => {
		for (let n = 0; n < 10; n++) {
			for (const viewer of crowd.viewers.slice(0, TYPISTS)) {
				viewer.socket.emit('typing', { room: crowd.room, on: n % 2 === 0 });
			}
			await pause(SPELL / 10);
		}
	});

const reloading = (crowd: Crowd) =>
	measured(crowd, RELOADS, 'presence', async () => {
		const ended = Date.now() + SPELL;
		for (let n = 0; n < RELOADS; n++) {
			const link = await crowd.reloading();
			await link.request('heads', {});
			link.close();
		}
		await pause(Math.max(0, ended - Date.now()));
	});

async function run(): Promise<Figure[]> {
	const data = dataFolder();
	try {
		const seed = await openSeed(data.path);
		const people: Seeded[] = [];
		for (let n = 0; n < LARGE; n++) people.push(await seed.person(`one${n}`));
		const guest = await seed.person('guest');
		const rooms = {
			small: await seed.room('Small', people.slice(0, SMALL)),
			large: await seed.room('Large', people)
		};
		await seed.close();
		const server = await startRoost(data.path);
		try {
			return await compare(server, people, guest, rooms);
		} finally {
			await server.stop();
		}
	} finally {
		data.remove();
	}
}

async function compare(
	server: Measured,
	people: Seeded[],
	guest: Seeded,
	rooms: { small: string; large: string }
): Promise<Figure[]> {
	const { port } = server;
	const where = { port, origin: `http://127.0.0.1:${port}` };
	const connect = ({ cookie, device }: Seeded) =>
		openLink(where, { origin: where.origin, cookie, device });
	const viewers: TestLink[] = [];
	for (const one of people.slice(0, CONNECTED)) viewers.push(await connect(one));
	const all = {
		...{ server, viewers, guest: await connect(guest) },
		reloading: () => connect(people[CONNECTED]!)
	};
	const costs: Record<string, { small: Cost[]; large: Cost[] }> = {};
	for (let round = 0; round < ROUNDS; round++) {
		for (const size of ['small', 'large'] as const) {
			const crowd = { ...all, room: rooms[size] };
			for (const viewer of viewers) viewer.socket.emit('watch', { room: crowd.room });
			await Promise.all(viewers.map((viewer) => viewer.request('heads', {})));
			for (const [name, work] of Object.entries({ joining, typing, reloading })) {
				(costs[name] ??= { small: [], large: [] })[size].push(await work(crowd));
			}
		}
	}
	for (const link of [...viewers, all.guest]) link.close();
	return Object.entries(costs).map(([name, { small, large }]) =>
		compared({
			name: `crowd-${name}`,
			unit: 'CPU ms each',
			values: large.map(({ cpu }) => cpu),
			yardsticks: small.map(({ cpu }) => cpu),
			target: 1.5,
			better: 'smaller',
			note: `5,000 members, ${CONNECTED} looking, beside 250 members; ${Math.max(...large.map(({ told }) => told)).toFixed(1)} notes a second to each`
		})
	);
}

export const CROWD_BENCHES: Bench[] = [{ name: 'crowd', run }];
