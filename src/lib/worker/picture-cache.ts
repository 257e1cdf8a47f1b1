/**
 * Keeps profile pictures, so that faces are there without a network. An address stands for ever for
 * the same bytes, so what is kept is never asked for again. Signing out deletes the cache (its name
 * is also in src/lib/state/browser-session.ts).
 */

export const PICTURE_CACHE = 'roost-pictures';
/** Where the server keeps them. */
const PICTURES = '/uploads/avatars/';
/** Pictures kept: at the most 128 kB each, mostly 10; the oldest goes first. */
export const MOST = 500;

export interface PictureCache {
	/** Whether an address is that of a profile picture. */
	has(url: URL): boolean;
	/** The picture, from the device or from the network; rejects like fetch when it is on neither. */
	picture(request: Request): Promise<Response>;
}

interface Parts {
	caches: Pick<CacheStorage, 'open'>;
	fetch: (request: Request) => Promise<Response>;
}

export function createPictureCache({ caches, fetch }: Parts): PictureCache {
	async function keep(cache: Cache, request: Request, response: Response): Promise<void> {
		await cache.put(request, response);
		const kept = await cache.keys();
		// Caches list what they hold in the order in which it came.
		for (const old of kept.slice(0, Math.max(0, kept.length - MOST))) await cache.delete(old);
	}

	return {
		has: (url) => url.pathname.startsWith(PICTURES),
		async picture(request) {
			const cache = await caches.open(PICTURE_CACHE);
			const held = await cache.match(request);
			if (held) return held;
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
