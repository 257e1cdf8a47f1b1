/** Complaint 24, TAB-6: caches are sets by build, and no build ever gets another one's page. */
import { beforeEach, describe, expect, it } from 'vitest';
import { ShellCache, type ShellFile } from '../../../src/lib/worker/shell-cache.ts';

const ORIGIN = 'https://roost.example';

/** CacheStorage, as far as it is used. */
class FakeCaches {
	readonly sets = new Map<string, Map<string, Response>>();

	#cache(set: Map<string, Response>): Pick<Cache, 'match' | 'put'> {
		return {
			match: (key) => Promise.resolve(set.get(String(key))?.clone()),
			put: (key, response) => {
				set.set(String(key), response);
				return Promise.resolve();
			}
		};
	}
	open(name: string): Promise<Cache> {
		const set = this.sets.get(name) ?? new Map<string, Response>();
		this.sets.set(name, set);
		return Promise.resolve(this.#cache(set) as Cache);
	}
	has = (name: string): Promise<boolean> => Promise.resolve(this.sets.has(name));
	keys = (): Promise<string[]> => Promise.resolve([...this.sets.keys()]);
	delete = (name: string): Promise<boolean> => Promise.resolve(this.sets.delete(name));
	match(key: RequestInfo | URL): Promise<Response | undefined> {
		for (const set of this.sets.values()) {
			const found = set.get(String(key));
			if (found) return Promise.resolve(found.clone());
		}
		return Promise.resolve(undefined);
	}
}

const page = (text: string): Response =>
	new Response(text, { headers: { 'content-type': 'text/html' } });
const script = (text: string): Response =>
	new Response(text, { headers: { 'content-type': 'text/javascript' } });

let caches: FakeCaches;
let served: Map<string, () => Response>;
let asked: string[];

function build(name: string, files: ShellFile[]): ShellCache {
	return new ShellCache({
		caches: caches as unknown as CacheStorage,
		fetch: (request) => {
			const { pathname } = new URL(request.url);
			asked.push(pathname);
			return Promise.resolve(served.get(pathname)?.() ?? new Response('no', { status: 404 }));
		},
		origin: ORIGIN,
		build: name,
		files
	});
}

const url = (path: string): URL => new URL(path, ORIGIN);
const ONE: ShellFile[] = [
	{ url: '/', revision: 'r1' },
	{ url: '_app/immutable/a.js', revision: null },
	{ url: '_app/immutable/same.js', revision: null }
];
const TWO: ShellFile[] = [
	{ url: '/', revision: 'r2' },
	{ url: '_app/immutable/b.js', revision: null },
	{ url: '_app/immutable/same.js', revision: null }
];

beforeEach(() => {
	caches = new FakeCaches();
	asked = [];
	served = new Map([
		['/', () => page('shell 1')],
		['/_app/immutable/a.js', () => script('a')],
		['/_app/immutable/b.js', () => script('b')],
		['/_app/immutable/same.js', () => script('same')]
	]);
});

describe('a set', () => {
	it('serves the shell and every file once it is complete', async () => {
		const one = build('one', ONE);
		expect(await one.shell()).toBeNull();
		await one.install();
		expect(await (await one.shell())?.text()).toBe('shell 1');
		expect(await (await one.file(url('/_app/immutable/a.js')))?.text()).toBe('a');
	});

	it.each<[string, () => Response]>([
		['a 404', () => new Response('no', { status: 404 })],
		['a server error', () => new Response('no', { status: 500 })],
		['the sign-in page of a hotel', () => page('please pay')]
	])('is not used when a script came as %s', async (_, answer) => {
		served.set('/_app/immutable/a.js', answer);
		const one = build('one', ONE);
		await expect(one.install()).rejects.toThrow('cannot keep /_app/immutable/a.js');
		expect(await one.shell()).toBeNull();
		expect(await one.file(url('/_app/immutable/same.js'))).toBeNull();
	});

	it('does not fetch again what another set already has under the same hashed name', async () => {
		await build('one', ONE).install();
		asked = [];
		await build('two', TWO).install();
		expect(asked.sort()).toEqual(['/', '/_app/immutable/b.js']);
	});

	it('a file that no set has is nothing: the network answers, and a 404 stays one', async () => {
		const one = build('one', ONE);
		await one.install();
		expect(await one.file(url('/_app/immutable/gone.js'))).toBeNull();
	});
});

