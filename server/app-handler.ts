/** Serves the built app: SvelteKit's handler, with headers for files that it serves as they are. */
import { readdirSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ASSETS_ROOT, isUnder, pathOf, SHARE_PATH } from '../src/lib/protocol/paths.ts';
import { BUILD } from './build.ts';
import type { Config } from './config.ts';
import type { PageHandler } from './http/server.ts';

/** SvelteKit's handler calls `next` for what it does not know. */
type Handler = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/** The paths of all files that the app is made of. */
function assetsOf(build: string): Set<string> {
	const client = join(build, 'client');
	const files = readdirSync(join(client, ASSETS_ROOT), { recursive: true, withFileTypes: true });
	return new Set(
		files
			.filter((file) => file.isFile())
			.map((file) => join(file.parentPath, file.name).slice(client.length).replaceAll('\\', '/'))
	);
}

/** Loads the build and answers what serves it. */
export async function createAppHandler(config: Config): Promise<PageHandler> {
	// The handler reads this when it is loaded, and understands one origin only.
	process.env.ORIGIN = config.origins?.[0] ?? `http://localhost:${config.port}`;
	const { handler } = (await import(pathToFileURL(join(BUILD, 'handler.js')).href)) as {
		handler: Handler;
	};
	const assets = assetsOf(BUILD);
	return (request, response) => {
		// Asked for again each time; what never changes under its name says so itself.
		response.setHeader('cache-control', 'no-cache');
		const path = pathOf(request.url);
		// A page in the place of a script would leave an old tab with a white screen for ever.
		if (isUnder(ASSETS_ROOT, path) && !assets.has(path)) return sendNotFound(response);
		if (request.method === 'POST' && path === SHARE_PATH) return askToShareAgain(response);
		handler(request, response, () => sendNotFound(response));
	};
}

function sendNotFound(response: ServerResponse): void {
	response.setHeader('cache-control', 'no-store');
	response.setHeader('content-type', 'text/plain; charset=utf-8');
	response.writeHead(404).end('Not found\n');
}

/**
 * The service worker takes what other apps share. A form that comes here found none: the person is asked to
 * share it once more, now that there will be one.
 */
function askToShareAgain(response: ServerResponse): void {
	response.setHeader('location', `${SHARE_PATH}?fault=missed`);
	response.writeHead(303).end();
}
