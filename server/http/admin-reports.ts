/** Reports of messages, and the audit log, for administrators. */
import type { FastifyInstance } from 'fastify';
import { ResolveBody } from '../../src/lib/protocol/admin.ts';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import { parse } from '../dispatcher.ts';
import { idOf, listQuery, queryOf, type AdminContext } from './admin-context.ts';

export function adminReportRoutes(api: FastifyInstance, context: AdminContext): void {
	const { administration, administrator, act } = context;

	api.get('/api/admin/reports', async (request, reply) => {
		await administrator(request, reply);
		const isResolved = queryOf(request, 'resolved') === '1';
		return administration.reads.reports(listQuery(request).after, isResolved);
	});

	api.post('/api/admin/reports/:id/resolve', async (request, reply) => {
		const person = await administrator(request, reply);
		const { action } = parse(ResolveBody, request.body);
		const found = await administration.reads.report(idOf(request));
		if (!found) throw new RefusalError(refuse('not_found'));
		const { id: report, roomId: room, message, author } = found;
		const about = { report, room, message, person: author.id };
		return act(person, { kind: 'admin.resolve', ...about, action });
	});

	api.get('/api/admin/audit', async (request, reply) => {
		await administrator(request, reply);
		return administration.reads.audit(listQuery(request).after);
	});
}
