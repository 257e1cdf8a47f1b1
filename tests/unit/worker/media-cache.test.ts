/** What was looked at is there without a network, within a budget. */
import { beforeEach, expect, test } from 'vitest';
import {
	MediaCache,
	FILES,
	partOf,
	PICTURES,
	type Kept
} from '../../../src/lib/worker/media-cache.ts';

const ORIGIN = 'http://localhost:8000';
const address = (n: number, small = false) =>
	`${ORIGIN}/api/files/0190c5e4-7b1e-7000-8000-${String(n).padStart(12, '0')}${small ? '/small' : ''}`;

/** A cache in memory that lists what it holds in the order in which it came. */
class MemoryCache {
	readonly held = new Map<string, Response>();
	full = false;
	matched = 0;
	match(url: RequestInfo | URL): Promise<Response | undefined> {
		this.matched++;
		return Promise.resolve(this.held.get(keyOf(url))?.clone());
	}
	put(url: string, response: Response): Promise<void> {
		if (this.full) return Promise.reject(new DOMException('no room', 'QuotaExceededError'));
		this.held.set(url, response);
		return Promise.resolve();
	}
	keys = () => Promise.resolve([...this.held.keys()].map((url) => new Request(url)));
	delete = (key: RequestInfo | URL) => Promise.resolve(this.held.delete(keyOf(key)));
}
const keyOf = (key: RequestInfo | URL) => (key instanceof Request ? key.url : String(key));

const whole = (size: number) =>
	new Response(new Uint8Array(size), { headers: { 'content-length': String(size) } });

let cache: MemoryCache;
let opened: string[];
let asked: string[];
let isSaving: boolean;
let network: (request: Request) => Promise<Response>;

beforeEach(() => {
	cache = new MemoryCache();
	opened = [];
	asked = [];
	isSaving = false;
	network = () => Promise.resolve(whole(10));
});

function kept(what: Kept) {
	const made = new MediaCache(what, {
		caches: {
			open: (name) => {
				opened.push(name);
				return Promise.resolve(cache as unknown as Cache);
			}
		},
		fetch: (request) => {
			asked.push(request.url);
			return network(request);
		},
		isSaving: () => isSaving
	});
	return {
		has: (url: URL) => made.has(url),
		keepWhole: (url: URL) => made.keepWhole(url),
		/** Answers, and what goes on after the answer has gone on. */
		async answer(request: Request): Promise<Response> {
			const works: Promise<unknown>[] = [];
			const answer = await made.answer(request, (work) => works.push(work));
			await Promise.all(works);
			return answer;
		},
		begin: (...asked: Parameters<MediaCache['answer']>) => made.answer(...asked)
	};
}

test('each kind answers for its own addresses only, from its own cache', async () => {
	const files = kept(FILES);
	expect(files.has(new URL(address(1)))).toBe(true);
	expect(files.has(new URL(address(1, true)))).toBe(true);
	expect(files.has(new URL(`${ORIGIN}/api/files/upload`))).toBe(false);
	expect(files.has(new URL(`${ORIGIN}/api/account`))).toBe(false);
	const pictures = kept(PICTURES);
	expect(pictures.has(new URL('/uploads/avatars/a.webp', ORIGIN))).toBe(true);
	expect(pictures.has(new URL('/uploads/other/a.webp', ORIGIN))).toBe(false);
	await files.answer(new Request(address(1)));
	await pictures.answer(new Request(`${ORIGIN}/uploads/avatars/a.webp`));
	expect(opened).toEqual([FILES.name, PICTURES.name]);
});

test('what was looked at comes from the network once, and is there without one', async () => {
	const files = kept(FILES);
	await files.answer(new Request(address(1)));
	network = () => Promise.reject(new TypeError('offline'));
	for (let n = 0; n < 3; n++) {
		const answer = await files.answer(new Request(address(1)));
		expect((await answer.arrayBuffer()).byteLength).toBe(10);
	}
	expect(asked).toEqual([address(1)]);
	await expect(files.answer(new Request(address(2)))).rejects.toThrow('offline');
});

test('refusals are not kept', async () => {
	network = () => Promise.resolve(new Response('{}', { status: 404 }));
	expect((await kept(FILES).answer(new Request(address(1)))).status).toBe(404);
	expect(cache.held.size).toBe(0);
});

test('what finds no room on the device is shown all the same', async () => {
	cache.full = true;
	expect((await kept(FILES).answer(new Request(address(1)))).status).toBe(200);
});

test('beyond the budget the oldest go, and what is too large for it is not kept (complaint 20)', async () => {
	const sizes = new Map([1, 2, 3, 4, 5].map((n) => [address(n), n === 5 ? 60 : 20]));
	network = (request) => Promise.resolve(whole(sizes.get(request.url) ?? 20));
	const files = kept({ ...FILES, budget: 100 });
	for (const n of [1, 2, 3, 4, 5, 6, 7]) await files.answer(new Request(address(n)));
	expect([...cache.held.keys()]).toEqual([2, 3, 4, 6, 7].map((n) => address(n)));
});

