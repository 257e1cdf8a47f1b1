/** What the routes for administrators work with. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import * as v from 'valibot';
import { uid } from '../../src/lib/protocol/scalars.ts';
import type { PersonId } from '../../src/lib/protocol/ids.ts';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import type { AdminDraft } from '../domain/admin-act.ts';
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
	/** Who asks, which counts as reading; rejects with RefusalError unless it is an administrator. */
	administrator(request: FastifyRequest, reply: FastifyReply): Promise<PersonId>;
	/**
	 * Does things in their order; rejects with RefusalError. When they are too many for somebody's limit, none is done.
	 * @param person an administrator
	 */
	act(person: PersonId, ...drafts: AdminDraft[]): Promise<{ ok: true }>;
}

/** One part of an address's query, cut to a bounded length. */
export function queryOf(request: FastifyRequest, name: string): string {
	const value = (request.query as Record<string, unknown>)[name];
	// NUL is in nothing that is stored, and PostgreSQL refuses it.
	return typeof value === 'string' ? value.replaceAll('\0', '').slice(0, QUERY_MAX) : '';
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
