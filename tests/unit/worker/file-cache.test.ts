/** What was looked at is there without a network, within a budget. */
import { expect, test } from 'vitest';
import { createFileCache, partOf } from '../../../src/lib/worker/file-cache.ts';

const ORIGIN = 'http://localhost:8000';
const address = (n: number, small = false) =>
	`${ORIGIN}/api/files/0190c5e4-7b1e-7000-8000-${String(n).padStart(12, '0')}${small ? '/small' : ''}`;

/** A cache in memory that lists what it holds in the order in which it came. */
function memoryCaches() {
	const held = new Map<string, Response>();
	const keyOf = (key: RequestInfo | URL) => (key instanceof Request ? key.url : String(key));
	const cache = {
		match: async (key: RequestInfo | URL) => held.get(keyOf(key))?.clone(),
		put: async (key: RequestInfo | URL, response: Response) => void held.set(keyOf(key), response),
		keys: async () => [...held.keys()].map((url) => new Request(url)),
		delete: async (key: RequestInfo | URL) => held.delete(keyOf(key))
	} as unknown as Cache;
	return { held, caches: { open: async () => cache } };
}

const whole = (size: number) =>
	new Response(new Uint8Array(size), { headers: { 'content-length': String(size) } });

test('a file comes from the network once', async () => {
	let asked = 0;
	const { caches } = memoryCaches();
	const files = createFileCache({ caches, fetch: async () => (asked++, whole(10)) });
	for (let n = 0; n < 3; n++) {
		const answer = await files.file(new Request(address(1)));
		expect((await answer.arrayBuffer()).byteLength).toBe(10);
	}
	expect(asked).toBe(1);
});

test('only files are answered for; refusals are not kept', async () => {
	const { held, caches } = memoryCaches();
	const files = createFileCache({
		caches,
		fetch: async () => new Response('{}', { status: 404 })
	});
	expect(files.has(new URL(address(1)))).toBe(true);
	expect(files.has(new URL(address(1, true)))).toBe(true);
	expect(files.has(new URL(`${ORIGIN}/api/files/upload`))).toBe(false);
	expect(files.has(new URL(`${ORIGIN}/api/account`))).toBe(false);
	expect((await files.file(new Request(address(1)))).status).toBe(404);
	expect(held.size).toBe(0);
});

test('beyond the budget the oldest go, and what is too large for it is not kept (complaint 20)', async () => {
	const { held, caches } = memoryCaches();
	const sizes = new Map([1, 2, 3, 4, 5].map((n) => [address(n), n === 5 ? 60 : 20]));
	const files = createFileCache({
		caches,
		budget: 100,
		fetch: async (request) => whole(sizes.get(request.url) ?? 20)
	});
	for (const n of [1, 2, 3, 4, 5, 6, 7]) await files.file(new Request(address(n)));
	expect([...held.keys()]).toEqual([2, 3, 4, 6, 7].map((n) => address(n)));
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
