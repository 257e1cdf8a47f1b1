/** What a person does about the account itself: another password, ending sessions, ending the account. */
import type { FastifyInstance } from 'fastify';
import {
	DeleteAccountBody,
	PasswordBody,
	type AccountEnding
} from '../../src/lib/protocol/http.ts';
import { parse } from '../dispatcher.ts';
import type { RouteContext } from './context.ts';

export function securityRoutes(
	api: FastifyInstance,
	{ identify, accounts, devices, sessions }: RouteContext
): void {
	api.post('/api/account/password', async (request, reply) => {
		const who = await identify(request, reply);
		const { current, password, endOthers } = parse(PasswordBody, request.body);
		await accounts.changePassword(who.person, current, password);
		if (endOthers) await sessions.endOthers(who.person, who.session);
		return { ok: true };
	});

	api.post('/api/account/sessions/end-others', async (request, reply) => {
		const who = await identify(request, reply);
		await sessions.endOthers(who.person, who.session);
		return { ok: true };
	});

	api.post('/api/account/delete', async (request, reply) => {
		const who = await identify(request, reply);
		const { password, ...choice } = parse(DeleteAccountBody, request.body);
		const receipt = await accounts.remove(who.person, password, choice);
		const { cookie } = request.headers;
		const forgotten = await devices.forget(who.person, cookie);
		reply.header('set-cookie', await sessions.end(cookie));
		reply.header('set-cookie', forgotten);
		return { ok: true, receipt } satisfies AccountEnding;
	});
}