describe('two builds', () => {
	it('a page of the old build still gets its chunks, a navigation the new shell', async () => {
		await build('one', ONE).install();
		served.set('/', () => page('shell 2'));
		const two = build('two', TWO);
		await two.install();
		await two.tidy(new Set(['one', 'two']));
		expect(await (await two.shell())?.text()).toBe('shell 2');
		expect(await (await two.file(url('/_app/immutable/a.js')))?.text()).toBe('a');
	});

	it('the old set goes when no page uses it any more', async () => {
		await build('one', ONE).install();
		const two = build('two', TWO);
		await two.install();
		await two.tidy(new Set(['two']));
		expect([...caches.sets.keys()]).toEqual(['roost-shell-two']);
	});

	it('caches of other purposes are left alone', async () => {
		await caches.open('roost-media');
		const one = build('one', ONE);
		await one.install();
		await one.tidy(new Set());
		expect(caches.sets.has('roost-media')).toBe(true);
	});

	it('a set that is whole is not taken apart by another installation, least of all without a network', async () => {
		const one = build('one', ONE);
		await one.install();
		served.clear();
		await build('one', ONE).install();
		expect(await one.shell()).not.toBeNull();
	});
});

describe('a pack', () => {
	const PACK = '/_app/immutable/assets/pack.h1.json';
	const FILES = [...ONE, { url: PACK.slice(1), revision: null }];
	const pack = (body: string): Response =>
		new Response(body, {
			headers: {
				'content-type': 'application/json',
				etag: 'e',
				'x-content-type-options': 'nosniff'
			}
		});
	const texts = { '/_app/immutable/a.js': 'a of the pack', '/_app/immutable/same.js': 'same' };
	beforeEach(() => served.set(PACK, () => pack(JSON.stringify(texts))));

	it('brings what is in it at once, with the headers of every answer; the rest is asked for', async () => {
		const one = build('one', FILES);
		await one.install();
		expect(asked.sort()).toEqual(['/', PACK]);
		const file = await one.file(url('/_app/immutable/a.js'));
		expect(await file?.text()).toBe('a of the pack');
		expect(Object.fromEntries(file?.headers ?? [])).toEqual({
			'content-type': 'text/javascript',
			'x-content-type-options': 'nosniff'
		});
		expect(one.has(url(PACK))).toBe(false);
	});

	it('is not asked for where another build has half of it already, and is where it has less', async () => {
		await build('one', ONE).install();
		asked = [];
		await build('two', [...TWO, { url: PACK.slice(1), revision: null }]).install();
		expect(asked.sort()).toEqual(['/', '/_app/immutable/b.js']);
		asked = [];
		const more = ['c.js', 'd.js', 'e.js'].map((name) => ({
			url: `_app/immutable/${name}`,
			revision: null
		}));
		for (const { url: path } of more) served.set(`/${path}`, () => new Response(path));
		await build('three', [...FILES, ...more]).install();
		expect(asked).toContain(PACK);
	});

	it.each<[string, () => Response]>([
		['a 404', () => new Response('no', { status: 404 })],
		['the sign-in page of a hotel', () => page('please pay')],
		['half of it', () => pack(JSON.stringify(texts).slice(0, 30))],
		['something else', () => pack('null')]
	])('that came as %s: every file is asked for', async (_, answer) => {
		served.set(PACK, answer);
		const one = build('one', FILES);
		await one.install();
		expect(await (await one.file(url('/_app/immutable/a.js')))?.text()).toBe('a');
	});
});
