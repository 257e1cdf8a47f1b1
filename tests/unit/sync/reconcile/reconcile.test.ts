import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
	applyFrame,
	applyFrameBurst,
	applyGone,
	applyPage,
	applyReset,
	applySkipToNewest,
	fitsFrame
} from '../../../../src/lib/sync/reconcile/reconcile.ts';
import { ME } from '../../../contract/rows.ts';
import { cuts, Device, happenings, recount, RoomLog, splits } from '../room-log.ts';

const law = <T extends [unknown, ...unknown[]]>(property: fc.IAsyncProperty<T>) =>
	fc.assert(property, { numRuns: 150 });

/** A device that has read the log page by page, with the log's end known from the first page on. */
async function follow(log: RoomLog, points: readonly number[]): Promise<Device> {
	const device = new Device();
	let from = 0;
	for (const upto of cuts(points, log.head)) {
		await device.apply((states) => applyPage(states, log.page(from, upto, log.head), ME));
		from = upto;
	}
	return device;
}

describe('pages (promise 8)', () => {
	test('split anywhere, they come to the same rows, cursor, ranges and count', async () => {
		await law(
			fc.asyncProperty(happenings(1, 25), splits, async (what, points) => {
				const log = new RoomLog(what);
				const device = await follow(log, points);
				expect(await device.rows(log.room)).toEqual(log.rowsAt(log.head));
				expect(device.state(log.room)).toMatchObject({
					cursor: log.cursor(log.head),
					ranges: [{ from: 1, to: log.head, asOf: null }],
					ready: true,
					...recount(log.rowsAt(log.head), 0)
				});
			})
		);
	});

	test('read while the log grows, they come to the same rows', async () => {
		await law(
			fc.asyncProperty(happenings(1, 25), splits, async (what, points) => {
				const log = new RoomLog(what);
				const device = new Device();
				let from = 0;
				for (const upto of cuts(points, log.head)) {
					await device.apply((states) => applyPage(states, log.page(from, upto), ME));
					expect(await device.rows(log.room)).toEqual(log.rowsAt(upto));
					expect(device.state(log.room)).toMatchObject(recount(log.rowsAt(upto), 0));
					from = upto;
				}
			})
		);
	});

	test('that do not begin where the device stands change nothing (R1)', async () => {
		await law(
			fc.asyncProperty(happenings(2, 20), fc.nat(20), fc.nat(20), async (what, a, b) => {
				const log = new RoomLog(what);
				const at = 1 + (a % (log.head - 1));
				const from = b % log.head;
				const device = new Device();
				await device.apply((states) => applyPage(states, log.page(0, at), ME));
				fc.pre(from !== at);
				const changes = await device.apply((states) =>
					applyPage(states, log.page(from, log.head), ME)
				);
				expect(changes).toEqual([]);
			})
		);
	});
});

describe('frames (R3)', () => {
	test('in one burst or one by one, dropped, repeated or in disorder: the cursor never goes back, and no text comes back', async () => {
		const frames = fc.array(fc.tuple(fc.nat(30), fc.nat(30)), { minLength: 1, maxLength: 25 });
		await law(
			fc.asyncProperty(happenings(3, 20), frames, fc.boolean(), async (what, picks, burst) => {
				const log = new RoomLog(what);
				const device = new Device();
				await device.apply((states) => applyPage(states, log.page(0, 1), ME));
				const all = picks.map(([a, b]) => {
					const [from, upto] = [a % log.head, 1 + (b % log.head)].sort((x, y) => x - y);
					return log.frame(from!, upto! > from! ? upto! : from! + 1);
				});
				let last = 1;
				for (const group of burst ? [all] : all.map((one) => [one])) {
					await device.apply((states) => applyFrameBurst(states, group, ME, () => undefined));
					const at = device.state(log.room)!.cursor!.s;
					expect(at).toBeGreaterThanOrEqual(last);
					expect(await device.rows(log.room)).toEqual(log.rowsAt(at));
					last = at;
				}
			})
		);
	});

	test('of another past are a reason to ask, and are never applied', async () => {
		const log = new RoomLog([
			{ kind: 'post', target: 0 },
			{ kind: 'post', target: 0 }
		]);
		const device = new Device();
		await device.apply((states) => applyPage(states, log.page(0, 1), ME));
		const frame = log.frame(1, 2);
		const foreign = [
			{ ...frame, prev: 'other' },
			{ ...frame, upto: { ...frame.upto, g: 2 } },
			{ ...frame, upto: { ...frame.upto, i: 'other' } }
		];
		for (const one of foreign) {
			expect(fitsFrame(device.state(log.room), one)).toBe('pull');
			expect(applyFrame(device.replica.states, one, ME)).toEqual([]);
		}
		expect(fitsFrame(undefined, frame)).toBe('pull');
		expect(fitsFrame(device.state(log.room), log.frame(0, 1))).toBe('drop');
		expect(fitsFrame(device.state(log.room), frame)).toBe('apply');
	});
});

