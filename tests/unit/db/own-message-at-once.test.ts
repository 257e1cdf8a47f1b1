/** A message of one's own is on screen from the key press on: promises 10 and 16. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { writable } from '../../../src/lib/db/live.ts';
import type { TimelineView } from '../../../src/lib/db/timeline-source.ts';
import { TimelineWindow } from '../../../src/lib/db/timeline-window.ts';
import { MemoryFileQueue } from '../../../src/lib/sync/memory/memory-files.ts';
import { MemoryLocalStore } from '../../../src/lib/sync/memory/memory-store.ts';
import { MemoryOutboxStore } from '../../../src/lib/sync/memory/memory-outbox.ts';
import { ActQueue } from '../../../src/lib/sync/outbox/act-queue.ts';
import { StoreError } from '../../../src/lib/sync/ports.ts';
import { change, id, ME, message, state } from '../../contract/rows.ts';

/** Calls that come when they are let through, as news of another tab's writes do. */
class Gate {
	#waiting: (() => void)[] = [];

	through = (call: () => void): (() => void) => {
		return () => void this.#waiting.push(call);
	};

	open(): void {
		for (const call of this.#waiting.splice(0)) call();
	}
}

/** Writes that end when they are told to. */
class Writes {
	#waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];

	next(): Promise<void> {
		return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
	}

