/** For whoever watches the server: does it live, and can it do its work? */
import type { FastifyInstance } from 'fastify';
import { refuse } from '../../src/lib/protocol/refusal.ts';
import type { RouteContext } from './context.ts';
import { sendRefusal } from './reply.ts';

/** ms after which to look again. */
const LOOK_AGAIN = 2_000;

export function healthRoutes(api: FastifyInstance, context: RouteContext): void {
	// Touches nothing, so that it answers at once whatever else goes on.
	api.get('/api/health', (_request, reply) => {
		reply.header('access-control-allow-origin', '*');
		return { ok: true, status: 'ok' };
	});

	api.get('/api/ready', async (_request, reply) => {
		try {
			return { ok: true, ...(await context.ready()) };
		} catch (error) {
			context.log.warn({ err: error }, 'not ready');
			return sendRefusal(reply, refuse('busy', { after: LOOK_AGAIN }));
		}
	});
}
