/** Which pages of other origins may use the compatible API (docs/compat-api, rule 1.6). */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Seconds that a browser may remember what it was told about CORS. */
const MAX_AGE = 600;
const METHODS = 'GET, POST, PUT, PATCH, DELETE, OPTIONS';

/** Lets pages of these origins read and embed the answer. @param origins null: all */
export function allowOrigin(
	reply: FastifyReply,
	request: FastifyRequest,
	origins: string[] | null
): void {
	reply.header('cross-origin-resource-policy', 'cross-origin');
	reply.header('access-control-expose-headers', 'retry-after');
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

/**
 * Answers preflights for everything under these paths, those of the app's own API included: its pages never
 * send one, and another origin's may ask before it is refused.
 */
export function answerPreflights(server: FastifyInstance, roots: readonly string[]): void {
	const answer = (_request: FastifyRequest, reply: FastifyReply) =>
		reply
			.header('access-control-allow-methods', METHODS)
			.header('access-control-allow-headers', 'authorization, content-type')
			.header('access-control-max-age', MAX_AGE)
			.code(204)
			.send();
	for (const root of roots) {
		server.options(root, answer);
		server.options(`${root}/*`, answer);
	}
}
