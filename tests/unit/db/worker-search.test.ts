/** Searching in a worker: answers, and what becomes of questions when it ends. */
import { describe, expect, test, vi } from 'vitest';
import { NOTHING_FOUND } from '../../../src/lib/db/search/local-search.ts';
import { serveSearch } from '../../../src/lib/db/search/search-server.ts';
import { WorkerSearch, type WorkerLike } from '../../../src/lib/db/search/worker-search.ts';
import type { ToSearchWorker } from '../../../src/lib/db/search/worker-messages.ts';
import type { SearchRequest } from '../../../src/lib/protocol/search.ts';
import { StoreError } from '../../../src/lib/sync/ports.ts';

const ASK: SearchRequest = { query: 'word', limit: 5 };

/** An index that answers when it is told to. */
class Index {
	readonly built: boolean[] = [];
	readonly signals: (AbortSignal | undefined)[] = [];
	answers: Promise<typeof NOTHING_FOUND> = Promise.resolve(NOTHING_FOUND);
	stop: (error: unknown) => void = () => undefined;

	search(_ask: SearchRequest, signal?: AbortSignal) {
		this.signals.push(signal);
		return this.answers;
	}
	countUnprepared() {
		return Promise.resolve(7);
	}
	build(on: boolean) {
		this.built.push(on);
	}
}

/** A worker that runs in the same thread; a message takes a turn. */
class FakeWorker implements WorkerLike {
	readonly heard: ToSearchWorker[] = [];
	isTerminated = false;
	fail: () => void = () => undefined;
	private answer: (event: { data: unknown }) => void = () => undefined;
	private readonly serve: (message: ToSearchWorker) => void;

	constructor(index: Index) {
		this.serve = serveSearch({
			open: (_account, onError) => {
				index.stop = onError;
				return index;
			},
			post: (data) => this.isTerminated || this.answer({ data: structuredClone(data) })
		});
	}
	postMessage(message: ToSearchWorker) {
		this.heard.push(message);
		queueMicrotask(() => this.isTerminated || this.serve(structuredClone(message)));
	}
	addEventListener(type: 'message' | 'error', run: (event: { data: unknown }) => void) {
		if (type === 'message') this.answer = run;
		else this.fail = run as () => void;
	}
	terminate() {
		this.isTerminated = true;
	}
}

function create() {
	const index = new Index();
	const workers: FakeWorker[] = [];
	const onBroken = vi.fn();
	const onStopped = vi.fn();
	const start = () => {
		const worker = new FakeWorker(index);
		workers.push(worker);
		return worker;
	};
	const search = new WorkerSearch({ account: 'me', start, onBroken, onStopped });
	return { index, workers, onBroken, onStopped, search };
}

const types = (worker: FakeWorker | undefined) => worker?.heard.map(({ type }) => type);

describe('a search in a worker', () => {
	test('starts it with the first question, once', async () => {
		const { search, workers } = create();
		expect(workers).toHaveLength(0);
		expect(await search.search(ASK)).toEqual(NOTHING_FOUND);
		expect(await search.countUnprepared()).toBe(7);
		expect(workers.map(types)).toEqual([['open', 'search', 'count']]);
	});

	test('tells the worker when nobody waits any more', async () => {
		const { search, index, workers } = create();
		index.answers = new Promise(() => undefined);
		const given = new AbortController();
		const asking = search.search(ASK, given.signal);
		await Promise.resolve();
		given.abort(new Error('given up'));
		await expect(asking).rejects.toThrow('given up');
		await Promise.resolve();
		expect(index.signals[0]!.aborted).toBe(true);
		expect(types(workers[0])).toEqual(['open', 'search', 'cancel']);
		await expect(search.search(ASK, given.signal)).rejects.toThrow('given up');
	});

	test('says why the database refuses', async () => {
		const { search, index } = create();
		index.answers = Promise.reject(new StoreError('blocked'));
		await expect(search.search(ASK)).rejects.toMatchObject({ reason: 'blocked' });
	});

	test('asks again what was open when the page was left', async () => {
		const { search, index, workers } = create();
		search.build(true);
		index.answers = new Promise(() => undefined);
		const asking = search.search(ASK);
		await Promise.resolve();
		search.suspend();
		expect(workers[0]!.isTerminated).toBe(true);
		index.answers = Promise.resolve(NOTHING_FOUND);
		search.resume();
		expect(await asking).toEqual(NOTHING_FOUND);
		expect(types(workers[1])).toEqual(['open', 'build', 'search']);
		search.resume();
		expect(workers).toHaveLength(2);
	});

	test('a worker that dies ends every question', async () => {
		const { search, index, workers, onBroken } = create();
		index.answers = new Promise(() => undefined);
		const asking = search.search(ASK);
		workers[0]!.fail();
		await expect(asking).rejects.toMatchObject({ reason: 'closed' });
		expect(onBroken).toHaveBeenCalledOnce();
	});

	test('a browser that starts no worker is told from one that does', async () => {
		const onBroken = vi.fn();
		const start = (): WorkerLike => {
			throw new DOMException('no', 'SecurityError');
		};
		const search = new WorkerSearch({ account: 'me', start, onBroken, onStopped: vi.fn() });
		search.build(true);
		expect(onBroken).toHaveBeenCalledOnce();
		await expect(search.search(ASK)).rejects.toMatchObject({ reason: 'closed' });
	});

	test('hears that the index is no longer kept up to date', async () => {
		const { search, index, onStopped } = create();
		search.build(true);
		await search.countUnprepared();
		index.stop(new DOMException('full', 'QuotaExceededError'));
		expect(onStopped).toHaveBeenCalledWith(expect.objectContaining({ reason: 'full' }));
		expect(await search.search(ASK)).toEqual(NOTHING_FOUND);
	});
});