test('what does not say its length counts for a usual one', async () => {
	network = () => Promise.resolve(new Response('x'));
	const files = kept({ ...FILES, budget: 100, unsaid: 25 });
	for (const n of [1, 2, 3, 4, 5]) await files.answer(new Request(address(n)));
	expect([...cache.held.keys()]).toEqual([2, 3, 4, 5].map((n) => address(n)));
});

test('it is shown before it is kept, and before what is old is looked at', async () => {
	const never = new Promise<never>(() => undefined);
	cache.put = () => never;
	const works: Promise<unknown>[] = [];
	const answer = await kept(FILES).begin(new Request(address(1)), (work) => works.push(work));
	expect([answer.status, works.length]).toEqual([200, 1]);
});

test('of many that are kept, each is looked at once; many at a time are tidied after once', async () => {
	const many = 300;
	for (let n = 0; n < many; n++) cache.held.set(address(n), whole(10));
	let listed = 0;
	const keys = cache.keys;
	cache.keys = () => {
		listed++;
		return keys();
	};
	const files = kept(FILES);
	await files.answer(new Request(address(1_000)));
	cache.matched = 0;
	const begun = listed;
	await Promise.all([1, 2, 3, 4, 5, 6].map((n) => files.answer(new Request(address(1_000 + n)))));
	// Whether each of them is there.
	expect(cache.matched).toBe(6);
	expect(listed - begun).toBeLessThan(4);
});

test('sizes that are remembered are those of what is there, also when all was cleared in between', async () => {
	network = () => Promise.resolve(whole(20));
	const files = kept({ ...FILES, budget: 100 });
	for (const n of [1, 2, 3, 4, 5]) await files.answer(new Request(address(n)));
	cache.held.clear();
	for (const n of [6, 7, 8, 9, 10]) await files.answer(new Request(address(n)));
	expect([...cache.held.keys()]).toEqual([6, 7, 8, 9, 10].map((n) => address(n)));
});

test('what breaks off on its way is not kept, and no fault', async () => {
	cache.put = () => Promise.reject(new TypeError('network error'));
	expect((await kept(FILES).answer(new Request(address(1)))).status).toBe(200);
	cache.put = () => Promise.reject(new Error('a mistake'));
	await expect(kept(FILES).answer(new Request(address(1)))).rejects.toThrow('a mistake');
});

test('what is played is fetched whole besides, once, and played without a network then', async () => {
	const bytes = new Uint8Array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
	const ranged = () => new Request(address(1), { headers: { range: 'bytes=2-4' } });
	const headers = { 'content-range': 'bytes 2-4/10', 'content-length': '3' };
	network = async (request) =>
		request.headers.has('range')
			? new Response(bytes.slice(2, 5), { status: 206, headers })
			: new Response(bytes, { headers: { 'content-length': '10' } });
	const files = kept(FILES);
	// Its first frame on screen is no reason to fetch it.
	await files.answer(ranged());
	expect(cache.held.size).toBe(0);
	const url = new URL(address(1));
	await Promise.all([files.keepWhole(url), files.keepWhole(url)]);
	await files.keepWhole(url);
	expect(asked.length).toBe(2);
	network = () => Promise.reject(new TypeError('offline'));
	const part = await files.answer(ranged());
	expect([part.status, [...(await part.bytes())]]).toEqual([206, [2, 3, 4]]);
});

test('what is played is not fetched whole when data is saved, it is too large, or finds no room again', async () => {
	const url = new URL(address(1));
	isSaving = true;
	await kept(FILES).keepWhole(url);
	expect(asked).toEqual([]);
	isSaving = false;
	network = () => Promise.resolve(whole(60));
	await kept({ ...FILES, budget: 100 }).keepWhole(url);
	expect([asked.length, cache.held.size]).toEqual([1, 0]);
	cache.full = true;
	const files = kept(FILES);
	for (let n = 0; n < 3; n++) await files.keepWhole(url);
	expect(asked.length).toBe(2);
});

test('what is played without a network is fetched the next time', async () => {
	const url = new URL(address(1));
	const files = kept(FILES);
	network = () => Promise.reject(new TypeError('offline'));
	await files.keepWhole(url);
	network = () => Promise.resolve(whole(10));
	await files.keepWhole(url);
	expect([...cache.held.keys()]).toEqual([address(1)]);
});

test('players get the part that they ask for from what is kept', async () => {
	const bytes = new Uint8Array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
	const part = async (range: string) => {
		const answer = await partOf(new Response(bytes), range);
		return answer && [answer.headers.get('content-range'), [...(await answer.bytes())]];
	};
	expect(await part('bytes=2-4')).toEqual(['bytes 2-4/10', [2, 3, 4]]);
	expect(await part('bytes=8-')).toEqual(['bytes 8-9/10', [8, 9]]);
	expect(await part('bytes=20-')).toBe(null);
	expect(await part('items=1-2')).toBe(null);
});
