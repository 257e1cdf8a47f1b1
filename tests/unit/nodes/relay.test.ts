/** What nodes commit is told in the order of each stream's numbers, whatever comes when (decision 32, promise 11). */
import { beforeEach, describe, expect, test } from 'vitest';
import type { CommittedChanges, CommitListener } from '../../../server/domain/ports.ts';
import { createLog } from '../../../server/log.ts';
import { createFreezeWatch } from '../../../server/nodes/freeze-watch.ts';
import type { Bus, CaughtUp, NodeEvents } from '../../../server/nodes/ports.ts';
import { Relay } from '../../../server/nodes/relay.ts';
import { handClock } from '../../support/hand-clock.ts';

const frame = (stream: string, from: number, to = from + 1) => ({
	...{ stream, from, prev: `h${from}`, rows: [], cards: [] },
	upto: { i: 'db', g: 1, s: to, h: `h${to}` }
});
const commit = (
	frames: CommittedChanges['frames'],
	more: Partial<CommittedChanges> = {}
): CommittedChanges => ({
	...{ membershipChanges: [], contactsChanged: [], sessionsEnded: [], frames },
	...more
});
const comes = (person: string, room: string) => ({
	membershipChanges: [{ person, room, in: true }]
});
const out = (person: string, room: string) => ({
	membershipChanges: [{ person, room, in: false }]
});

/** A relay whose time, others and database are the test's. */
function world() {
	const clock = handClock();
	const heard = new Map<string, (sent: never) => void | Promise<void>>();
	const said: [string, unknown, 'say' | 'ask'][] = [];
	const bus: Bus = {
		isUp: () => true,
		say: (event, sent) => void said.push([event, sent, 'say']),
		ask: async (event, sent) => void said.push([event, sent, 'ask']),
		on: (event, listener) => void heard.set(event, listener as never),
		onUp: () => undefined,
		close: () => undefined
	};
	const log = new Map<string, number>();
	/** stream and number -> what came after it */
	const missed = new Map<string, CaughtUp>();
	const asked: string[] = [];
	/** streams that cannot be read */
	const broken = new Set<string>();
	const reads = {
		moved: async (known: ReadonlyMap<string, number>) =>
			new Map([...log].filter(([stream, head]) => head > (known.get(stream) ?? Infinity))),
		async since(streams: readonly { stream: string; from: number }[]) {
			if (streams.some(({ stream }) => broken.has(stream))) throw new Error('cannot be read');
			asked.push(...streams.map(({ stream, from }) => `${stream} ${from}`));
			return streams.map(
				({ stream, from }) =>
					missed.get(`${stream} ${from}`) ?? { frame: null, isMore: false, out: [] }
			);
		},
		among: async () => [],
		heads: async (person: string) => heads.get(person) ?? [{ stream: 'room', head: 5 }]
	};
	/** person -> streams with their heads */
	const heads = new Map<string, { stream: string; head: number }[]>();
	const listeners = new Set<CommitListener>();
	const domain = {
		subscribe(listener: CommitListener) {
			listeners.add(listener);
			return () => void listeners.delete(listener);
		}
	};
	const relay = new Relay({ bus, clock, domain, reads, log: createLog('silent') });
	const told: string[] = [];
	relay.subscribe(({ membershipChanges, frames }) => {
		for (const move of membershipChanges) told.push(`${move.person} ${move.in ? 'in' : 'out'}`);
		for (const { from, upto } of frames) told.push(`${from}-${upto.s}`);
	});
	relay.follow({ listens: () => true, peopleIn: () => ['bob'] });
	return {
		...{
			relay,
			told,
			said,
			asked,
			broken,
			missed,
			log,
			heads,
			pass: clock.pass,
			timers: clock.timers
		},
		own: (changes: CommittedChanges) => [...listeners].map((listener) => listener(changes)),
		other: (changes: NodeEvents['committed']) => heard.get('committed')!(changes as never)
	};
}

