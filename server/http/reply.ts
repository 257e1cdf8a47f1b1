/** How the app's API says "no". */
import type { FastifyReply } from 'fastify';
import { refuse, RefusalError, type Refusal } from '../../src/lib/protocol/refusal.ts';
import { errorBody } from './error-body.ts';
import { statusOf } from './status.ts';

/** Answers with a refusal. @param status where it is not the one that goes with the refusal */
export function sendRefusal(
	reply: FastifyReply,
	refusal: Refusal,
	status: number | null = null
): FastifyReply {
	if (refusal.after !== undefined) reply.header('retry-after', Math.ceil(refusal.after / 1_000));
	// A body that was not read to its end would be taken for the next request.
	if (refusal.code === 'too_large') reply.header('connection', 'close');
	return reply.code(status ?? statusOf(refusal.code)).send({ refused: refusal });
}

/** 404, in the form of both APIs: programs of the compatible one that miss a path come here, too. */
export function sendNotFound(reply: FastifyReply): FastifyReply {
	return reply
		.code(404)
		.header('access-control-allow-origin', '*')
		.send({ refused: refuse('not_found'), ...errorBody('Not found.') });
}

/** Fastify's own errors about a body: bad JSON, forbidden keys, wrong type, too long. Null for any other. */
export function refusalOfFastify(error: unknown): Refusal | null {
	if (error instanceof RefusalError) return null;
	const status = (error as { statusCode?: unknown }).statusCode;
	if (status === 413) return refuse('too_large');
	return typeof status === 'number' && status >= 400 && status < 500 ? refuse('malformed') : null;
}
