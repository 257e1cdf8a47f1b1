/** People, for administrators. */
import type { FastifyInstance } from 'fastify';
import { SwitchBody, type People, type PersonEntry } from '../../src/lib/protocol/admin.ts';
import { newPasswordLink } from '../auth/password-links.ts';
import { parse } from '../dispatcher.ts';
import { idOf, listQuery, type AdminContext } from './admin-context.ts';

export function adminPeopleRoutes(api: FastifyInstance, context: AdminContext): void {
	const { administration, administrator, act } = context;

	api.get('/api/admin/people', async (request, reply): Promise<People> => {
		const asker = await administrator(request, reply);
		const now = Date.now();
		const { people, next } = await administration.reads.people(listQuery(request), now);
		const online = new Set([...administration.online(), asker]);
		// When somebody was seen last is stored as they go: whoever is here is seen now.
		const seen = (person: PersonEntry) => (online.has(person.id) ? now : person.seen);
		return { people: people.map((person) => ({ ...person, seen: seen(person) })), next };
	});

	api.post('/api/admin/people/:id/disabled', async (request, reply) => {
		const by = await administrator(request, reply);
		const { on } = parse(SwitchBody, request.body);
		return act(by, { kind: 'admin.disable', person: idOf(request), on });
	});

	api.post('/api/admin/people/:id/admin', async (request, reply) => {
		const by = await administrator(request, reply);
		const { on } = parse(SwitchBody, request.body);
		return act(by, { kind: 'admin.role', person: idOf(request), on });
	});

	api.post('/api/admin/people/:id/end-sessions', async (request, reply) => {
		const by = await administrator(request, reply);
		return act(by, { kind: 'admin.sign-out', person: idOf(request) });
	});

	api.post('/api/admin/people/:id/password-link', async (request, reply) => {
		const by = await administrator(request, reply);
		const { token, link, until } = newPasswordLink();
		const person = idOf(request);
		await act(by, { kind: 'admin.password-link', person, link, until });
		return { token, until };
	});
}
