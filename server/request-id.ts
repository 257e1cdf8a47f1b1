/** One id for everything that a request does, so that the lines which it leaves in the log are found together. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { pathOf } from '../src/lib/protocol/paths.ts';

/** The header of an answer that says its request's id: people can name it to whoever runs the server. */
const REQUEST_ID_HEADER = 'x-request-id';

const current = new AsyncLocalStorage<string>();

/** The id of the request that is being answered; undefined outside of any. */
export const requestId = (): string | undefined => current.getStore();

/** Never taken from the request: a stranger's text has no place in the log. */
export const newRequestId = (): string => randomUUID();

/** Does something as one request, or as part of the one that is being answered. */
export function asRequest<A>(run: () => A): A {
	return requestId() === undefined ? current.run(newRequestId(), run) : run();
}

/** Does something that is of no request, whoever set it going. */
export const outsideRequests = <A>(run: () => A): A => current.exit(run);

/**
 * Has each HTTP request done under its id, and the id in its answer.
 * @param isTold whether the answer to this address says it: the first view is made of some eighty small files, and a
 * header is a twentieth of them
 */
export function nameRequests(fastify: FastifyInstance, isTold: (path: string) => boolean): void {
	fastify.addHook('onRequest', (request, reply, done) => {
		// On the answer itself: whoever takes it over, for uploads, sends it, too.
		if (isTold(pathOf(request.url))) reply.raw.setHeader(REQUEST_ID_HEADER, request.id);
		current.run(request.id, done);
	});
	// A body comes by events of the connection, which know nothing of the request.
	fastify.addHook('preHandler', (request, _reply, done) => current.run(request.id, done));
}