let node: ReturnType<typeof world>;
beforeEach(async () => {
	node = world();
	await node.relay.streams('bob');
});

describe('a stream', () => {
	test('is told as it comes when it comes in order, from here and from others', async () => {
		node.own(commit([frame('room', 5)]));
		node.other(commit([frame('room', 6)]));
		node.own(commit([frame('room', 7, 9)]));
		expect(node.told).toEqual(['5-6', '6-7', '7-9']);
		await node.pass(1_000);
		expect(node.asked).toEqual([]);
	});

	test('waits for what is missing, and is read when it does not come', async () => {
		node.other(commit([frame('room', 6)]));
		node.other(commit([frame('room', 7)]));
		expect(node.told).toEqual([]);
		node.other(commit([frame('room', 5)]));
		expect(node.told).toEqual(['5-6', '6-7', '7-8']);
		node.own(commit([frame('room', 9)]));
		node.missed.set('room 8', { frame: frame('room', 8, 10), isMore: false, out: [] });
		await node.pass(30);
		expect(node.asked).toEqual(['room 8']);
		expect(node.told.slice(3)).toEqual(['8-10']);
	});

	test('is told once, however often it is heard', () => {
		node.other(commit([frame('room', 5)]));
		node.other(commit([frame('room', 5)]));
		node.own(commit([frame('room', 6)]));
		expect(node.told).toEqual(['5-6', '6-7']);
	});

	test('that cannot be read keeps no other one from it, and is read when it can be', async () => {
		const streams = ['one', 'two', 'three', 'four'];
		for (const stream of streams) {
			node.other(commit([frame(stream, 1)]));
			node.other(commit([frame(stream, 3)]));
			node.missed.set(`${stream} 2`, { frame: frame(stream, 2, 4), isMore: false, out: [] });
		}
		for (const stream of ['one', 'two', 'three']) node.broken.add(stream);
		await node.pass(1_100);
		expect(node.asked).toEqual(['four 2']);
		node.broken.clear();
		await node.pass(1_000);
		expect(node.asked.sort()).toEqual(['four 2', 'one 2', 'three 2', 'two 2']);
	});

	test('is read within a second when the database is back, however long it was away', async () => {
		node.other(commit([frame('room', 6)]));
		node.broken.add('room');
		await node.pass(300_000);
		node.broken.clear();
		await node.pass(1_000);
		expect(node.asked).toEqual(['room 5']);
	});

	test('that moved unheard is found by its head, page by page', async () => {
		node.log.set('room', 7);
		node.missed.set('room 5', { frame: frame('room', 5, 6), isMore: true, out: [] });
		node.missed.set('room 6', { frame: frame('room', 6, 7), isMore: false, out: [] });
		await node.pass(2_100);
		expect(node.told).toEqual(['5-6', '6-7']);
	});

	test('is read at once when what was heard of it cannot be told', async () => {
		node.log.set('room', 6);
		node.missed.set('room 5', { frame: frame('room', 5), isMore: false, out: [] });
		const broken = { ...commit([]), frames: undefined } as unknown as CommittedChanges;
		await expect(node.other(broken)).rejects.toThrow(TypeError);
		await node.pass(30);
		expect(node.told).toEqual(['5-6']);
	});
});

