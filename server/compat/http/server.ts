/**
 * The compatible API over HTTP: a Fastify plugin with its own parsers, CORS and form of errors. It answers
 * everything under its roots, unknown paths included.
 */
import formbody from '@fastify/formbody';
import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { LIMITS } from '../../../src/lib/protocol/limits.ts';
import { API_ROOT, COMPAT_ROOTS, pathOf } from '../../../src/lib/protocol/paths.ts';
import { addressKey } from '../../auth/limits.ts';
import { ApiError, asApiError, notFound, serverError } from '../errors.ts';
import type { CompatContext } from '../context.ts';
import { allowOrigin, answerPreflights } from './cors.ts';
import type { Endpoint } from './endpoint.ts';
import { createEndpointRoutes } from './endpoint-routes.ts';
import { pageRoutes } from './pages.ts';
import { errorOfFastify, sendError } from './reply.ts';
import { uploadRoutes } from './uploads.ts';

interface CompatServerOptions {
	context: CompatContext;
	endpoints: readonly Endpoint[];
}

export const compatServer: FastifyPluginAsync<CompatServerOptions> = async (server, options) => {
	const { context, endpoints } = options;
	const { config, limits, log } = context;

	addParsers(server);
	server.addHook('onRequest', async (request, reply) => {
		allowOrigin(reply, request, config.corsOrigins);
		reply.header('cache-control', 'no-store');
		if (request.method !== 'OPTIONS') await limits.take('api-address', addressKey(request.ip));
	});
	server.setErrorHandler((error, request, reply) => {
		const known = asApiError(error) ?? errorOfFastify(error);
		if (!known)
			log.error({ err: error, doing: `${request.method} ${request.url}` }, 'a request failed');
		return sendError(reply, known ?? serverError());
	});
	answerPreflights(server, [API_ROOT, ...COMPAT_ROOTS]);
	createEndpointRoutes(server, context, endpoints);
	uploadRoutes(server, context);
	pageRoutes(server, endpoints, config.version);

	const answerUnknown = unknownPathHandler(endpoints);
	for (const prefix of COMPAT_ROOTS) {
		void server.register(async (scope) => void scope.setNotFoundHandler(answerUnknown), { prefix });
	}
};

function addParsers(server: FastifyInstance): void {
	server.removeAllContentTypeParsers();
	const json = server.getDefaultJsonParser('error', 'error');
	// Some clients name JSON as the type of a body that they do not send.
	server.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
		if (body === '') done(null, undefined);
		else void json(request, body as string, done);
	});
	void server.register(formbody, { bodyLimit: LIMITS.eventBytes });
	void server.register(multipart, { throwFileSizeLimit: false });
}

/** 404; or 405 where a call of the path exists by another method. */
function unknownPathHandler(endpoints: readonly Endpoint[]) {
	return (request: FastifyRequest, reply: FastifyReply) => {
		const path = pathOf(request.url);
		const others = endpoints.filter(({ paths }) => paths.some((one) => patternOf(one).test(path)));
		if (others.length === 0) return sendError(reply, notFound());
		const allow = [...new Set(others.map(({ method }) => method))].join(', ');
		reply.header('allow', `${allow}, OPTIONS`);
		return sendError(reply, new ApiError(405, `${request.method} is not allowed here.`));
	};
}

/** What a path with parameters matches, with or without a slash at its end. */
function patternOf(path: string): RegExp {
	return new RegExp(`^${path.replace(/:\w+/g, '[^/]+').replace(/\/$/, '')}/?$`);
}
