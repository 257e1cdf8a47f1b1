/**
 * The one HTTP server: Fastify, to which both APIs are added as plugins. What no route of theirs answers is a
 * page's; under the roots of the APIs nothing ever is.
 */
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { LIMITS } from '../../src/lib/protocol/limits.ts';
import {
	API_ROOT,
	COMPAT_ROOTS,
	isUnder,
	METRICS_PATH,
	pathOf
} from '../../src/lib/protocol/paths.ts';
import { refuse } from '../../src/lib/protocol/refusal.ts';
import { nameRequests, newRequestId } from '../request-id.ts';
import { createBrokenRequests } from './broken-requests.ts';
import { errorBody } from './error-body.ts';
import { setSecurityHeaders } from './security-headers.ts';
import { cutStalledResponses } from './stalled-response-guard.ts';
import { cutSlowBodies, FILE_WITHIN } from './slow-request-guard.ts';

/** ms: headers within 10 s; bodies as the slow-request guard says, in any case at the end of this. */
const TIMES = {
	headersTimeout: 10_000,
	requestTimeout: FILE_WITHIN,
	connectionsCheckingInterval: 2_000
};
/** Characters of a path's parameter; room names in paths are at most 100 characters, percent-encoded. */
const PARAM_MAX = 400;

/** Answers requests for pages. */
export type PageHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** A server that nothing listens to yet. Whatever needs it for sockets of its own gets it before the routes do. */
export const createNodeServer = (): Server => createServer(TIMES);

interface HttpServerOptions {
	/** where requests come in */
	server: Server;
	/** hops of proxies in front whose X-Forwarded-For is believed */
	trustedProxies: number;
	/** whether people come over https */
	secure: boolean;
	/** answers what no route does */
	pages: PageHandler;
}

export interface HttpServer {
	/** The APIs are registered on it. */
	fastify: FastifyInstance;
	/** Sets security headers and cuts slow senders and readers who take nothing. Call once, after Socket.IO was attached. */
	guardRequests(): void;
}

/** Builds the server with its fallback and without any API. */
export function createHttpServer(options: HttpServerOptions): HttpServer {
	const { server, trustedProxies, secure, pages } = options;
	const broken = createBrokenRequests(secure);

	function servePage(request: FastifyRequest, reply: FastifyReply): void {
		reply.hijack();
		pages(request.raw, reply.raw);
	}

	/** Addresses that no route can be looked up for: bad percent-encoding, parameters that are too long. */
	function refuseAddress(
		error: { statusCode?: number },
		request: FastifyRequest,
		reply: FastifyReply
	) {
		if (!isApi(pathOf(request.raw.url))) return servePage(request, reply);
		void reply
			.code(error.statusCode ?? 400)
			.header('cache-control', 'no-store')
			.header('access-control-allow-origin', '*')
			.send({
				refused: refuse('malformed'),
				...errorBody('The address of the request is malformed.')
			});
	}

	const fastify = Fastify({
		logger: false,
		genReqId: newRequestId,
		bodyLimit: LIMITS.eventBytes,
		trustProxy: (_address: string, hop: number) => hop < trustedProxies,
		routerOptions: { ignoreTrailingSlash: true, maxParamLength: PARAM_MAX },
		serverFactory: (handler) => server.on('request', handler),
		clientErrorHandler: broken.onClientError,
		frameworkErrors: refuseAddress
	});
	nameRequests(fastify, (path) => isApi(path) || path === METRICS_PATH);
	// The page handler reads bodies itself; each API adds parsers for what it takes.
	fastify.removeAllContentTypeParsers();
	fastify.addContentTypeParser('*', (_request, _payload, done) => done(null));
	fastify.setNotFoundHandler(servePage);

	return {
		fastify,
		guardRequests() {
			broken.watch(server);
			cutSlowBodies(server, broken.endWith);
			cutStalledResponses(server);
			setSecurityHeaders(server, secure);
		}
	};
}

function isApi(path: string): boolean {
	return [API_ROOT, ...COMPAT_ROOTS].some((root) => isUnder(root, path));
}
