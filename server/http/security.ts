/** What a person does about the account itself: another password, ending sessions, ending the account. */
import type { FastifyInstance } from 'fastify';
import { DeleteAccountBody, PasswordBody } from '../../src/lib/protocol/http.ts';
import { parse } from '../doors.ts';
import type { Door } from './api.ts';

export function securityRoutes(api: FastifyInstance, { identify, accounts, sessions }: Door): void {
	api.post('/api/account/password', async (request, reply) => {
		const who = await identify(request, reply);
		const { current, password, endOthers } = parse(PasswordBody, request.body);
		await accounts.changePassword(who.person, current, password);
		if (endOthers) sessions.endOthers(who.person, who.session);
		return { ok: true };
	});

	api.post('/api/account/sessions/end-others', async (request, reply) => {
		const who = await identify(request, reply);
		sessions.endOthers(who.person, who.session);
		return { ok: true };
	});

	api.post('/api/account/delete', async (request, reply) => {
		const who = await identify(request, reply);
		const { password } = parse(DeleteAccountBody, request.body);
		await accounts.remove(who.person, password);
		sessions.endOthers(who.person, null);
		reply.header('set-cookie', await sessions.end(request.headers.cookie));
		return { ok: true };
	});
}
