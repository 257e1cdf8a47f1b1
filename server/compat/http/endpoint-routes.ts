/** Makes routes of the calls: who calls is proved by a token, and requests are checked by their schemas. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { addressKey } from '../../auth/limits.ts';
import { ApiError, unauthorized } from '../errors.ts';
import type { CompatContext } from '../context.ts';
import { bearerIn } from './bearer.ts';
import { readFields } from './forms.ts';
import { read, type Caller, type Endpoint } from './endpoint.ts';

/** Adds a route for each path of each call. */
export function createEndpointRoutes(
	server: FastifyInstance,
	context: Pick<CompatContext, 'config' | 'limits' | 'store' | 'tokens'>,
	endpoints: readonly Endpoint[]
): void {
	const { config, limits, store, tokens } = context;

	/** Whom the token stands for. @throws ApiError 401 */
	async function identify(request: FastifyRequest): Promise<Caller> {
		const token = bearerIn(request.headers.authorization);
		const bearer = token === null ? null : await tokens.identify(token);
		const card = bearer && (await store.activeCard(bearer.person));
		if (!bearer || !card) throw unauthorized();
		await limits.take('api-token', bearer.session);
		const address = addressKey(request.ip);
		return { who: { ...bearer, device: `api:${bearer.session}`, address }, card };
	}

	async function callerOf(endpoint: Endpoint, request: FastifyRequest): Promise<Caller | null> {
		if (endpoint.auth === 'open') return null;
		const isGuest = request.headers.authorization === undefined && config.guests;
		if (endpoint.auth === 'guest' && isGuest) return null;
		const caller = await identify(request);
		if (request.method === 'GET') await limits.take('reads', caller.who.person);
		return caller;
	}

	function addRoute(endpoint: Endpoint, url: string): void {
		const { method, params, query, body } = endpoint;
		server.route({
			method,
			url,
			async handler(request, reply) {
				const caller = await callerOf(endpoint, request);
				return endpoint.handle({
					caller: caller as never,
					params: params && read(params, request.params),
					query: query && read(query, request.query),
					body: body && read(body, await bodyOf(endpoint, request)),
					request,
					reply
				});
			}
		});
	}

	for (const endpoint of endpoints) {
		for (const path of endpoint.paths) addRoute(endpoint, path);
	}
}

/** The body, whether it came as JSON or as a form. @throws ApiError 415 */
async function bodyOf(endpoint: Endpoint, request: FastifyRequest): Promise<unknown> {
	if (!request.isMultipart()) return request.body ?? {};
	if (!endpoint.form) throw new ApiError(415, 'Send the body as application/json.');
	return readFields(request);
}
