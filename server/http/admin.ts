/**
 * What the admin pages ask. Every endpoint here goes by `administrator`, which asks the one module that says who may do
 * what; acts are decided by it once more, in the transaction that writes them and their line of the audit log.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import * as v from 'valibot';
import { uid } from '../../src/lib/protocol/change.ts';
import type { PersonId } from '../../src/lib/protocol/ids.ts';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import type { AdminDraft } from '../domain/admin-act.ts';
import { mayAdminister } from '../domain/access.ts';
import { adminPeopleRoutes } from './admin-people.ts';
import { adminReportRoutes } from './admin-reports.ts';
import { adminRoomRoutes } from './admin-rooms.ts';
import { adminServerRoutes } from './admin-server.ts';
import type { RouteContext } from './context.ts';

/** Characters of what is searched for, and of where a list goes on. */
const QUERY_MAX = 100;

/** What the query of a list's address says. */
interface ListQuery {
	query: string;
	after: string;
}

/** What these routes are given. */
export interface AdminContext extends RouteContext {
	/** Who asks; rejects with RefusalError unless it is an administrator. */
	administrator(request: FastifyRequest, reply: FastifyReply): Promise<PersonId>;
	/** Does something as whoever asks; rejects with RefusalError. */
	act(request: FastifyRequest, reply: FastifyReply, draft: AdminDraft): Promise<{ ok: true }>;
}

/** One part of an address's query, cut to a bounded length. */
export function queryOf(request: FastifyRequest, name: string): string {
	const value = (request.query as Record<string, unknown>)[name];
	return typeof value === 'string' ? value.slice(0, QUERY_MAX) : '';
}

export const listQuery = (request: FastifyRequest): ListQuery => ({
	query: queryOf(request, 'q'),
	after: queryOf(request, 'after')
});

/** The id in a path; rejects what is none. */
export function idOf(request: FastifyRequest): string {
	const { id } = request.params as { id: string };
	if (!v.is(uid, id)) throw new RefusalError(refuse('not_found'));
	return id;
}

export function adminRoutes(api: FastifyInstance, context: RouteContext): void {
	const { administration, domain, identify, limits } = context;

	async function standing(request: FastifyRequest, reply: FastifyReply): Promise<PersonId> {
		const { person } = await identify(request, reply);
		if (!mayAdminister(await administration.reads.person(person))) {
			throw new RefusalError(refuse('not_allowed'));
		}
		return person;
	}

	const admin: AdminContext = {
		...context,
		async administrator(request, reply) {
			const person = await standing(request, reply);
			await limits.take('reads', person);
			return person;
		},
		async act(request, reply, draft) {
			const person = await standing(request, reply);
			await limits.take('acts', person);
			const refusal = await domain.administer(person, draft);
			if (refusal) throw new RefusalError(refusal);
			return { ok: true };
		}
	};
	adminPeopleRoutes(api, admin);
	adminRoomRoutes(api, admin);
	adminReportRoutes(api, admin);
	adminServerRoutes(api, admin);
}
