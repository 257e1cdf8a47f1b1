/** The sync requests over HTTP, for the worker and for networks on which WebSocket is blocked. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import * as v from 'valibot';
import { uid } from '../../src/lib/protocol/scalars.ts';
import { isRefused, REQUEST_NAMES } from '../../src/lib/protocol/events.ts';
import { DEVICE_HEADER, PERSON_HEADER, VERSION_HEADER } from '../../src/lib/protocol/http.ts';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import { addressKey } from '../auth/limits.ts';
import { versionProblem } from '../dispatcher.ts';
import type { RouteContext } from './context.ts';
import { sendRefusal } from './reply.ts';

export function syncRoutes(api: FastifyInstance, context: RouteContext): void {
	for (const name of REQUEST_NAMES) {
		api.post(`/api/sync/${name}`, async (request, reply) => {
			const { person, session } = await context.identify(request, reply);
			const device = readDevice(request);
			// What one account has queued is never sent under another one's cookie.
			const meant = request.headers[PERSON_HEADER];
			if (meant !== undefined && meant !== person) throw new RefusalError(refuse('session_ended'));
			const who = { person, session, device, address: addressKey(request.ip) };
			const answer = await context.dispatcher.answer(name, who, request.body, (taken) => {
				if (reply.raw.closed) taken();
				else reply.raw.once('close', taken);
			});
			return isRefused(answer) ? sendRefusal(reply, answer.refused) : answer;
		});
	}
}

/** The device that asks; rejects with RefusalError when it is not named, or needs a newer app. */
function readDevice(request: FastifyRequest): string {
	const problem = versionProblem(Number(request.headers[VERSION_HEADER] ?? Number.NaN));
	if (problem) throw new RefusalError(problem);
	const device = request.headers[DEVICE_HEADER];
	if (!v.is(uid, device)) throw new RefusalError(refuse('malformed', { field: DEVICE_HEADER }));
	return device;
}
