/** The HTTP door: everything under /api. */
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { LIMITS } from '../../src/lib/protocol/limits.ts';
import { refuse, RefusalError, type Refusal } from '../../src/lib/protocol/refusal.ts';
import type { Accounts } from '../auth/accounts.ts';
import type { Identity, Sessions } from '../auth/sessions.ts';
import type { Tokens } from '../auth/tokens.ts';
import type { Doors } from '../doors.ts';
import type { Domain } from '../domain/ports.ts';
import { errorBody } from '../compat/errors.ts';
import type { Files } from '../files/files.ts';
import type { Log } from '../log.ts';
import type { Notifier } from '../push/notifier.ts';
import type { PushStore } from '../push/ports.ts';
import type { Vapid } from '../push/vapid.ts';
import { accountRoutes } from './account.ts';
import { avatarRoutes } from './avatars.ts';
import { fileRoutes } from './files.ts';
import { healthRoutes } from './health.ts';
import { pushRoutes } from './push.ts';
import { securityRoutes } from './security.ts';
import { statusOf } from './status.ts';
import { syncRoutes } from './sync.ts';
import { tokenRoutes } from './tokens.ts';

/** What the routes need. */
export interface HttpParts {
	domain: Domain;
	accounts: Accounts;
	sessions: Sessions;
	tokens: Tokens;
	doors: Doors;
	files: Files;
	push: PushParts;
	log: Log;
	/** exact origins from which browsers may act, known once the server listens */
	origins: () => Set<string>;
	/** whether the server can do its work; throws what keeps it */
	ready: () => void;
	trustedProxies: number;
}

/** What the routes of notifications need. */
export interface PushParts {
	store: PushStore;
	notifier: Notifier;
	vapid: Vapid;
	/** hosts of push services that are allowed besides the known ones */
	trusted: readonly string[];
}

/** What every route can ask of the door. */
export interface Door extends HttpParts {
	/** Whoever the cookie stands for; rejects with RefusalError("session_ended"). */
	identify(request: FastifyRequest, reply: FastifyReply): Promise<Identity>;
}

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Builds the door; call `ready()` on the answer before the first request. */
export function createApi(parts: HttpParts): FastifyInstance {
	const api = Fastify({
		logger: false,
		bodyLimit: LIMITS.eventBytes,
		trustProxy: (_address: string, hop: number) => hop < parts.trustedProxies,
		routerOptions: { ignoreTrailingSlash: true, maxParamLength: 200 }
	});
	const door: Door = {
		...parts,
		async identify(request, reply) {
			const identity = await parts.sessions.identify(request.headers.cookie);
			if (!identity) throw new RefusalError(refuse('session_ended'));
			if (identity.renewed) reply.header('set-cookie', identity.renewed);
			return identity;
		}
	};

	// Only JSON is read: what a form of another site can send is refused before its body is looked at (H7).
	api.removeContentTypeParser('text/plain');
	api.addHook('onRequest', async (request, reply) => {
		reply.header('cache-control', 'no-store');
		reply.header('x-content-type-options', 'nosniff');
		if (READING.has(request.method)) return;
		// Exact match: no Origin, "null", another port or a sub-domain are all somebody else (H6).
		const { origin } = request.headers;
		if (origin === undefined || !parts.origins().has(origin)) {
			throw new RefusalError(refuse('origin_refused'));
		}
	});
	// Programs of the compatible API that miss a path are told so in their own form, too.
	api.setNotFoundHandler((_request, reply) => {
		reply.header('access-control-allow-origin', '*');
		return reply.code(404).send({ refused: refuse('not_found'), ...errorBody('Not found.') });
	});
	api.setErrorHandler((fault, request, reply) => {
		const known = refusalOfFastify(fault);
		const refusal = known ?? parts.doors.refusalFor(fault, `${request.method} ${request.url}`);
		// A body that was not read to its end would be taken for the next request.
		if (refusal.code === 'too_large') reply.header('connection', 'close');
		return send(reply, refusal, (fault as { statusCode?: number }).statusCode === 415 ? 415 : null);
	});

	healthRoutes(api, door);
	accountRoutes(api, door);
	securityRoutes(api, door);
	tokenRoutes(api, door);
	avatarRoutes(api, door);
	fileRoutes(api, door);
	pushRoutes(api, door);
	syncRoutes(api, door);
	return api;
}

/** Answers with a refusal. */
export function send(
	reply: FastifyReply,
	refusal: Refusal,
	status: number | null = null
): FastifyReply {
	if (refusal.after !== undefined) reply.header('retry-after', Math.ceil(refusal.after / 1_000));
	return reply.code(status ?? statusOf(refusal.code)).send({ refused: refusal });
}

/** Fastify's own errors about a body: bad JSON, forbidden keys, wrong type, too long. */
function refusalOfFastify(fault: unknown): Refusal | null {
	if (fault instanceof RefusalError) return null;
	const status = (fault as { statusCode?: unknown }).statusCode;
	if (status === 413) return refuse('too_large');
	return typeof status === 'number' && status >= 400 && status < 500 ? refuse('malformed') : null;
}
