/**
 * What the admin pages ask. Every endpoint here goes by `administrator`, which asks the one module that says who may do
 * what; acts are decided by it once more, in the transaction that writes them and their line of the audit log.
 */
import type { FastifyInstance } from 'fastify';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import { mayAdminister } from '../domain/access.ts';
import type { AdminContext } from './admin-context.ts';
import { adminPeopleRoutes } from './admin-people.ts';
import { adminReportRoutes } from './admin-reports.ts';
import { adminRoomRoutes } from './admin-rooms.ts';
import { adminServerRoutes } from './admin-server.ts';
import type { RouteContext } from './context.ts';

export function adminRoutes(api: FastifyInstance, context: RouteContext): void {
	const { administration, domain, identify, limits } = context;

	const admin: AdminContext = {
		...context,
		async administrator(request, reply) {
			const { person } = await identify(request, reply);
			if (!mayAdminister(await administration.reads.person(person))) {
				throw new RefusalError(refuse('not_allowed'));
			}
			await limits.take('reads', person);
			return person;
		},
		async act(person, ...drafts) {
			await limits.take('acts', person, drafts.length);
			for (const draft of drafts) {
				const refusal = await domain.administer(person, draft);
				if (refusal) throw new RefusalError(refusal);
			}
			return { ok: true };
		}
	};
	adminPeopleRoutes(api, admin);
	adminRoomRoutes(api, admin);
	adminReportRoutes(api, admin);
	adminServerRoutes(api, admin);
}
