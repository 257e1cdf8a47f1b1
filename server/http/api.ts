/** The app's own API: a Fastify plugin with everything under /api that is not the compatible API's. */
import type { FastifyPluginAsync } from 'fastify';
import { API_ROOT } from '../../src/lib/protocol/paths.ts';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import { adminRoutes } from './admin.ts';
import { accountRoutes } from './account.ts';
import { avatarRoutes } from './avatars.ts';
import { createRouteContext, type AppApiOptions } from './context.ts';
import { fileRoutes } from './files.ts';
import { healthRoutes } from './health.ts';
import { pushRoutes } from './push.ts';
import { refusalOfFastify, sendNotFound, sendRefusal } from './reply.ts';
import { securityRoutes } from './security.ts';
import { serverViewRoutes } from './server-view.ts';
import { syncRoutes } from './sync.ts';
import { tokenRoutes } from './tokens.ts';

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

export const appApi: FastifyPluginAsync<AppApiOptions> = async (api, options) => {
	const { dispatcher, origins } = options;

	// Only JSON is read: what a form of another site can send is refused before its body is looked at (HTTP-7).
	api.removeAllContentTypeParsers();
	api.addContentTypeParser(
		'application/json',
		{ parseAs: 'string' },
		api.getDefaultJsonParser('error', 'error')
	);
	api.addHook('onRequest', async (request, reply) => {
		reply.header('cache-control', 'no-store');
		if (READING.has(request.method)) return;
		// Exact match: no Origin, "null", another port or a sub-domain are all somebody else (HTTP-6).
		const { origin } = request.headers;
		if (origin === undefined || !origins().has(origin)) {
			throw new RefusalError(refuse('origin_refused'));
		}
	});
	api.setErrorHandler((error, request, reply) => {
		const known = refusalOfFastify(error);
		const refusal = known ?? dispatcher.refusalFor(error, `${request.method} ${request.url}`);
		const isMediaType = (error as { statusCode?: number }).statusCode === 415;
		return sendRefusal(reply, refusal, isMediaType ? 415 : null);
	});
	void api.register(
		async (scope) => {
			scope.setNotFoundHandler((_request, reply) => sendNotFound(reply));
		},
		{ prefix: API_ROOT }
	);

	const context = createRouteContext(options);
	healthRoutes(api, context);
	accountRoutes(api, context);
	securityRoutes(api, context);
	tokenRoutes(api, context);
	avatarRoutes(api, context);
	fileRoutes(api, context);
	pushRoutes(api, context);
	syncRoutes(api, context);
	serverViewRoutes(api, context);
	adminRoutes(api, context);
};
