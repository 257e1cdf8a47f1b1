/** Bytes that never change under their name, but that not everybody may always have: caches ask again each time. */
import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Sets what caches need to ask again, and tells whether the asker holds these very bytes already: then 304 is all
 * there is to say (RFC 9110, 13.1.2).
 * @param name of the bytes, the same for ever
 * @param who "public" where the right to have them does not depend on who asks
 */
export function isHeldAlready(
	request: FastifyRequest,
	reply: FastifyReply,
	name: string,
	who: 'public' | 'private'
): boolean {
	const tag = `"${name}"`;
	reply.header('cache-control', `${who}, no-cache`).header('etag', tag);
	const held = request.headers['if-none-match'];
	return (
		held !== undefined && held.split(',').some((one) => one.trim().replace(/^W\//, '') === tag)
	);
}
