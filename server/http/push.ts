/** Where a browser says that it takes pushes for this session, and tries whether they come. */
import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { SubscriptionBody, type PushState } from '../../src/lib/protocol/push.ts';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import { parse } from '../dispatcher.ts';
import { areKeys, isEndpoint } from '../push/push-endpoint.ts';
import type { RouteContext } from './context.ts';

export function pushRoutes(api: FastifyInstance, { identify, limits, push }: RouteContext): void {
	const { store, notifier, vapid, trusted } = push;

	api.get('/api/push', async (request, reply): Promise<PushState> => {
		const { session } = await identify(request, reply);
		return { key: vapid.publicKey, subscribed: (await store.ofSession(session)).length > 0 };
	});

	api.put('/api/push/subscription', async (request, reply) => {
		const { person, session } = await identify(request, reply);
		const { endpoint, keys } = parse(SubscriptionBody, request.body);
		if (!isEndpoint(endpoint, trusted)) {
			throw new RefusalError(refuse('malformed', { field: 'endpoint' }));
		}
		if (!areKeys(keys)) throw new RefusalError(refuse('malformed', { field: 'keys' }));
		const id = createHash('sha256').update(endpoint).digest('hex');
		// A browser has one subscription: the one it had before is of no use any more.
		for (const old of await store.ofSession(session)) if (old.id !== id) await store.remove(old.id);
		await store.put({ id, person, session, endpoint, ...keys }, Date.now());
		return { ok: true };
	});

	api.delete('/api/push/subscription', async (request, reply) => {
		const { session } = await identify(request, reply);
		for (const old of await store.ofSession(session)) await store.remove(old.id);
		return { ok: true };
	});

	api.post('/api/push/test', async (request, reply) => {
		const { person, session } = await identify(request, reply);
		await limits.take('push-test', person);
		return { delivered: await notifier.test(session) };
	});
}
