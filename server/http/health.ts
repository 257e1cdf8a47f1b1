/** For whoever watches the server: does it live, and can it do its work? */
import type { FastifyInstance } from 'fastify';
import { refuse } from '../../src/lib/protocol/refusal.ts';
import { send, type Door } from './api.ts';

/** ms after which to look again. */
const LOOK_AGAIN = 2_000;

export function healthRoutes(api: FastifyInstance, door: Door): void {
	// Touches nothing, so that it answers at once whatever else goes on.
	api.get('/api/health', (_request, reply) => {
		reply.header('access-control-allow-origin', '*');
		return { ok: true, status: 'ok' };
	});

	api.get('/api/ready', (_request, reply) => {
		try {
			door.ready();
			return { ok: true };
		} catch (fault) {
			door.log.warn({ err: fault }, 'not ready');
			return send(reply, refuse('busy', { after: LOOK_AGAIN }));
		}
	});
}
