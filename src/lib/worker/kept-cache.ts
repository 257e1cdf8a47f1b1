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
	/**
	 * The whole or the part asked for, from the device or the network; rejects like fetch when on neither.
	 * @param later takes work that goes on after the answer, like `waitUntil` of the event
	 */
	answer(request: Request, later: (work: Promise<unknown>) => void): Promise<Response>;
	/**
	 * Fetches the whole of what is played: players ask for parts, and parts cannot be kept. Passes over what
	 * is there already, does not fit, or cannot be had now.
	 */
	keepWhole(url: URL): Promise<void>;
}

interface Parts {
	caches: Pick<CacheStorage, 'open'>;
	fetch: (request: Request) => Promise<Response>;
	/** whether the person wants to save data: then nothing is fetched that was not asked for */
	isSaving: () => boolean;
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

/** What keeping may fail of: no room on the device, or a network that breaks off. */
const isOrdinary = (error: unknown) => error instanceof DOMException || error instanceof TypeError;

export function createKeptCache(
	{ name, paths, budget, unsaid }: Kept,
	{ caches, fetch, isSaving }: Parts
): KeptCache {
	const most = budget / 4;
	const lengthOf = (response: Response) => Number(response.headers.get('content-length') ?? unsaid);
	/** address -> bytes, as far as this worker has seen it: looking takes long when much is kept */
	const sizes = new Map<string, number>();
	/** the tidying that has yet to begin: what is kept meanwhile is its matter, too */
	let due: Promise<void> | null = null;
	let tidying: Promise<void> = Promise.resolve();
	/** addresses whose whole is on its way, or found no room while this worker lives */
	const tried = new Set<string>();

	async function sizeOf(cache: Cache, { url }: Request): Promise<number> {
		const known = sizes.get(url);
		if (known !== undefined) return known;
		const size = lengthOf((await cache.match(url)) ?? new Response());
		sizes.set(url, size);
		return size;
	}

	async function tidy(cache: Cache): Promise<void> {
		const keys = await cache.keys();
		const held = await Promise.all(keys.map((key) => sizeOf(cache, key)));
		let total = held.reduce((sum, size) => sum + size, 0);
		// Caches list what they hold in the order in which it came.
		for (const [i, key] of keys.entries()) {
			if (total <= budget) break;
			await cache.delete(key);
			sizes.delete(key.url);
			total -= held[i]!;
		}
	}

	/** One after the other; many that are kept at once are tidied after once. */
	function tidySoon(cache: Cache): Promise<void> {
		due ??= tidying
			.catch(() => undefined)
			.then(() => {
				due = null;
				return (tidying = tidy(cache));
			});
		return due;
	}

	async function keep(cache: Cache, url: string, response: Response): Promise<void> {
		try {
			await cache.put(url, response);
			sizes.set(url, lengthOf(response));
			await tidySoon(cache);
		} catch (error) {
			// Shown all the same, and asked for again the next time.
			if (!isOrdinary(error)) throw error;
		}
	}

	async function fetchWhole(cache: Cache, url: string): Promise<void> {
		// Past the browser's own cache, where it would have to wait for the player, or the player for it.
		const response = await fetch(new Request(url, { cache: 'no-store', priority: 'low' }));
		if (response.status === 200 && lengthOf(response) <= most) await keep(cache, url, response);
		else await response.body?.cancel();
	}

	return {
		has: (url) => paths.test(url.pathname),
		async answer(request, later) {
			const { url } = request;
			const cache = await caches.open(name);
			const range = request.headers.get('range');
			const held = await cache.match(url);
			if (held) return (range && (await partOf(held.clone(), range))) || held;
			const response = await fetch(request);
			if (response.status === 200 && lengthOf(response) <= most) {
				later(keep(cache, url, response.clone()));
			}
			return response;
		},
		async keepWhole({ href }) {
			const cache = await caches.open(name);
			const held = await cache.match(href);
			if (held || tried.has(href) || isSaving()) return;
			tried.add(href);
			try {
				await fetchWhole(cache, href);
				if (await cache.match(href)) tried.delete(href);
			} catch (error) {
				// The next time that it is played may be a better one.
				tried.delete(href);
				if (!isOrdinary(error)) throw error;
			}
		}
	};
}