describe('skipping to the newest page (R5)', () => {
	test('keeps what was held as of where the device stood, and never goes back', async () => {
		await law(
			fc.asyncProperty(
				happenings(4, 25),
				fc.nat(25),
				fc.integer({ min: 1, max: 6 }),
				async (what, a, size) => {
					const log = new RoomLog(what);
					const stood = 1 + (a % (log.head - 1));
					const device = new Device();
					await device.apply((states) => applyPage(states, log.page(0, stood), ME));
					const skip = log.skip(log.head, size, 0);
					await device.apply((states) => applySkipToNewest(states, skip, ME));
					const state = device.state(log.room)!;
					expect(state.cursor).toEqual(log.cursor(log.head));
					for (const range of state.ranges) {
						expect(range.asOf).toBe(range.from >= skip.covered ? null : stood);
					}
					// Held are the rows of where it stood, with those of the newest page over them.
					const newest = new Map(skip.rows.map((row) => [row.id, row]));
					const expected = log
						.rowsAt(log.head)
						.filter((row) => row.seq <= stood || newest.has(row.id))
						.map(
							(row) => newest.get(row.id) ?? log.rowsAt(stood).find((older) => older.id === row.id)!
						);
					expect(await device.rows(log.room)).toEqual(expected);
					if (state.unreadBy === 'server') {
						expect(state).toMatchObject(recount(log.rowsAt(log.head), 0));
					}
					const again = await device.apply((states) =>
						applySkipToNewest(states, log.skip(stood, size, 0), ME)
					);
					expect(again).toEqual([]);
				}
			)
		);
	});
});

/** A device that read up to some change, then skipped to the newest `size` messages at a later one. */
const skipped = fc
	.record({
		what: happenings(6, 30),
		points: fc.tuple(fc.nat(30), fc.nat(30)),
		size: fc.integer({ min: 1, max: 5 }),
		read: fc.nat(30)
	})
	.map(({ what, points, size, read }) => {
		const log = new RoomLog(what);
		const [stood, at] = points.map((point) => 1 + (point % (log.head - 1))).sort((a, b) => a - b);
		return { log, stood: stood!, at: at!, size, read: read % log.head };
	})
	.filter(({ stood, at }) => stood < at);

describe('a device with holes', () => {
	test('keeps of a page what is new and changes of what it holds; the rest lies in holes (R2)', async () => {
		await law(
			fc.asyncProperty(skipped, async ({ log, stood, at, size }) => {
				const device = new Device();
				await device.apply((states) => applyPage(states, log.page(0, stood), ME));
				const skip = log.skip(at, size, 0);
				await device.apply((states) => applySkipToNewest(states, skip, ME));
				await device.apply((states) => applyPage(states, log.page(at, log.head), ME));
				const rows = await device.rows(log.room);
				const isHeld = ({ seq }: { seq: number }) => seq <= stood || seq >= skip.covered;
				const expected = log.rowsAt(log.head).filter(isHeld);
				expect(rows.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
				const changed = ({ rev }: { rev: number }) => rev > at;
				expect(rows.filter(changed)).toEqual(expected.filter(changed));
			})
		);
	});

	test('counts what is unread when it holds all after the read position, else the server does (R7)', async () => {
		await law(
			fc.asyncProperty(skipped, async ({ log, stood, at, size, read }) => {
				const device = new Device();
				await device.apply((states) => applyPage(states, log.page(0, stood), ME));
				// A number that no count comes to: whoever shows it has it from the server.
				const skip = { ...log.skip(at, size, read), unread: 777, mentioned: 77 };
				await device.apply((states) => applySkipToNewest(states, skip, ME));
				const isHole = (seq: number) => seq > stood && seq < skip.covered;
				const after = Array.from({ length: Math.max(0, at - read) }, (_, n) => read + 1 + n);
				const told = { unreadBy: 'server', unread: 777, mentioned: 77 };
				const rows = await device.rows(log.room);
				const counted = { unreadBy: 'device', ...recount(rows, read) };
				expect(device.state(log.room)).toMatchObject(after.some(isHole) ? told : counted);
			})
		);
	});
});

test('a reset throws the rows away and keeps the name; what is gone leaves nothing (R6, C4)', async () => {
	const log = new RoomLog([
		{ kind: 'post', target: 0 },
		{ kind: 'mention', target: 0 }
	]);
	const device = new Device();
	await device.apply((states) => applyPage(states, log.page(0, 2), ME));
	await device.apply((states) =>
		applyReset(states, { type: 'reset', stream: log.room, why: 'hash' })
	);
	expect(await device.rows(log.room)).toEqual([]);
	expect(device.state(log.room)).toMatchObject({
		cursor: null,
		epoch: 1,
		ranges: [],
		unread: 0,
		mentioned: 0
	});
	await device.apply((states) => applyPage(states, log.page(0, 2), ME));
	await device.apply((states) => applyGone(states, log.room));
	expect(device.state(log.room)).toBeUndefined();
	expect(await device.rows(log.room)).toEqual([]);
});
