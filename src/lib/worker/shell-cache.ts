/**
 * Keeps the app's own files. Each build has a cache of its own, a **set**: complete or not there
 * at all. A page is always served from whole sets, a file that no set has comes from the network,
 * and what the network does not have either stays a 404: never a page in place of a script.
 *
 * Files under /_app/immutable carry a hash in their name, so that any set's copy is right; all
 * others (the shell, icons, the manifest) belong to one build and are taken from the newest set
 * that is complete and active.
 */

/** One file of a build: `revision` is null when the address itself changes with the content. */
export interface ShellFile {
	url: string;
	revision: string | null;
}

const PREFIX = 'roost-shell-';
/** Kept inside a set once it is complete; a set without it is never used. */
const COMPLETE = '/.complete';
/** Files fetched at the same time while a set is filled. */
const AT_ONCE = 6;
/** Where every navigation leads: the one prerendered shell. */
const SHELL = '/';

export interface ShellCache {
	/** Fills the set of this build; rejects when any file cannot be had, and the set is not used. */
	install(): Promise<void>;
	/** Drops sets of other builds that no open page uses any more. */
	tidy(inUse: ReadonlySet<string>): Promise<void>;
	/** The shell for a navigation, or null when this build's set is not complete. */
	shell(): Promise<Response | null>;
	/** A file of any set, or null. */
	file(url: URL): Promise<Response | null>;
	/** Whether an address is one of this build's files. */
	has(url: URL): boolean;
}

export interface ShellCacheOptions {
	caches: CacheStorage;
	fetch: (request: Request) => Promise<Response>;
	origin: string;
	/** name of this build */
	build: string;
	files: readonly ShellFile[];
}

/** The address as a set stores it: from the root, without search or hash. */
function pathOf(file: string, origin: string): string {
	return new URL(file, `${origin}/`).pathname;
}

export function createShellCache({
	caches,
	fetch,
	origin,
	build,
	files
}: ShellCacheOptions): ShellCache {
	const name = PREFIX + build;
	const revisions = new Map(files.map((file) => [pathOf(file.url, origin), file.revision]));

	async function sets(): Promise<string[]> {
		return (await caches.keys()).filter((key) => key.startsWith(PREFIX));
	}

	/** The same file in a set that is already here: only for addresses that change with the content. */
	async function copy(path: string): Promise<Response | null> {
		if (revisions.get(path) !== null) return null;
		return (await caches.match(origin + path)) ?? null;
	}

	/** Fetches one file past the browser's own cache, and refuses what is not that file. */
	async function load(path: string): Promise<Response> {
		const kept = await copy(path);
		if (kept) return kept;
		const answer = await fetch(
			new Request(origin + path, { cache: 'reload', credentials: 'same-origin' })
		);
		// A sign-in page of a hotel answers 200 with a page for every script.
		const page = answer.headers.get('content-type')?.includes('text/html') ?? false;
		if (!answer.ok || answer.redirected || page !== (path === SHELL)) {
			throw new TypeError(`cannot keep ${path}: status ${answer.status}`);
		}
		return answer;
	}

	async function install(): Promise<void> {
		await caches.delete(name);
		const cache = await caches.open(name);
		const waiting = [...revisions.keys()];
		const worker = async (): Promise<void> => {
			for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
				await cache.put(origin + path, await load(path));
			}
		};
		await Promise.all(Array.from({ length: AT_ONCE }, worker));
		await cache.put(origin + COMPLETE, new Response(build));
	}

	async function complete(set: string): Promise<Cache | null> {
		const cache = await caches.open(set);
		return (await cache.match(origin + COMPLETE)) ? cache : null;
	}

	async function tidy(inUse: ReadonlySet<string>): Promise<void> {
		for (const set of await sets()) {
			if (set === name || inUse.has(set.slice(PREFIX.length))) continue;
			await caches.delete(set);
		}
	}

	async function shell(): Promise<Response | null> {
		const own = (await caches.has(name)) ? await complete(name) : null;
		return (await own?.match(origin + SHELL)) ?? null;
	}

	async function file(url: URL): Promise<Response | null> {
		const own = (await caches.has(name)) ? await complete(name) : null;
		const found = await own?.match(origin + url.pathname);
		if (found) return found;
		// A page of an older build asks for its own chunks: they are in its set as long as it is open.
		if (!url.pathname.startsWith('/_app/immutable/')) return null;
		for (const set of await sets()) {
			const hit = await (await complete(set))?.match(origin + url.pathname);
			if (hit) return hit;
		}
		return null;
	}

	return {
		install,
		tidy,
		shell,
		file,
		has: (url) => revisions.has(url.pathname)
	};
}
