/** A page that runs a module of the tests in a real browser, apart from the app. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { build, type Rolldown } from 'vite';

export interface TestPage {
	url: string;
	stop(): Promise<void>;
}

/**
 * Bundles a module and serves a page that loads it.
 * @param entry path of the module
 */
export async function serveModule(entry: string): Promise<TestPage> {
	const built = (await build({
		configFile: false,
		logLevel: 'error',
		build: {
			write: false,
			target: 'es2024',
			minify: true,
			rolldownOptions: { input: entry, output: { format: 'es', codeSplitting: false } }
		}
	})) as Rolldown.RolldownOutput;
	const script = built.output[0].code;
	const server = createServer((request, response) => {
		if (request.url === '/module.js') {
			response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
			return;
		}
		response
			.writeHead(200, { 'content-type': 'text/html' })
			.end('<!doctype html><title>test</title><script type="module" src="/module.js"></script>');
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
		stop: () => new Promise((resolve) => server.close(() => resolve()))
	};
}
