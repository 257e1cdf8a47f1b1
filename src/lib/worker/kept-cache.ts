/**
 * Keeps what was looked at, so that it is there without a network: files of messages, profile pictures.
 * The bytes under such an address never change, so what is kept is never asked for again; the oldest go
 * first (complaint 20).
 */
import { FILE_CACHE, PICTURE_CACHE } from '../db/caches.ts';

/** One such cache. */
export interface Kept {
	name: string;
	/** which paths are kept in it */
	paths: RegExp;
	/** bytes over all */
	budget: number;
	/** bytes counted for an answer that does not say its length */
	unsaid: number;
}

export const FILES: Kept = {
	name: FILE_CACHE,
	paths: /^\/api\/files\/[0-9a-f-]{36}(\/small)?$/,
	budget: 200 * 1024 * 1024,
	unsaid: 60_000
};

/** At the most 128 kB each, mostly 10: a thousand faces. */
export const PICTURES: Kept = {
	name: PICTURE_CACHE,
	paths: /^\/uploads\/avatars\//,
	budget: 10 * 1024 * 1024,
	unsaid: 10_000
};

export interface KeptCache {
	/** Whether this cache answers for an address. */
	has(url: URL): boolean;
	/** The whole or the part asked for, from the device or the network; rejects like fetch when on neither. */
	answer(request: Request): Promise<Response>;
}

interface Parts {
	caches: Pick<CacheStorage, 'open'>;
	fetch: (request: Request) => Promise<Response>;
}

/** The part of a whole file that a player asks for; null when the header is none that is understood. */
export async function partOf(whole: Response, range: string): Promise<Response | null> {
	const match = /^bytes=(\d+)-(\d*)$/.exec(range);
	if (!match) return null;
	const bytes = await whole.blob();
	const start = Number(match[1]);
	const end = match[2] === '' ? bytes.size - 1 : Math.min(Number(match[2]), bytes.size - 1);
	if (start > end) return null;
	const headers = new Headers(whole.headers);
	headers.set('content-range', `bytes ${start}-${end}/${bytes.size}`);
	headers.set('content-length', String(end - start + 1));
	return new Response(bytes.slice(start, end + 1), { status: 206, headers });
}

export function createKeptCache(
	{ name, paths, budget, unsaid }: Kept,
	{ caches, fetch }: Parts
): KeptCache {
	const lengthOf = (response: Response) => Number(response.headers.get('content-length') ?? unsaid);

	async function keep(cache: Cache, request: Request, response: Response): Promise<void> {
		if (lengthOf(response) > budget / 4) return;
		await cache.put(request.url, response);
		const keys = await cache.keys();
		const sizes = await Promise.all(
			keys.map(async (key) => lengthOf((await cache.match(key)) ?? new Response()))
		);
		let total = sizes.reduce((sum, size) => sum + size, 0);
		// Caches list what they hold in the order in which it came.
		for (const [i, key] of keys.entries()) {
			if (total <= budget) break;
			await cache.delete(key);
			total -= sizes[i]!;
		}
	}

	return {
		has: (url) => paths.test(url.pathname),
		async answer(request) {
			const cache = await caches.open(name);
			const range = request.headers.get('range');
			const held = await cache.match(request.url);
			if (held) return (range && (await partOf(held.clone(), range))) || held;
			const response = await fetch(request);
			if (response.status !== 200) return response;
			try {
				await keep(cache, request, response.clone());
			} catch (error) {
				// No room on the device: shown all the same, and asked for again the next time.
				if (!(error instanceof DOMException)) throw error;
			}
			return response;
		}
	};
}
