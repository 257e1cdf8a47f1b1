/** The self-check sets nothing right that is newer than what it compared, and says what it did not compare. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Row } from '../../../src/lib/protocol/change.ts';
import { checkMessages, mended } from '../../../src/lib/state/client/knowledge/check-messages.ts';
import { checkRead } from '../../../src/lib/state/client/knowledge/check-rows.ts';
import type { KnowledgeParts } from '../../../src/lib/state/client/knowledge/parts.ts';
import { MemoryLocalStore } from '../../../src/lib/sync/memory/memory-store.ts';
import type { StreamState } from '../../../src/lib/sync/ports.ts';
import { change, freshStream } from '../../../src/lib/sync/reconcile/stream-state.ts';

const id = (n: number): string => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const [ROOM, ME] = [id(1), id(2)];
const at = (s: number) => ({ i: 'db', g: 1, s, h: `h${s}` });

async function put(cache: MemoryLocalStore, stream: string, changed: Partial<StreamState>) {
	const known = await cache.stream(stream);
	const state = known ?? freshStream(stream, stream === ME ? 'feed' : 'room');
	await cache.commit([change(state, { ...state, ...changed })], ME);
}

let cache: MemoryLocalStore;
beforeEach(async () => {
	cache = new MemoryLocalStore();
	const ranges = [{ from: 1, to: 100, asOf: null }];
	await put(cache, ROOM, { cursor: at(100), ranges, ready: true, read: 90 });
	await put(cache, ME, { cursor: at(7), ready: true });
});
afterEach(() => void vi.useRealTimers());

const feed = { rows: [{ kind: 'read', id: ROOM, rev: 7, upto: 60 } as Row], upto: at(7) };
const never = new AbortController().signal;

/** @param all what is read of the outbox, each time */
const partsOf = (all: () => Promise<unknown[]>, ask?: () => Promise<unknown>) =>
	({ cache, me: ME, unsent: { all }, hub: { ask } }) as unknown as KnowledgeParts;

it('sets a read position to what the feed says', async () => {
	expect(
		await checkRead(
			partsOf(async () => []),
			feed
		)
	).toMatchObject([{ fault: 'read', to: 60 }]);
	expect((await cache.stream(ROOM))?.read).toBe(60);
});

it.each<[string, () => Promise<unknown[]>]>([
	['is on its way', async () => [{ act: { kind: 'read.mark', room: ROOM } }]],
	[
		'has come since',
		async () => {
			await put(cache, ROOM, { read: 95 });
			return [];
		}
	],
	[
		'may have come with a later page of the feed',
		async () => {
			await put(cache, ME, { cursor: at(8) });
			return [];
		}
	]
])('sets no read position back that %s', async (_, all) => {
	expect(await checkRead(partsOf(all), feed)).toEqual([]);
	expect((await cache.stream(ROOM))?.read).toBeGreaterThanOrEqual(90);
});

it('takes lost messages for no newer than they were when they were compared', async () => {
	await put(cache, ROOM, { ranges: [{ from: 90, to: 100, asOf: null }] });
	const state = (await cache.stream(ROOM))!;
	const block = { from: 1, to: 64, here: 64, there: 64, isSame: true, isStray: true };
	const rangesAt = (cursor: StreamState['cursor']) =>
		mended({ ...state, cursor }, [{ ...block, cursor: at(100) }]).next?.ranges;
	expect(rangesAt(at(100))?.[0]).toEqual({ from: 1, to: 64, asOf: null });
	expect(rangesAt(at(120))?.[0]).toEqual({ from: 1, to: 64, asOf: 100 });
	expect(rangesAt({ ...at(120), g: 2 })).toHaveLength(1);
});

it('counts what could not be compared, for whatever reason', async () => {
	const gone = async () => ({ type: 'gone', stream: ROOM });
	expect(
		await checkMessages(
			partsOf(async () => [], gone),
			ROOM,
			never
		)
	).toEqual({
		messages: 0,
		uncompared: 1,
		findings: []
	});
	vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
	const blocks = [
		[0, ''],
		[0, '']
	];
	const ahead = async () => ({ type: 'compared', stream: ROOM, asOf: 101, blocks });
	const checked = checkMessages(
		partsOf(async () => [], ahead),
		ROOM,
		never
	);
	await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1));
	await vi.advanceTimersByTimeAsync(60_000);
	expect((await checked).uncompared).toBe(1);
});

it('hears of a change that comes while the server is asked', async () => {
	let asked = 0;
	const blocks = [
		[0, ''],
		[0, '']
	];
	const ask = async () => {
		if (asked++ === 0) {
			const answer = { type: 'compared', stream: ROOM, asOf: 101, blocks };
			const read = cache.stream.bind(cache);
			// It comes between the last look at the state and the waiting.
			vi.spyOn(cache, 'stream').mockImplementationOnce(async (stream) => {
				const before = await read(stream);
				await put(cache, ROOM, { cursor: at(101) });
				return before;
			});
			return answer;
		}
		return { type: 'gone', stream: ROOM };
	};
	await checkMessages(
		partsOf(async () => [], ask),
		ROOM,
		never
	);
	expect(asked).toBe(2);
});
