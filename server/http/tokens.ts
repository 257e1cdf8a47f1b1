/** Tokens for bots, made and revoked by their owner in the app. */
import type { FastifyInstance } from 'fastify';
import {
	BotTokenBody,
	type BotToken,
	type BotTokens,
	type NewBotToken
} from '../../src/lib/protocol/http.ts';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import { parse } from '../doors.ts';
import type { StoredSession } from '../store/sqlite/sessions.ts';
import type { Door } from './api.ts';

const view = (made: StoredSession): BotToken => ({
	id: made.publicId,
	name: made.agent,
	created: made.createdAt,
	used: made.usedAt > made.createdAt ? made.usedAt : null
});

export function tokenRoutes(api: FastifyInstance, door: Door): void {
	const { tokens } = door;

	api.get('/api/account/tokens', async (request, reply): Promise<BotTokens> => {
		const { person } = await door.identify(request, reply);
		return { tokens: tokens.ofBots(person).map(view) };
	});

	api.post('/api/account/tokens', async (request, reply): Promise<NewBotToken> => {
		const { person } = await door.identify(request, reply);
		const { token, made } = tokens.createForBot(person, parse(BotTokenBody, request.body).name);
		return { ...view(made), token };
	});

	api.delete<{ Params: { id: string } }>('/api/account/tokens/:id', async (request, reply) => {
		const { person } = await door.identify(request, reply);
		if (!tokens.revoke(person, request.params.id)) throw new RefusalError(refuse('not_found'));
		return { ok: true };
	});
}
