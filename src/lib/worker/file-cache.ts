/**
 * Keeps files of messages that were looked at, so that they are there without a network. Bytes under an
 * id never change, so what is kept is never asked for again; the oldest go first (complaint 20). Signing
 * out deletes the cache (its name is also in src/lib/state/browser-session.ts).
 */

export const FILE_CACHE = 'roost-files';
/** Bytes kept over all files. */
export const FILE_BUDGET = 200 * 1024 * 1024;
/** Bytes counted for what does not say its length: the small forms of pictures. */
const UNSAID = 60_000;
const FILES = /^\/api\/files\/[0-9a-f-]{36}(\/small)?$/;

export interface FileCache {
	/** Whether an address is that of a file. */
	has(url: URL): boolean;
	/** The file or the part asked for, from the device or the network; rejects like fetch when on neither. */
	file(request: Request): Promise<Response>;
}

interface Parts {
	caches: Pick<CacheStorage, 'open'>;
	fetch: (request: Request) => Promise<Response>;
	budget?: number;
}

const lengthOf = (response: Response) => Number(response.headers.get('content-length') ?? UNSAID);

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

export function createFileCache({ caches, fetch, budget = FILE_BUDGET }: Parts): FileCache {
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
		has: (url) => FILES.test(url.pathname),
		async file(request) {
			const cache = await caches.open(FILE_CACHE);
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
