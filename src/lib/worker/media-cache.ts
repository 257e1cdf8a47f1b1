/**
 * Keeps what was looked at, so that it is there without a network: files of messages, profile pictures.
 * The bytes under such an address never change, so what is kept is never asked for again; the oldest go
 * first (complaint 20).
 */
import { FILE_CACHE, PICTURE_CACHE } from '../db/cache-names.ts';

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

/** One cache of media. */
export class MediaCache {
	private readonly kept: Kept;
	private readonly parts: Parts;
	/** address -> bytes, as far as this worker has seen it: looking takes long when much is kept */
	private readonly sizes = new Map<string, number>();
	/** addresses whose whole is on its way, or found no room while this worker lives */
	private readonly tried = new Set<string>();
	/** the tidying that has yet to begin: what is kept meanwhile is its matter, too */
	private due: Promise<void> | null = null;
	private tidying: Promise<void> = Promise.resolve();

	constructor(kept: Kept, parts: Parts) {
		this.kept = kept;
		this.parts = parts;
	}

	/** Whether this cache answers for an address. */
	has(url: URL): boolean {
		return this.kept.paths.test(url.pathname);
	}

	/**
	 * The whole or the part asked for, from the device or the network; rejects like fetch when on neither.
	 * @param later takes work that goes on after the answer, like `waitUntil` of the event
	 */
	async answer(request: Request, later: (work: Promise<unknown>) => void): Promise<Response> {
		const { url } = request;
		const cache = await this.open();
		const range = request.headers.get('range');
		const held = await cache.match(url);
		if (held) return (range && (await partOf(held.clone(), range))) || held;
		const response = await this.parts.fetch(request);
		if (this.fits(response)) later(this.keep(cache, url, response.clone()));
		return response;
	}

	/**
	 * Fetches the whole of what is played: players ask for parts, and parts cannot be kept. Passes over what
	 * is there already, does not fit, or cannot be had now.
	 */
	async keepWhole({ href }: URL): Promise<void> {
		const cache = await this.open();
		const held = await cache.match(href);
		if (held || this.tried.has(href) || this.parts.isSaving()) return;
		this.tried.add(href);
		try {
			await this.fetchWhole(cache, href);
			if (await cache.match(href)) this.tried.delete(href);
		} catch (error) {
			// The next time that it is played may be a better one.
			this.tried.delete(href);
			if (!isOrdinary(error)) throw error;
		}
	}

	private open(): Promise<Cache> {
		return this.parts.caches.open(this.kept.name);
	}

	private lengthOf(response: Response): number {
		return Number(response.headers.get('content-length') ?? this.kept.unsaid);
	}

	/** Whether an answer is whole and leaves room for others. */
	private fits(response: Response): boolean {
		return response.status === 200 && this.lengthOf(response) <= this.kept.budget / 4;
	}

	private async fetchWhole(cache: Cache, url: string): Promise<void> {
		// Past the browser's own cache, where it would have to wait for the player, or the player for it.
		const response = await this.parts.fetch(
			new Request(url, { cache: 'no-store', priority: 'low' })
		);
		if (this.fits(response)) await this.keep(cache, url, response);
		else await response.body?.cancel();
	}

	private async keep(cache: Cache, url: string, response: Response): Promise<void> {
		try {
			await cache.put(url, response);
			this.sizes.set(url, this.lengthOf(response));
			await this.tidySoon(cache);
		} catch (error) {
			// Shown all the same, and asked for again the next time.
			if (!isOrdinary(error)) throw error;
		}
	}

	/** One after the other; many that are kept at once are tidied after once. */
	private tidySoon(cache: Cache): Promise<void> {
		this.due ??= this.tidying
			.catch(() => undefined)
			.then(() => {
				this.due = null;
				return (this.tidying = this.tidy(cache));
			});
		return this.due;
	}

	private async tidy(cache: Cache): Promise<void> {
		const keys = await cache.keys();
		const held = await Promise.all(keys.map((key) => this.sizeOf(cache, key)));
		let total = held.reduce((sum, size) => sum + size, 0);
		// Caches list what they hold in the order in which it came.
		for (const [i, key] of keys.entries()) {
			if (total <= this.kept.budget) break;
			await cache.delete(key);
			this.sizes.delete(key.url);
			total -= held[i]!;
		}
	}

	private async sizeOf(cache: Cache, { url }: Request): Promise<number> {
		const known = this.sizes.get(url);
		if (known !== undefined) return known;
		const size = this.lengthOf((await cache.match(url)) ?? new Response());
		this.sizes.set(url, size);
		return size;
	}
}
