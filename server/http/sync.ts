/** The sync requests over HTTP, for the worker and for networks on which WebSocket is blocked. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import * as v from 'valibot';
import { uid } from '../../src/lib/protocol/scalars.ts';
import { isRefused, REQUEST_NAMES, type RequestName } from '../../src/lib/protocol/events.ts';
import { DEVICE_HEADER, PERSON_HEADER, VERSION_HEADER } from '../../src/lib/protocol/http.ts';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import { addressKey } from '../auth/limits.ts';
import { versionProblem } from '../dispatcher.ts';
import type { RouteContext } from './context.ts';
import { sendRefusal } from './reply.ts';

/** Signals pass between sockets alone. */
const OVER_HTTP = REQUEST_NAMES.filter((name) => name !== 'signal');

/** Rejects with RefusalError what needs a socket: over HTTP, a worker that has no page open declines, and nothing else. */
function refuseLive(name: RequestName, body: unknown): void {
	if (name !== 'call') return;
	const asked = (body as { do?: unknown } | null)?.do;
	if (asked !== 'decline') throw new RefusalError(refuse('calls_off'));
}

export function syncRoutes(api: FastifyInstance, context: RouteContext): void {
	for (const name of OVER_HTTP) {
		api.post(`/api/sync/${name}`, async (request, reply) => {
			const { person, session } = await context.identify(request, reply);
			const device = readDevice(request);
			refuseLive(name, request.body);
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
