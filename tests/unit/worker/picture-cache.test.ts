/** Faces are there without a network, and what is kept of them is bounded. */
import { beforeEach, describe, expect, it } from 'vitest';
import { createPictureCache, MOST, PICTURE_CACHE } from '../../../src/lib/worker/picture-cache.ts';

const ORIGIN = 'https://roost.example';
const at = (name: string): Request => new Request(`${ORIGIN}/uploads/avatars/${name}`);

/** A cache as far as it is used, in the order of what was put. */
class FakeCache {
	readonly held = new Map<string, Response>();
	full = false;
	match = (key: Request) => Promise.resolve(this.held.get(key.url)?.clone());
	put(key: Request, response: Response): Promise<void> {
		if (this.full) return Promise.reject(new DOMException('no room', 'QuotaExceededError'));
		this.held.set(key.url, response);
		return Promise.resolve();
	}
	keys = () => Promise.resolve([...this.held.keys()].map((key) => new Request(key)));
	delete = (key: Request) => Promise.resolve(this.held.delete(key.url));
}

let cache: FakeCache;
let asked: string[];
let online: boolean;
let pictures: ReturnType<typeof createPictureCache>;

beforeEach(() => {
	cache = new FakeCache();
	asked = [];
	online = true;
	pictures = createPictureCache({
		caches: {
			open: (name) => {
				expect(name).toBe(PICTURE_CACHE);
				return Promise.resolve(cache as unknown as Cache);
			}
		},
		fetch: (request) => {
			asked.push(request.url);
			if (!online) return Promise.reject(new TypeError('offline'));
			const gone = request.url.endsWith('gone');
			return Promise.resolve(new Response(request.url, { status: gone ? 404 : 200 }));
		}
	});
});

describe('profile pictures', () => {
	it('are the only addresses that it answers', () => {
		expect(pictures.has(new URL('/uploads/avatars/a.webp', ORIGIN))).toBe(true);
		expect(pictures.has(new URL('/uploads/other/a.webp', ORIGIN))).toBe(false);
		expect(pictures.has(new URL('/api/account', ORIGIN))).toBe(false);
	});

	it('are fetched once, and there without a network', async () => {
		await pictures.picture(at('a'));
		online = false;
		expect(await (await pictures.picture(at('a'))).text()).toBe(at('a').url);
		expect(asked).toEqual([at('a').url]);
		await expect(pictures.picture(at('b'))).rejects.toThrow('offline');
	});

	it('are not kept when the server has none', async () => {
		expect((await pictures.picture(at('gone'))).status).toBe(404);
		expect(cache.held.size).toBe(0);
	});

	it('are shown though there is no room to keep them', async () => {
		cache.full = true;
		expect((await pictures.picture(at('a'))).status).toBe(200);
	});

	it('are kept up to a number; the oldest goes first', async () => {
		for (let n = 0; n <= MOST; n++) await pictures.picture(at(String(n)));
		expect(cache.held.size).toBe(MOST);
		expect(cache.held.has(at('0').url)).toBe(false);
		expect(cache.held.has(at(String(MOST)).url)).toBe(true);
	});
});
