/** Figures of the server: sending, delivering, and keeping people connected. */
import { compared, median, type Bench, type Figure } from './figure.ts';
import { gather, type Member, type Round } from './load.ts';
import { dataFolder, startBare, startRoost, type Measured } from './process.ts';
import { openSeed, type Seed } from './seed.ts';

/** Rounds per server; they take turns. */
const ROUNDS = 5;
/** ms in which nothing happens before memory is read, so that what was only passing is collected. */
const SETTLE = 2_000;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Runs something with both servers up and prepared. */
async function withBoth<A>(
	prepare: (seed: Seed) => Promise<Member[]>,
	run: (roost: Measured, bare: Measured, members: Member[]) => Promise<A>
): Promise<A> {
	const data = dataFolder();
	try {
		const seed = await openSeed(data.path);
		const members = await prepare(seed);
		await seed.close();
		const [roost, bare] = await Promise.all([startRoost(data.path), startBare()]);
		try {
			return await run(roost, bare, members);
		} finally {
			await Promise.all([roost.stop(), bare.stop()]);
		}
	} finally {
		data.remove();
	}
}

/** Loads both servers in turn; answers the rounds of each. */
async function mergeChanges(
	roost: Measured,
	bare: Measured,
	members: Member[],
	senders: number
): Promise<{ ours: Round[]; theirs: Round[] }> {
	const us = await gather('roost', roost, members);
	const them = await gather('bare', bare, members);
	const ours: Round[] = [];
	const theirs: Round[] = [];
	for (let n = 0; n < ROUNDS; n++) {
		theirs.push(await them.round(senders));
		ours.push(await us.round(senders));
	}
	us.close();
	them.close();
	return { ours, theirs };
}

const perSecond = (count: (round: Round) => number, rounds: Round[]) =>
	Math.round(median(rounds.map((round) => count(round) / round.seconds))).toLocaleString('en-GB');

async function people(seed: Seed, count: number): Promise<Awaited<ReturnType<Seed['person']>>[]> {
	const made = [];
	for (let n = 0; n < count; n++) made.push(await seed.person(`person${n}`));
	return made;
}

async function deliveries(): Promise<Figure[]> {
	const prepare = async (seed: Seed) => {
		const all = await people(seed, 500);
		const room = await seed.room('Everybody', all);
		return all.map((one) => ({ ...one, room }));
	};
	return withBoth(prepare, async (roost, bare, members) => {
		const figures: Figure[] = [];
		for (const [name, senders] of [
			['deliveries', 10],
			// One sender's messages share no commit, and so no frame: each is delivered by itself.
			['deliveries-one-sender', 1]
		] as const) {
			const { ours, theirs } = await mergeChanges(roost, bare, members, senders);
			const delivered = (round: Round) => round.deliveries;
			const rate = (round: Round) => round.deliveries / round.cpu;
			figures.push(
				compared({
					name,
					unit: 'per server CPU-second',
					values: ours.map(rate),
					yardsticks: theirs.map(rate),
					target: 0.85,
					better: 'larger',
					note: `1 room, 500 sockets, ${senders} sending; ${perSecond(delivered, ours)}/s, bare ${perSecond(delivered, theirs)}/s`
				})
			);
		}
		return figures;
	});
}

async function sends(): Promise<Figure[]> {
	const prepare = async (seed: Seed) => {
		const all = await people(seed, 200);
		const members: Member[] = [];
		for (let n = 0; n < all.length; n += 2) {
			const two = all.slice(n, n + 2);
			const room = await seed.room(`Pair ${n / 2}`, two);
			members.push(...two.map((one) => ({ ...one, room })));
		}
		return members;
	};
	return withBoth(prepare, async (roost, bare, members) => {
		const { ours, theirs } = await mergeChanges(roost, bare, members, members.length);
		const sent = (round: Round) => round.sends;
		const rate = (round: Round) => round.sends / round.cpu;
		return [
			compared({
				name: 'durable-sends',
				unit: 'per server CPU-second',
				values: ours.map(rate),
				yardsticks: theirs.map(rate),
				target: 0.5,
				better: 'larger',
				note: `200 people in 100 rooms of two; ${perSecond(sent, ours)}/s, bare ${perSecond(sent, theirs)}/s`
			})
		];
	});
}

/** Sockets that only listen. Each person has ten, so that preparing stays short. */
const IDLE = 2_000;
const SOCKETS_EACH = 10;

async function idle(): Promise<Figure[]> {
	const prepare = async (seed: Seed) => {
		const all = await people(seed, IDLE / SOCKETS_EACH);
		const room = await seed.room('Everybody', all);
		return all.flatMap((one) => Array.from({ length: SOCKETS_EACH }, () => ({ ...one, room })));
	};
	async function grown(kind: 'roost' | 'bare', server: Measured, members: Member[]) {
		const first = await gather(kind, server, members.slice(0, members.length / 4));
		await pause(SETTLE);
		const before = await server.memory();
		const rest = await gather(kind, server, members.slice(members.length / 4));
		await pause(SETTLE);
		const bytes = ((await server.memory()) - before) / rest.wires.length;
		first.close();
		rest.close();
		return bytes / 1_000;
	}
	const values: number[] = [];
	const yardsticks: number[] = [];
	// A process that has been full once is not like a new one, so that every round needs new ones.
	for (let n = 0; n < 3; n++) {
		await withBoth(prepare, async (roost, bare, members) => {
			yardsticks.push(await grown('bare', bare, members));
			values.push(await grown('roost', roost, members));
		});
	}
	return [
		compared({
			name: 'idle-memory',
			unit: 'kB per connection',
			values,
			yardsticks,
			target: 1.3,
			better: 'smaller',
			note: 'what is held after collection, from 500 to 2,000 idle sockets'
		})
	];
}

export const SERVER_BENCHES: Bench[] = [
	{ name: 'deliveries', run: deliveries },
	{ name: 'durable-sends', run: sends },
	{ name: 'idle-memory', run: idle }
];