	end(succeeds: boolean): boolean {
		const write = this.#waiting.shift();
		if (succeeds) write?.resolve();
		else write?.reject(new StoreError('full'));
		return write !== undefined;
	}
}

const settle = async (): Promise<void> => {
	for (let turns = 0; turns < 60; turns++) await Promise.resolve();
};

/** @param count messages of another person that are there */
async function device(count = 3) {
	const room = id();
	const cache = new MemoryLocalStore();
	const outbox = new MemoryOutboxStore();
	const gates = { cache: new Gate(), outbox: new Gate() };
	const writes = new Writes();
	const cursor = { i: 'db', g: 1, s: count, h: '' };
	let next = state(room, { ranges: [{ from: 1, to: count, asOf: null }], cursor, ready: true });
	const rows = Array.from({ length: count }, (_, i) => message(room, i + 1));
	await cache.commit([change(room, { next, rows })], ME);
	const slowly = Object.create(outbox, {
		add: {
			value: async (...args: Parameters<MemoryOutboxStore['add']>) => {
				await writes.next();
				return outbox.add(...args);
			}
		}
	}) as MemoryOutboxStore;
	let now = 1;
	const clock = { now: () => now++, elapsed: () => now } as never;
	const random = { bytes: (n: number) => crypto.getRandomValues(new Uint8Array(n)), next: () => 0 };
	const queue = new ActQueue({ me: ME, outbox: slowly, clock, random: random as never });
	const views: TimelineView[] = [];
	const source = new TimelineWindow(room, {
		cache: Object.create(cache, {
			watch: {
				value: (stream: string | null, run: () => void) =>
					cache.watch(stream, gates.cache.through(run))
			}
		}) as MemoryLocalStore,
		outbox: Object.create(outbox, {
			watch: { value: (run: () => void) => outbox.watch(gates.outbox.through(run)) }
		}) as MemoryOutboxStore,
		unsaved: queue.unsaved,
		files: new MemoryFileQueue(),
		me: ME,
		sending: writable<readonly string[]>([]),
		isLinked: () => true,
		onError: (error) => {
			throw error;
		}
	});
	source.subscribe((view) => views.push(view));
	await settle();
	expect(views.length).toBeGreaterThan(0);

	/** What the tab that leads does with an answer: into the cache, then out of the outbox. */
	async function land(): Promise<void> {
		const [row] = await outbox.all();
		if (row?.act.kind !== 'message.post') return;
		const seq = next.cursor!.s + 1;
		const { version } = (await cache.stream(room))!;
		next = {
			...next,
			cursor: { ...cursor, s: seq },
			ranges: [{ from: 1, to: seq, asOf: null }]
		};
		const landed = message(room, seq, { id: row.id, author: ME, body: row.act.body });
		await cache.commit([change(room, { expect: version, next, rows: [landed] })], ME);
		await outbox.settle([{ id: row.id, to: 'gone' }]);
	}
	const own = (view: TimelineView) =>
		view.items.flatMap((item) => (item.type === 'message' && item.mine ? [item] : []));
	return { room, cache, source, queue, gates, writes, views, land, own };
}

test('it is there before anything is awaited, without a mark, and "queued" only once it is durable', async () => {
	const { room, queue, writes, gates, views, own } = await device();
	const before = views.length;
	const kept = queue.add({ kind: 'message.post', room, body: 'now' });
	expect(views.length).toBe(before + 1);
	expect(own(views.at(-1)!)).toMatchObject([{ body: 'now', delivery: 'keeping', seq: null }]);
	await settle();
	expect(own(views.at(-1)!)).toMatchObject([{ delivery: 'keeping' }]);
	writes.end(true);
	await kept;
	expect(own(views.at(-1)!)).toMatchObject([{ body: 'now', delivery: 'queued' }]);
	gates.outbox.open();
	await settle();
	expect(own(views.at(-1)!)).toMatchObject([{ body: 'now', delivery: 'queued' }]);
});

test('what could not be kept is gone again, at once', async () => {
	const { room, queue, writes, views, own } = await device();
	const kept = queue.add({ kind: 'message.post', room, body: 'too much' });
	expect(own(views.at(-1)!)).toHaveLength(1);
	await settle();
	writes.end(false);
	await expect(kept).rejects.toMatchObject({ reason: 'full' });
	expect(own(views.at(-1)!)).toHaveLength(0);
});

test('promise 8: what it answers is quoted at once, and as it is by now once that was read', async () => {
	const { room, cache, queue, writes, gates, source, views, own } = await device(100);
	const answered = (await cache.messages(room, 1, 1, 1, 'top'))[0]!;
	await source.quote(answered.id);
	void queue.add({ kind: 'message.post', room, body: 'yes', reply: answered.id });
	expect(own(views.at(-1)!)).toMatchObject([{ reply: { state: 'held', body: answered.body } }]);
	await settle();
	writes.end(true);
	await settle();
	const held = (await cache.stream(room))!;
	const recalled = { ...answered, body: '', deleted: true as const, rev: 101 };
	const next = { ...held, cursor: { ...held.cursor!, s: 101 } };
	await cache.commit([change(room, { expect: held.version, next, rows: [recalled] })], ME);
	gates.cache.open();
	gates.outbox.open();
	await settle();
	expect(own(views.at(-1)!)).toMatchObject([{ reply: { state: 'recalled', body: '' } }]);
});

test('what is written into one conversation is in no other', async () => {
	const { queue, views, own } = await device();
	void queue.add({ kind: 'message.post', room: id(), body: 'elsewhere' });
	expect(own(views.at(-1)!)).toHaveLength(0);
});

test.each(Array.from({ length: 20 }, (_, turns) => turns))(
	'what is saved %i turns into a reading that may not have it stays on screen',
	async (turns) => {
		const { room, queue, gates, writes, views, own } = await device();
		for (const body of ['one', 'two']) void queue.add({ kind: 'message.post', room, body });
		await settle();
		writes.end(true);
		await settle();
		gates.outbox.open();
		for (let turn = 0; turn < turns; turn++) await Promise.resolve();
		writes.end(true);
		await settle();
		expect(own(views.at(-1)!).map((item) => item.body)).toEqual(['one', 'two']);
	}
);

test('promise 10: from the key press on each own message is there once, whenever what is told of it', async () => {
	const often = ['say', 'keep', 'outbox', 'turn', 'turn', 'turn'] as const;
	const step = fc.constantFrom(...often, 'fail', 'land', 'cache', 'settle');
	await fc.assert(
		fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
			const { room, queue, gates, writes, views, land, own } = await device();
			const alive = new Set<string>();
			const unkept: string[] = [];
			/** on screen or not: it is just being told that they were not kept */
			const failing = new Set<string>();
			let checked = views.length;
			let said = 0;
			const check = (): void => {
				for (const view of views.slice(checked)) {
					const shown = own(view).map((item) => item.body);
					expect([...shown].sort()).toEqual([...new Set(shown)].sort());
				}
				checked = views.length;
				const last = own(views.at(-1)!).filter((item) => !failing.has(item.body));
				expect(last.map((item) => item.body).sort()).toEqual([...alive].sort());
				for (const item of last) {
					if (item.delivery === 'queued') expect(unkept).not.toContain(item.body);
				}
			};
			for (const what of steps) {
				if (what === 'say') {
					const body = `text ${++said}`;
					alive.add(body);
					unkept.push(body);
					queue.add({ kind: 'message.post', room, body }).catch((error: unknown) => {
						expect(error).toBeInstanceOf(StoreError);
					});
				} else if (what === 'keep') {
					if (writes.end(true)) unkept.shift();
				} else if (what === 'fail') {
					if (writes.end(false)) {
						failing.add(unkept[0]!);
						alive.delete(unkept.shift()!);
					}
				} else if (what === 'land') await land();
				else if (what === 'cache') gates.cache.open();
				else if (what === 'outbox') gates.outbox.open();
				else if (what === 'turn') await Promise.resolve();
				else {
					await settle();
					failing.clear();
				}
				check();
			}
			gates.cache.open();
			gates.outbox.open();
			await settle();
			failing.clear();
			check();
		}),
		{ numRuns: 2_000 }
	);
});