describe('whoever comes into a room', () => {
	test('is in it though the room has a gap here, and once when it has none', async () => {
		node.other(commit([frame('room', 6), frame('ann', 1)], comes('ann', 'room')));
		expect(node.told).toEqual(['ann in', '1-2']);
		node.missed.set('room 5', { frame: frame('room', 5, 7), isMore: false, out: [] });
		await node.pass(30);
		expect(node.told.slice(2)).toEqual(['5-7']);
		node.other(commit([frame('room', 7), frame('ben', 1)], comes('ben', 'room')));
		expect(node.told.slice(3)).toEqual(['ben in', '7-8', '1-2']);
	});

	test('is told what is said there, though only the feed was read', async () => {
		node.log.set('ann', 2);
		node.heads.set('ann', [{ stream: 'ann', head: 1 }]);
		await node.relay.streams('ann');
		const row = { kind: 'roomMembership', id: 'lake', state: 'in' };
		const feed = { ...frame('ann', 1), rows: [row] } as unknown as CaughtUp['frame'];
		node.missed.set('ann 1', { frame: feed, isMore: false, out: [] });
		node.heads.set('ann', [{ stream: 'lake', head: 3 }]);
		await node.pass(2_100);
		expect(node.told).toEqual(['ann in', '1-2']);
		node.log.set('lake', 4);
		node.missed.set('lake 3', { frame: frame('lake', 3), isMore: false, out: [] });
		await node.pass(2_100);
		expect(node.told.slice(2)).toEqual(['3-4']);
	});

	test('again is in it, though the room told late that they had gone', () => {
		node.other(commit([frame('room', 6), frame('ann', 1)], out('ann', 'room')));
		node.other(commit([frame('room', 7), frame('ann', 2)], comes('ann', 'room')));
		node.other(commit([frame('room', 5)]));
		expect(node.told.filter((line) => line.startsWith('ann')).at(-1)).toBe('ann in');
	});
});

describe('a removal', () => {
	test('counts at once, though what came before it in the room is missing', () => {
		node.other(commit([frame('room', 7)], out('bob', 'room')));
		expect(node.told).toEqual(['bob out']);
	});

	test('that was not heard of comes before what was said after it', async () => {
		// By this very node, right after another one removed him.
		node.own(commit([frame('room', 6)]));
		expect(node.told).toEqual([]);
		node.missed.set('room 5', { frame: frame('room', 5, 7), isMore: false, out: ['bob'] });
		await node.pass(30);
		expect(node.told).toEqual(['bob out', '5-7']);
	});

	test('or a block is heard when all that listen here have done it, whatever is missing', async () => {
		let done = () => {};
		const asked: string[][] = [];
		node.relay.subscribe(({ contactsChanged }) => {
			asked.push(contactsChanged);
			return contactsChanged.length > 0 ? new Promise((resolve) => (done = resolve)) : undefined;
		});
		node.other(commit([frame('ann', 1)]));
		const outcome: string[] = [];
		const heard = node.other(commit([frame('ann', 7)], { contactsChanged: ['ann'] }));
		void Promise.resolve(heard).then(() => outcome.push('heard'));
		await node.pass(0);
		expect([asked.at(-1), outcome]).toEqual([['ann'], []]);
		done();
		await node.pass(0);
		expect(outcome).toEqual(['heard']);
	});

	test('is acknowledged when others have done it; what is said is not waited for', () => {
		expect(node.own(commit([frame('room', 5)]))).toEqual([undefined]);
		expect(node.own(commit([frame('room', 6)], out('bob', 'room')))).toEqual([expect.any(Promise)]);
		expect(node.said.map(([, , how]) => how)).toEqual(['say', 'ask']);
	});
});

test('nothing is looked at any more by one that was closed while it looked', async () => {
	const atWork = world();
	// Its first look is under way.
	atWork.relay.close();
	await atWork.pass(10_000);
	expect(atWork.timers()).toBe(0);
});

test('a process that stood still notices it once', () => {
	let now = 0;
	const ticks: (() => void)[] = [];
	const clock = {
		now: () => now,
		after: (_ms: number, run: () => void) => (ticks.push(run), () => undefined)
	};
	const watch = createFreezeWatch(clock, () => now);
	now = 2_000;
	expect(watch.wasFrozen()).toBe(false);
	now = 7_000;
	ticks.shift()!();
	expect(watch.wasFrozen()).toBe(true);
	expect(watch.wasFrozen()).toBe(false);
});
