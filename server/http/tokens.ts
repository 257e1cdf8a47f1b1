/** Tokens for bots, made and revoked by their owner in the app. */
import type { FastifyInstance } from 'fastify';
import {
	BotTokenBody,
	type BotToken,
	type BotTokens,
	type NewBotToken
} from '../../src/lib/protocol/http.ts';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import { parse } from '../dispatcher.ts';
import type { StoredSession } from '../auth/session-store.ts';
import type { RouteContext } from './context.ts';

const view = (made: StoredSession): BotToken => ({
	id: made.publicId,
	name: made.agent,
	created: made.createdAt,
	used: made.usedAt > made.createdAt ? made.usedAt : null
});

export function tokenRoutes(api: FastifyInstance, context: RouteContext): void {
	const { tokens } = context;

	api.get('/api/account/tokens', async (request, reply): Promise<BotTokens> => {
		const { person } = await context.identify(request, reply);
		return { tokens: (await tokens.ofBots(person)).map(view) };
	});

	api.post('/api/account/tokens', async (request, reply): Promise<NewBotToken> => {
		const who = await context.identify(request, reply);
		const { name } = parse(BotTokenBody, request.body);
		const { token, made } = await tokens.createForBot(who, name);
		return { ...view(made), token };
	});

	api.delete<{ Params: { id: string } }>('/api/account/tokens/:id', async (request, reply) => {
		const { person } = await context.identify(request, reply);
		const revoked = await tokens.revoke(person, request.params.id);
		if (!revoked) throw new RefusalError(refuse('not_found'));
		return { ok: true };
	});
}
