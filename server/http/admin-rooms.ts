/** Rooms, for administrators: how large they are and who is in them, never what is said there. */
import type { FastifyInstance } from 'fastify';
import { RestoreBody } from '../../src/lib/protocol/admin.ts';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import { isDirectId } from '../../src/lib/protocol/ids.ts';
import { parse } from '../dispatcher.ts';
import { idOf, listQuery, queryOf, type AdminContext } from './admin-context.ts';

export function adminRoomRoutes(api: FastifyInstance, context: AdminContext): void {
	const { administration, administrator, act } = context;

	api.get('/api/admin/rooms', async (request, reply) => {
		await administrator(request, reply);
		const isDeleted = queryOf(request, 'deleted') === '1';
		return administration.reads.rooms(listQuery(request), isDeleted, Date.now());
	});

	api.get('/api/admin/rooms/:id/members', async (request, reply) => {
		await administrator(request, reply);
		const room = idOf(request);
		// Who talks to whom is nobody else's business.
		if (isDirectId(room)) throw new RefusalError(refuse('direct_fixed'));
		return administration.reads.members(room, listQuery(request).after);
	});

	api.post('/api/admin/rooms/:id/delete', async (request, reply) => {
		const person = await administrator(request, reply);
		return act(person, { kind: 'admin.room-delete', room: idOf(request) });
	});

	api.post('/api/admin/rooms/:id/restore', async (request, reply) => {
		const person = await administrator(request, reply);
		const { name } = parse(RestoreBody, request.body);
		const named = name === undefined ? {} : { name };
		return act(person, { kind: 'admin.room-restore', room: idOf(request), ...named });
	});
}
