/** The HTTP door of the compatible API: tokens, CORS, limits and errors, the same for every call. */
import formbody from '@fastify/formbody';
import multipart from '@fastify/multipart';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { LIMITS } from '../../../src/lib/protocol/limits.ts';
import { addressKey } from '../../auth/limits.ts';
import { ApiError, asApiError, errorBody, notFound, serverFault, unauthorized } from '../errors.ts';
import type { CompatParts } from '../parts.ts';
import { read, type Caller, type Endpoint } from './endpoint.ts';

/** Fields of a form that is no upload: how many, and bytes of each. */
const FORM_FIELDS = { fields: 20, fieldSize: 16_384, files: 0, parts: 20 };
/** s that a browser may remember what it was told about CORS. */
const CORS_LASTS = 600;
const METHODS = 'GET, POST, PUT, PATCH, DELETE, OPTIONS';
const BEARER = /^Bearer +([^\s]+) *$/i;

/** Who may embed and read: everybody, or the pages of these origins. */
function allowOrigin(reply: FastifyReply, request: FastifyRequest, origins: string[] | null): void {
	if (origins === null) {
		reply.header('access-control-allow-origin', '*');
		return;
	}
	reply.header('vary', 'origin');
	const { origin } = request.headers;
	if (origin !== undefined && origins.includes(origin)) {
		reply.header('access-control-allow-origin', origin);
	}
}

/** The token in an Authorization header; null when there is none. */
export function bearerIn(header: string | undefined): string | null {
	return BEARER.exec(header ?? '')?.[1] ?? null;
}

/** Builds the door; call `ready()` on the answer before the first request. */
export function createDoor(parts: CompatParts): FastifyInstance {
	const { config, limits, log, store, tokens } = parts;
	const door = Fastify({
		logger: false,
		bodyLimit: LIMITS.eventBytes,
		trustProxy: (_address: string, hop: number) => hop < config.trustedProxies,
		routerOptions: { ignoreTrailingSlash: true, maxParamLength: 400 }
	});
	door.removeContentTypeParser('text/plain');
	door.removeContentTypeParser('application/json');
	const json = door.getDefaultJsonParser('error', 'error');
	// Some clients name JSON as the type of a body that they do not send.
	door.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
		if (body === '') done(null, undefined);
		else void json(request, body as string, done);
	});
	void door.register(formbody, { bodyLimit: LIMITS.eventBytes });
	void door.register(multipart, { throwFileSizeLimit: false });

	door.addHook('onRequest', async (request, reply) => {
		allowOrigin(reply, request, config.corsOrigins);
		reply.header('access-control-expose-headers', 'retry-after');
		reply.header('cache-control', 'no-store');
		reply.header('x-content-type-options', 'nosniff');
		if (request.method !== 'OPTIONS') await limits.take('api-address', addressKey(request.ip));
	});
	door.options('*', (_request, reply) =>
		reply
			.header('access-control-allow-methods', METHODS)
			.header('access-control-allow-headers', 'authorization, content-type')
			.header('access-control-max-age', CORS_LASTS)
			.code(204)
			.send()
	);
	door.setErrorHandler((fault, request, reply) => {
		const known = asApiError(fault) ?? ofFastify(fault);
		if (!known)
			log.error({ err: fault, doing: `${request.method} ${request.url}` }, 'a request failed');
		return fail(reply, known ?? serverFault());
	});

	/** Whoever the token stands for. @throws ApiError 401 */
	async function identify(request: FastifyRequest): Promise<Caller> {
		const token = bearerIn(request.headers.authorization);
		const bearer = token === null ? null : tokens.identify(token);
		const card = bearer && store.card(bearer.person);
		if (!bearer || !card) throw unauthorized();
		await limits.take('api-token', bearer.session);
		return { who: { ...bearer, device: `api:${bearer.session}` }, card };
	}

	async function callerOf(endpoint: Endpoint, request: FastifyRequest): Promise<Caller | null> {
		if (endpoint.auth === 'open') return null;
		const isGuest = request.headers.authorization === undefined && config.guests;
		if (endpoint.auth === 'guest' && isGuest) return null;
		const caller = await identify(request);
		if (request.method === 'GET') await limits.take('reads', caller.who.person);
		return caller;
	}

	function serve(endpoint: Endpoint, path: string): void {
		const { method, params, query, body } = endpoint;
		door.route({
			method,
			url: path,
			async handler(request, reply) {
				const caller = await callerOf(endpoint, request);
				return endpoint.handle({
					caller: caller as never,
					params: params && read(params, request.params),
					query: query && read(query, request.query),
					body: body && read(body, await bodyOf(endpoint, request)),
					request,
					reply
				});
			}
		});
	}

	const served: Endpoint[] = [];
	door.decorate('serveAll', (endpoints: Endpoint[]) => {
		for (const endpoint of endpoints) {
			served.push(endpoint);
			for (const path of endpoint.paths) serve(endpoint, path);
		}
	});
	door.setNotFoundHandler((request, reply) => {
		const path = request.url.split('?', 1)[0]!;
		const methods = served.filter(({ paths }) => paths.some((one) => pattern(one).test(path)));
		if (methods.length === 0) return fail(reply, notFound());
		const allow = [...new Set(methods.map(({ method }) => method))].join(', ');
		reply.header('allow', `${allow}, OPTIONS`);
		return fail(reply, new ApiError(405, `${request.method} is not allowed here.`));
	});
	return door;
}

declare module 'fastify' {
	interface FastifyInstance {
		/** Answers these calls, under all their paths. */
		serveAll(endpoints: Endpoint[]): void;
	}
}

/** What a path with parameters matches, with or without a slash at its end. */
function pattern(path: string): RegExp {
	return new RegExp(`^${path.replace(/:\w+/g, '[^/]+').replace(/\/$/, '')}/?$`);
}

/** Answers with a "no". */
export function fail(reply: FastifyReply, { status, message, fields, retryAfter }: ApiError) {
	if (status === 401) reply.header('www-authenticate', 'Bearer');
	if (retryAfter !== null) reply.header('retry-after', retryAfter);
	// A body that was not read to its end would be taken for the next request.
	if (status === 413) reply.header('connection', 'close');
	return reply.code(status).send(errorBody(message, fields));
}

async function bodyOf(endpoint: Endpoint, request: FastifyRequest): Promise<unknown> {
	if (request.isMultipart()) {
		if (!endpoint.form) throw new ApiError(415, 'Send the body as application/json.');
		const fields: Record<string, unknown> = {};
		for await (const part of request.parts({ limits: FORM_FIELDS })) {
			if (part.type === 'field') fields[part.fieldname] = part.value;
		}
		return fields;
	}
	return request.body ?? {};
}

/** Fastify's own errors about a body: bad JSON, forbidden keys, wrong type, too long, bad multipart. */
function ofFastify(fault: unknown): ApiError | null {
	const { statusCode, code } = fault as { statusCode?: unknown; code?: unknown };
	if (typeof statusCode !== 'number' || statusCode < 400 || statusCode >= 500) return null;
	if (statusCode === 413) return new ApiError(413, 'The request is too large.');
	if (statusCode === 415) {
		return new ApiError(
			415,
			'Send the body as application/json, or as the form that this call takes.'
		);
	}
	if (statusCode === 416) return new ApiError(416, 'The file has no such part.');
	if (statusCode === 404) return notFound();
	return new ApiError(422, `The request could not be read (${String(code ?? 'malformed')}).`);
}
