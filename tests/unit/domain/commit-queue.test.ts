import { expect, test } from 'vitest';
import { createCommitQueue, WAITING_MAX } from '../../../server/domain/commit-queue.ts';
import {
	StorageError,
	type Committed,
	type Outcome,
	type PreparedAct
} from '../../../server/domain/store-port.ts';

const act = (n: number) => ({ person: String(n) }) as unknown as PreparedAct;
const accepted: Outcome = { is: 'accepted', stream: 's', seq: 1, rows: [] };

function setUp(commit: (acts: PreparedAct[]) => Promise<Committed>) {
	const told: Committed[] = [];
	const due: (() => void)[] = [];
	const clock = {
		now: () => 0,
		after(_ms: number, run: () => void) {
			due.push(run);
			return () => void due.splice(due.indexOf(run), 1);
		}
	};
	const queue = createCommitQueue(commit, (committed) => void told.push(committed), clock);
	return { queue, told, tick: () => due.splice(0).forEach((run) => run()) };
}

test('what waits at the same moment shares one commit, in order', async () => {
	const batches: string[][] = [];
	const { queue, tick } = setUp(async (acts) => {
		batches.push(acts.map(({ person }) => person));
		return { outcomes: acts.map(() => accepted), membershipChanges: [], frames: [] };
	});
	const all = Array.from({ length: 10 }, (_, n) => queue.add(act(n)));
	tick();
	await Promise.all(all);
	expect(batches).toEqual([all.map((_, n) => String(n))]);
});

test('a full batch does not wait for company', async () => {
	const sizes: number[] = [];
	const { queue } = setUp(async (acts) => {
		sizes.push(acts.length);
		return { outcomes: acts.map(() => accepted), membershipChanges: [], frames: [] };
	});
	await Promise.all(Array.from({ length: 512 }, (_, n) => queue.add(act(n))));
	expect(sizes).toEqual([256, 256]);
});

test('nothing is told, and nobody is answered, before the commit is durable (A6, promises 1 and 5)', async () => {
	let finish = () => {};
	const { queue, told, tick } = setUp(
		() =>
			new Promise((resolve) => {
				finish = () => resolve({ outcomes: [accepted], membershipChanges: [], frames: [] });
			})
	);
	let answered = false;
	const done = queue.add(act(1)).then(() => (answered = true));
	tick();
	await Promise.resolve();
	expect([told.length, answered]).toEqual([0, false]);
	finish();
	await done;
	expect([told.length, answered]).toEqual([1, true]);
});

test('a commit that fails acknowledges nothing and emits nothing, and the next one may succeed (A5)', async () => {
	let fails = true;
	const { queue, told, tick } = setUp(async (acts) => {
		if (fails) throw new StorageError('full', null);
		return { outcomes: acts.map(() => accepted), membershipChanges: [], frames: [] };
	});
	const lost = queue.add(act(1));
	tick();
	await expect(lost).rejects.toThrow(StorageError);
	expect(told).toEqual([]);
	fails = false;
	const kept = queue.add(act(2));
	tick();
	await expect(kept).resolves.toEqual(accepted);
});

test('a fault of one act is not the others\u2019', async () => {
	const fault = new Error('constraint');
	const { queue, tick } = setUp(async () => ({
		outcomes: [{ is: 'error', error: fault }, accepted],
		membershipChanges: [],
		frames: []
	}));
	const [bad, good] = [queue.add(act(1)), queue.add(act(2))];
	tick();
	await expect(bad).rejects.toBe(fault);
	await expect(good).resolves.toEqual(accepted);
});

test('draining waits for everything that was queued', async () => {
	let committed = 0;
	const { queue } = setUp(async (acts) => {
		committed += acts.length;
		return { outcomes: acts.map(() => accepted), membershipChanges: [], frames: [] };
	});
	const all = Array.from({ length: 5 }, (_, n) => queue.add(act(n)));
	await queue.drained();
	expect(committed).toBe(5);
	await Promise.all(all);
});

test('promise 17: it says that it is full while ten thousand wait, and not any more when they are written', async () => {
	const { queue, tick } = setUp(async (acts) => ({
		outcomes: acts.map(() => accepted),
		membershipChanges: [],
		frames: []
	}));
	const all = Array.from({ length: WAITING_MAX + 256 }, (_, n) => queue.add(act(n)));
	// The first batch is on its way.
	expect(queue.isFull()).toBe(true);
	tick();
	await Promise.all([queue.drained(), ...all]);
	expect(queue.isFull()).toBe(false);
});
