/** Where the numbers are read: /metrics, for those who know the token, or on a port of its own. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { METRICS_PATH, pathOf } from '../../src/lib/protocol/paths.ts';
import { listen } from '../listen.ts';
import type { Log } from '../log.ts';

/** ms; the headers of a scrape are small. */
const HEADERS_WITHIN = 5_000;
/** Connections to the port of its own: a few scrapers. */
const CONNECTIONS_MAX = 16;

const UNSET =
	'Metrics are off. Set METRICS_TOKEN to read them here with "Authorization: Bearer <token>", or METRICS_PORT for a port of their own.\n';
const UNAUTHORIZED = 'The token of METRICS_TOKEN is needed: "Authorization: Bearer <token>".\n';

export interface MetricsAccess {
	/** what is asked for at /metrics of the server's own port; null: nothing is told there */
	token: string | null;
	/** a port of its own; null: none */
	port: number | null;
	/** the address of that port */
	host: string;
}

/** Whether somebody may ever read the numbers. */
export const isRead = ({ token, port }: MetricsAccess): boolean => token !== null || port !== null;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Whether a header brings this token; takes as long for a wrong one as for a right one. */
function brings(header: string | undefined, token: string): boolean {
	return timingSafeEqual(digest(header ?? ''), digest(`Bearer ${token}`));
}

/** Answers /metrics on the server's own port. */
export function metricsRoute(
	fastify: FastifyInstance,
	{ token }: MetricsAccess,
	registry: Registry
): void {
	fastify.get(METRICS_PATH, async (request, reply) => {
		void reply.header('cache-control', 'no-store').type('text/plain; charset=utf-8');
		if (token === null) return reply.code(404).send(UNSET);
		if (!brings(request.headers.authorization, token)) {
			return reply.code(401).header('www-authenticate', 'Bearer').send(UNAUTHORIZED);
		}
		return reply.type(registry.contentType).send(await registry.metrics());
	});
}

/**
 * Listens on the port of its own, if there is one.
 * @returns ends it; rejects with ListenError
 */
export async function listenForMetrics(
	{ token, port, host }: MetricsAccess,
	registry: Registry,
	log: Log
): Promise<() => Promise<void>> {
	if (port === null) return async () => undefined;
	const server = createServer({ headersTimeout: HEADERS_WITHIN, requestTimeout: HEADERS_WITHIN });
	server.maxConnections = CONNECTIONS_MAX;
	server.on('request', (request, response) => {
		const isWanted = pathOf(request.url) === METRICS_PATH && request.method === 'GET';
		if (!isWanted) return void response.writeHead(404).end();
		if (token !== null && !brings(request.headers.authorization, token)) {
			return void response.writeHead(401, { 'www-authenticate': 'Bearer' }).end(UNAUTHORIZED);
		}
		registry.metrics().then(
			(text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
			(error: unknown) => response.destroy(error instanceof Error ? error : undefined)
		);
	});
	const settings = { port: 'METRICS_PORT', host: 'METRICS_HOST' };
	await listen(server, { port, host, settings }, log);
	return () => end(server);
}

function end(server: Server): Promise<void> {
	server.closeAllConnections();
	return new Promise((resolve) => server.close(() => resolve()));
}
