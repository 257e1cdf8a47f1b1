/** How the compatible API says "no". */
import type { FastifyReply } from 'fastify';
import { errorBody } from '../../http/error-body.ts';
import { ApiError, notFound } from '../errors.ts';

/** Answers with an error. */
export function sendError(
	reply: FastifyReply,
	{ status, message, fields, retryAfter }: ApiError
): FastifyReply {
	if (status === 401) reply.header('www-authenticate', 'Bearer');
	if (retryAfter !== null) reply.header('retry-after', retryAfter);
	// A body that was not read to its end would be taken for the next request.
	if (status === 413) reply.header('connection', 'close');
	return reply.code(status).send(errorBody(message, fields));
}

/**
 * Fastify's own errors about a body: bad JSON, forbidden keys, wrong type, too long, bad multipart. Null for
 * any other.
 */
export function errorOfFastify(error: unknown): ApiError | null {
	const { statusCode, code } = error as { statusCode?: unknown; code?: unknown };
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
