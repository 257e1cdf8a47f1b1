/**
 * Profile pictures. Their names are random and new for every picture, so who knows an address was
 * shown the card, and the bytes behind it never change.
 */
import type { FastifyInstance } from 'fastify';
import { AVATARS_ROOT } from '../../src/lib/protocol/paths.ts';
import type { RouteContext } from './context.ts';
import { sendNotFound } from './reply.ts';
import { FILE_POLICY } from './security-headers.ts';

const NAME = /^[0-9a-f]{32}\.(webp|jpg|png)$/;
/** Seconds for which a browser need not ask again: a year, the most that caches heed (RFC 9111). */
const FOR_EVER = 31_536_000;

export function avatarRoutes(api: FastifyInstance, { domain }: RouteContext): void {
	api.get<{ Params: { name: string } }>(`${AVATARS_ROOT}/:name`, async (request, reply) => {
		const { name } = request.params;
		const picture = NAME.test(name) ? await domain.avatar(name) : null;
		if (!picture) return sendNotFound(reply);
		return (
			reply
				.header('content-type', picture.type)
				.header('cache-control', `public, max-age=${FOR_EVER}, immutable`)
				.header('content-security-policy', FILE_POLICY)
				// Clients of the compatible API show pictures from another origin.
				.header('cross-origin-resource-policy', 'cross-origin')
				.header('access-control-allow-origin', '*')
				.send(Buffer.from(picture.bytes))
		);
	});
}
