/** Serves the built app: SvelteKit's handler, with headers for files that it serves as they are. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BUILD } from './build.ts';
import type { Config } from './config.ts';
import type { Pages } from './host.ts';

/** The policy for scripts travels inside the page; framing can only be forbidden by a header. */
const HEADERS = {
	// Asked for again each time; what never changes under its name says so itself.
	'cache-control': 'no-cache',
	'content-security-policy': "frame-ancestors 'none'",
	'x-content-type-options': 'nosniff',
	'x-frame-options': 'DENY',
	'referrer-policy': 'no-referrer',
	'cross-origin-opener-policy': 'same-origin'
};
/** Two years, as preload lists ask for. */
const HSTS = 'max-age=63072000';
/**
 * Other apps share into this one by a form that the service worker takes and keeps on the device. One that
 * comes here found no worker: the person is told to share it once more, now that there will be one.
 */
const SHARED = '/share';
/** Where SvelteKit puts what the app is made of (its `appDir`). */
const ASSETS = '/_app/';

type Handler = (
	request: Parameters<Pages>[0],
	response: Parameters<Pages>[1],
	next: () => void
) => void;

function assetsOf(build: string): Set<string> {
	const client = join(build, 'client');
	const files = readdirSync(join(client, '_app'), { recursive: true, withFileTypes: true });
	return new Set(
		files
			.filter((file) => file.isFile())
			.map((file) => join(file.parentPath, file.name).slice(client.length).replaceAll('\\', '/'))
	);
}

/** Loads the build and answers what serves it. */
export async function createPages(config: Config): Promise<Pages> {
	// The handler reads this when it is loaded, and understands one origin only.
	process.env.ORIGIN = config.origins?.[0] ?? `http://localhost:${config.port}`;
	const { handler } = (await import(pathToFileURL(join(BUILD, 'handler.js')).href)) as {
		handler: Handler;
	};
	const assets = assetsOf(BUILD);
	return (request, response) => {
		for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
		if (config.secure) response.setHeader('strict-transport-security', HSTS);
		const path = (request.url ?? '/').split('?', 1)[0]!;
		// A page in the place of a script would leave an old tab with a white screen for ever.
		if (path.startsWith(ASSETS) && !assets.has(path)) return notFound(response);
		if (request.method === 'POST' && path === SHARED) return shareAgain(response);
		handler(request, response, () => notFound(response));
	};
}

function notFound(response: Parameters<Pages>[1]): void {
	response.setHeader('cache-control', 'no-store');
	response.setHeader('content-type', 'text/plain; charset=utf-8');
	response.writeHead(404).end('Not found\n');
}

function shareAgain(response: Parameters<Pages>[1]): void {
	response.setHeader('location', `${SHARED}?fault=missed`);
	response.writeHead(303).end();
}
