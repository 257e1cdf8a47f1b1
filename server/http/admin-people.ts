/** People, for administrators. */
import type { FastifyInstance } from 'fastify';
import { SwitchBody } from '../../src/lib/protocol/admin.ts';
import { newPasswordLink } from '../auth/password-links.ts';
import { parse } from '../dispatcher.ts';
import { idOf, listQuery, type AdminContext } from './admin-context.ts';

export function adminPeopleRoutes(api: FastifyInstance, context: AdminContext): void {
	const { administration, administrator, act } = context;

	api.get('/api/admin/people', async (request, reply) => {
		await administrator(request, reply);
		return administration.reads.people(listQuery(request), Date.now());
	});

	api.post('/api/admin/people/:id/disabled', async (request, reply) => {
		const { on } = parse(SwitchBody, request.body);
		return act(request, reply, { kind: 'admin.disable', person: idOf(request), on });
	});

	api.post('/api/admin/people/:id/admin', async (request, reply) => {
		const { on } = parse(SwitchBody, request.body);
		return act(request, reply, { kind: 'admin.role', person: idOf(request), on });
	});

	api.post('/api/admin/people/:id/end-sessions', async (request, reply) =>
		act(request, reply, { kind: 'admin.sign-out', person: idOf(request) })
	);

	api.post('/api/admin/people/:id/password-link', async (request, reply) => {
		const { token, link, until } = newPasswordLink();
		const person = idOf(request);
		await act(request, reply, { kind: 'admin.password-link', person, link, until });
		return { token, until };
	});
}
