/**
 * Keeps the app's own files. Each build has a cache of its own, a **set**: complete or not there
 * at all. A page is always served from whole sets, a file that no set has comes from the network,
 * and what the network does not have either stays a 404: never a page in place of a script.
 *
 * Files under /_app/immutable carry a hash in their name, so that any set's copy is right; all
 * others (the shell, icons) belong to one build and are taken from the newest set
 * that is complete and active.
 */

import { isPack, readPack } from './shell-pack.ts';

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

interface ShellCacheOptions {
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

/** The sets of all builds, as the worker of one build sees them. */
export class ShellCache {
	private readonly options: ShellCacheOptions;
	/** name of this build's set */
	private readonly name: string;
	/** path -> revision of this build's files */
	private readonly revisions: ReadonlyMap<string, string | null>;
	/** the file that many of the others are in, if there is one; it is never kept itself */
	private readonly pack: string | undefined;

	constructor(options: ShellCacheOptions) {
		const { build, files, origin } = options;
		this.options = options;
		this.name = PREFIX + build;
		const all = files.map((file) => [pathOf(file.url, origin), file.revision] as const);
		this.pack = all.map(([path]) => path).find(isPack);
		this.revisions = new Map(all.filter(([path]) => !isPack(path)));
	}

	/** Fills the set of this build; rejects when any file cannot be had, and the set is not used. */
	async install(): Promise<void> {
		const { caches, origin, build } = this.options;
		// Another worker of this build may be serving from it: what is whole is never taken apart.
		if (await this.own()) return;
		await caches.delete(this.name);
		const waiting = [...this.revisions.keys()];
		const packed = await this.unpack();
		const cache = await caches.open(this.name);
		const worker = async (): Promise<void> => {
			for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
				await cache.put(origin + path, packed.get(path) ?? (await this.load(path)));
			}
		};
		await Promise.all(Array.from({ length: AT_ONCE }, worker));
		await cache.put(origin + COMPLETE, new Response(build));
	}

	/** Drops sets of other builds that no open page uses any more. */
	async tidy(inUse: ReadonlySet<string>): Promise<void> {
		for (const set of await this.sets()) {
			if (set === this.name || inUse.has(set.slice(PREFIX.length))) continue;
			await this.options.caches.delete(set);
		}
	}

	/** The shell for a navigation, or null when this build's set is not complete. */
	async shell(): Promise<Response | null> {
		const own = await this.own();
		return (await own?.match(this.options.origin + SHELL)) ?? null;
	}

	/** A file of any set, or null. */
	async file({ pathname }: URL): Promise<Response | null> {
		const { origin } = this.options;
		const own = await this.own();
		const found = await own?.match(origin + pathname);
		if (found) return found;
		// A page of an older build asks for its own chunks: they are in its set as long as it is open.
		if (!pathname.startsWith('/_app/immutable/')) return null;
		for (const set of await this.sets()) {
			const hit = await (await this.complete(set))?.match(origin + pathname);
			if (hit) return hit;
		}
		return null;
	}

	/** Whether an address is one of this build's files. */
	has(url: URL): boolean {
		return this.revisions.has(url.pathname);
	}

	private async sets(): Promise<string[]> {
		return (await this.options.caches.keys()).filter((key) => key.startsWith(PREFIX));
	}

	/** This build's set, or null when it is not complete. */
	private async own(): Promise<Cache | null> {
		return (await this.options.caches.has(this.name)) ? this.complete(this.name) : null;
	}

	private async complete(set: string): Promise<Cache | null> {
		const { caches, origin } = this.options;
		const cache = await caches.open(set);
		return (await cache.match(origin + COMPLETE)) ? cache : null;
	}

	/**
	 * Files of this build that come in one answer; none where sets of other builds have half of them or more. (Most scripts
	 * of another build have another name, as each names those that it needs.)
	 */
	private async unpack(): Promise<ReadonlyMap<string, Response>> {
		if (this.pack === undefined) return new Map();
		const named = [...this.revisions].filter(([, revision]) => revision === null);
		const copies = await Promise.all(named.map(([path]) => this.copy(path)));
		if (2 * copies.filter((copy) => copy === null).length <= named.length) return new Map();
		try {
			return await readPack(await this.fetch(this.pack));
		} catch (error) {
			// Cut off on its way, withheld or garbled: whether the files can be had is seen at each of them.
			if (error instanceof TypeError || error instanceof SyntaxError) return new Map();
			throw error;
		}
	}

	private async load(path: string): Promise<Response> {
		return (await this.copy(path)) ?? this.fetch(path);
	}

	/** Fetches one file past the browser's own cache; rejects with TypeError when the answer is not that file. */
	private async fetch(path: string): Promise<Response> {
		const { fetch, origin } = this.options;
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

	/** The same file in a set that is already here: only for addresses that change with the content. */
	private async copy(path: string): Promise<Response | null> {
		if (this.revisions.get(path) !== null) return null;
		return (await this.options.caches.match(this.options.origin + path)) ?? null;
	}
}
