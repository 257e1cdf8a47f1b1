import { describe, expect, test, vi } from 'vitest';
import { writable } from '../../../src/lib/db/live.ts';
import type { TimelineView } from '../../../src/lib/db/timeline-source.ts';
import { TimelineWindow } from '../../../src/lib/db/timeline-window.ts';
import { trimHistory } from '../../../src/lib/db/storage-health.ts';
import { MemoryFileQueue } from '../../../src/lib/sync/memory/memory-files.ts';
import { MemoryLocalStore } from '../../../src/lib/sync/memory/memory-store.ts';
import { MemoryOutboxStore } from '../../../src/lib/sync/memory/memory-outbox.ts';
import type { Range } from '../../../src/lib/sync/ports.ts';
import { UnsavedActs } from '../../../src/lib/sync/outbox/unsaved-acts.ts';
import { card, change, id, ME, message, OTHER, post, state } from '../../contract/rows.ts';

/** A device that holds every message of these ranges. */
async function device(ranges: Range[], more: { linked?: boolean; read?: number } = {}) {
	const room = id();
	const cache = new MemoryLocalStore();
	const outbox = new MemoryOutboxStore();
	const top = Math.max(0, ...ranges.map((range) => range.to));
	const rows = ranges.flatMap(({ from, to }) =>
		Array.from({ length: to - from + 1 }, (_, i) => message(room, from + i))
	);
	const cursor = { i: 'db', g: 1, s: top, h: '' };
	const next = state(room, { ranges, cursor, ready: true, read: more.read ?? 0 });
	await cache.commit([change(room, { next, rows })], ME);
	const unsaved = new UnsavedActs();
	const source = new TimelineWindow(room, {
		cache,
		outbox,
		unsaved,
		files: new MemoryFileQueue(),
		me: ME,
		sending: writable<readonly string[]>([]),
		isLinked: () => more.linked ?? true,
		onError: (error) => {
			throw error;
		}
	});
	let view: TimelineView | null = null;
	source.subscribe((next) => (view = next));
	const shown = () =>
		(view?.items ?? []).map((item) =>
			item.type === 'hole' ? `(${item.after}..${item.before})` : (item.seq ?? 'mine')
		);
	const until = (check: () => void) => vi.waitFor(check);
	return { room, cache, outbox, source, shown, until, view: () => view!, cursor, next };
}
const seqs = (from: number, to: number) =>
	Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe('timeline window', () => {
	test('opens at the newest 50, grows by pages, and keeps its lower edge when something comes', async () => {
		const it = await device([{ from: 1, to: 120, asOf: null }]);
		await it.until(() => expect(it.shown()).toEqual(seqs(71, 120)));
		expect(it.view().hasOlder).toBe(true);
		it.source.older();
		await it.until(() => expect(it.shown()).toEqual(seqs(21, 120)));
		const next = {
			...it.next,
			cursor: { ...it.cursor, s: 121 },
			ranges: [{ from: 1, to: 121, asOf: null }]
		};
		await it.cache.commit(
			[change(it.room, { expect: 1, next, rows: [message(it.room, 121)] })],
			ME
		);
		await it.until(() => expect(it.shown()).toEqual(seqs(21, 121)));
		it.source.older();
		await it.until(() => expect(it.shown()).toEqual(seqs(1, 121)));
		expect(it.view().hasOlder).toBe(false);
	});

	test('a window that is scrolled through holds a bounded part, either way', async () => {
		const it = await device([{ from: 1, to: 1200, asOf: null }]);
		await it.until(() => expect(it.shown()).toEqual(seqs(1151, 1200)));
		for (let top = 1151; top > 1;) {
			it.source.older();
			top = Math.max(1, top - 50);
			await it.until(() => expect(it.shown()[0]).toBe(top));
			const shown = it.shown();
			expect(shown.length).toBeLessThanOrEqual(360);
			expect(shown).toEqual(seqs(top, top + shown.length - 1));
		}
		expect(it.view()).toMatchObject({ hasOlder: false, hasNewer: true });
		for (let bottom = it.shown().at(-1); bottom !== 1200; bottom = it.shown().at(-1)) {
			it.source.newer();
			await it.until(() => expect(it.shown().at(-1)).not.toBe(bottom));
			const shown = it.shown();
			expect(shown.length).toBeLessThanOrEqual(360);
			expect(shown).toEqual(seqs(Number(shown[0]), Number(shown.at(-1))));
		}
		expect(it.view().hasOlder).toBe(true);
	});

	test('a jump out of a long window lands where it leads, also when more is asked for at once', async () => {
		const it = await device([{ from: 1, to: 3000, asOf: null }]);
		await it.until(() => expect(it.shown()).toHaveLength(50));
		for (let top = 2951; top > 2601;) {
			it.source.older();
			top -= 50;
			await it.until(() => expect(it.shown()[0]).toBe(top));
		}
		it.source.toSeq(500);
		it.source.newer();
		await it.until(() => expect(it.view().around).toBe(500));
		await it.until(() => expect(it.shown()).toContain(500));
		expect(it.shown().length).toBeLessThanOrEqual(360);
	});

	test('of a window that grows only what is new is read, and a change of the room reads all anew', async () => {
		const it = await device([{ from: 1, to: 300, asOf: null }]);
		await it.until(() => expect(it.shown()).toEqual(seqs(251, 300)));
		const read = vi.spyOn(it.cache, 'messages');
		it.source.older();
		await it.until(() => expect(it.shown()).toEqual(seqs(201, 300)));
		const whole = () => read.mock.calls.filter(([, from, to]) => from <= 251 && to >= 300);
		expect(whole()).toEqual([]);
		const edited = message(it.room, 260, { body: 'edited', rev: 301 });
		const next = { ...it.next, cursor: { ...it.cursor, s: 301 } };
		await it.cache.commit([change(it.room, { expect: 1, next, rows: [edited] })], ME);
		const bodies = () => it.view().items.map((item) => (item.type === 'message' ? item.body : ''));
		await it.until(() => expect(bodies()).toContain('edited'));
		expect(whole()).not.toEqual([]);
	});

	test('complaint 8: stops at a hole, which closes inside the window', async () => {
		const it = await device([
			{ from: 1, to: 30, asOf: 40 },
			{ from: 100, to: 160, asOf: null }
		]);
		await it.until(() => expect(it.shown()).toEqual(seqs(111, 160)));
		it.source.older();
		await it.until(() => expect(it.shown()).toEqual(['(30..100)', ...seqs(100, 160)]));
		const ranges = [
			{ from: 1, to: 30, asOf: 40 },
			{ from: 31, to: 160, asOf: null }
		];
		const rows = seqs(31, 99).map((seq) => message(it.room, seq));
		await it.cache.commit([change(it.room, { expect: 1, next: { ...it.next, ranges }, rows })], ME);
		await it.until(() => expect(it.shown()).toEqual(seqs(31, 160)));
		it.source.older();
		await it.until(() => expect(it.shown()).toEqual(seqs(1, 160)));
	});

	test('complaint 8: with a link the reader waits at a hole, which closes itself', async () => {
		const it = await device([
			{ from: 1, to: 30, asOf: 40 },
			{ from: 100, to: 160, asOf: null }
		]);
		const tops = new Set<string | number | undefined>();
		it.source.subscribe(() => tops.add(it.shown()[0]));
		for (let i = 0; i < 4; i++) it.source.older();
		it.source.toSeq(160);
		await it.until(() => expect(tops.size).toBeGreaterThan(1));
		await it.until(() => expect(it.shown()[0]).toBe(111));
		expect(tops.has(1)).toBe(false);
	});

	test('without a link the reader goes past a hole to what is kept below', async () => {
		const it = await device(
			[
				{ from: 1, to: 30, asOf: 40 },
				{ from: 100, to: 160, asOf: null }
			],
			{ linked: false }
		);
		await it.until(() => expect(it.shown()).toEqual(seqs(111, 160)));
		it.source.older();
		await it.until(() => expect(it.shown()[0]).toBe('(30..100)'));
		it.source.older();
		await it.until(() =>
			expect(it.shown()).toEqual([...seqs(1, 30), '(30..100)', ...seqs(100, 160)])
		);
	});

	test('jumps to a message and back; unsent messages are below the newest only', async () => {
		const it = await device([{ from: 1, to: 300, asOf: null }]);
		await it.outbox.add(post(it.room, 'x'), it.room, 1);
		await it.until(() => expect(it.shown()).toEqual([...seqs(251, 300), 'mine']));
		it.source.toSeq(100);
		await it.until(() => expect(it.shown()).toEqual(seqs(51, 150)));
		expect(it.view().hasNewer).toBe(true);
		it.source.newer();
		await it.until(() => expect(it.shown()).toEqual(seqs(51, 200)));
		it.source.toNewest();
		await it.until(() => expect(it.shown()).toEqual([...seqs(251, 300), 'mine']));
	});

	test('grows again after a jump back to the newest', async () => {
		const it = await device([{ from: 1, to: 120, asOf: null }]);
		await it.until(() => expect(it.shown()).toEqual(seqs(71, 120)));
		it.source.older();
		await it.until(() => expect(it.shown()).toEqual(seqs(21, 120)));
		it.source.toNewest();
		await it.until(() => expect(it.shown()).toEqual(seqs(71, 120)));
		it.source.older();
		await it.until(() => expect(it.shown()).toEqual(seqs(21, 120)));
	});

	test('a jump into a hole shows the hole, and the message once it has come', async () => {
		const it = await device([
			{ from: 1, to: 30, asOf: 40 },
			{ from: 300, to: 360, asOf: null }
		]);
		it.source.toSeq(100);
		await it.until(() => expect(it.shown()).toEqual(['(30..300)']));
		expect(it.view().around).toBe(100);
		const ranges = [
			{ from: 1, to: 30, asOf: 40 },
			{ from: 100, to: 100, asOf: null },
			{ from: 300, to: 360, asOf: null }
		];
		await it.cache.commit(
			[change(it.room, { expect: 1, next: { ...it.next, ranges }, rows: [message(it.room, 100)] })],
			ME
		);
		await it.until(() => expect(it.shown()).toEqual(['(30..100)', 100, '(100..300)']));
		it.source.toSeq(20);
		await it.until(() => expect(it.shown()).toEqual([...seqs(1, 30), '(30..100)']));
		it.source.toSeq(310);
		await it.until(() => expect(it.shown()).toEqual(['(100..300)', ...seqs(300, 360)]));
	});

	test('a jump beyond what is known is not there yet', async () => {
		const it = await device([{ from: 1, to: 100, asOf: null }]);
		it.source.toSeq(500);
		await it.until(() => expect(it.shown().length).toBeGreaterThan(0));
		expect(it.view().around).toBe(null);
	});

	test('answered messages are quoted from outside of the window, never from another room', async () => {
		const it = await device([{ from: 1, to: 200, asOf: null }]);
		const target = message(it.room, 3, { body: 'long ago' });
		const foreign = message(id(), 1, { body: 'of another room' });
		const rows = [
			target,
			message(it.room, 199, { reply: target.id, replySeq: 3 }),
			message(it.room, 200, { reply: foreign.id })
		];
		await it.cache.commit(
			[
				change(it.room, { expect: 1, next: it.next, rows, skipMerge: true }),
				change(foreign.room, { next: state(foreign.room), rows: [foreign] })
			],
			ME
		);
		const replies = () =>
			it
				.view()
				.items.flatMap((item) => (item.type === 'message' && item.reply ? [item.reply] : []));
		await it.until(() => expect(replies()).toHaveLength(2));
		expect(replies()).toMatchObject([
			{ state: 'held', body: 'long ago', seq: 3 },
			{ state: 'absent', body: '', seq: null }
		]);
		expect(await it.source.quote(foreign.id)).toMatchObject({ state: 'absent', body: '' });
	});

	test('pins come in the order of the room, with queued ones first and recalled ones left out', async () => {
		const it = await device([{ from: 1, to: 60, asOf: null }]);
		const [old, queued, gone] = [3, 5, 8].map((seq) => message(it.room, seq, { body: `b${seq}` }));
		const room = {
			kind: 'room' as const,
			id: it.room,
			number: 1,
			rev: 60,
			name: 'r',
			description: '',
			private: false,
			owner: ME,
			pins: [8, 3, 900],
			at: 1
		};
		await it.cache.commit(
			[
				change(it.room, {
					expect: 1,
					next: { ...it.next, room },
					rows: [old!, queued!, { ...gone!, body: '', deleted: true }],
					skipMerge: true
				})
			],
			ME
		);
		let pins: { seq: number; id: string | null; body: string }[] = [];
		it.source.pins.subscribe((next) => (pins = next));
		await it.until(() =>
			expect(pins.map(({ seq, id }) => [seq, id])).toEqual([
				[3, old!.id],
				[900, null]
			])
		);
		await it.outbox.add(
			{ kind: 'message.pin', id: id(), at: 1, room: it.room, message: queued!.id, on: true },
			it.room,
			1
		);
		await it.until(() => expect(pins.map(({ seq }) => seq)).toEqual([5, 3, 900]));
		// What is queued shows as done at once, here, too.
		const act = { id: id(), at: 1, room: it.room, message: queued!.id };
		await it.outbox.add({ ...act, kind: 'message.edit', body: 'better words' }, it.room, 1);
		await it.until(() => expect(pins[0]).toMatchObject({ seq: 5, body: 'better words' }));
		await it.outbox.add({ ...act, id: id(), kind: 'message.recall' }, it.room, 1);
		await it.until(() => expect(pins.map(({ seq }) => seq)).toEqual([3, 900]));
	});

	test('says how far the others have read, and nothing of the person', async () => {
		const it = await device([{ from: 1, to: 10, asOf: null }]);
		// All messages are by OTHER, who has thereby read them, and KIM has read some.
		const KIM = id();
		const seen = (person: string, upto: number) =>
			({ kind: 'seen', id: person, room: it.room, rev: 1, upto }) as const;
		await it.cache.commit(
			[
				change(it.room, {
					expect: 1,
					next: it.next,
					rows: [seen(OTHER, 3), seen(KIM, 7), seen(ME, 10)],
					cards: [card(OTHER), card(KIM), card(ME)]
				})
			],
			ME
		);
		await it.until(() =>
			expect(it.view().readers.map((one) => [one.card.id, one.upto])).toEqual([
				[OTHER, 10],
				[KIM, 7]
			])
		);
	});

	test('promise 10: a message whose answer was lost is not shown again outside the window', async () => {
		const it = await device([{ from: 1, to: 100, asOf: null }]);
		const act = post(it.room, 'arrived long ago');
		await it.cache.commit(
			[change(it.room, { expect: 1, next: it.next, rows: [message(it.room, 3, { id: act.id })] })],
			ME
		);
		await it.outbox.add(act, it.room, 1);
		await it.outbox.tried([act.id]);
		await it.until(() => expect(it.shown()).toEqual(seqs(51, 100)));
	});
});

describe('trimming', () => {
	test('complaint 20: oldest history goes first, unread and newest messages stay, holes show it', async () => {
		const it = await device([{ from: 1, to: 1200, asOf: null }], { read: 1200 });
		const gone = await trimHistory(it.cache, ME, 600);
		expect(gone).toBe(700);
		const kept = await it.cache.stream(it.room);
		expect(kept?.ranges).toEqual([{ from: 701, to: 1200, asOf: null }]);
		expect(await trimHistory(it.cache, ME, 600)).toBe(0);
	});

	test('promise 12: nothing unread is trimmed', async () => {
		const it = await device([{ from: 1, to: 1200, asOf: null }], { read: 100 });
		expect(await trimHistory(it.cache, ME, 10)).toBe(100);
		expect((await it.cache.stream(it.room))?.ranges[0]?.from).toBe(101);
	});
});
