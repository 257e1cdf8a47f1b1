/** Registering, signing in and out, and the list of where one is signed in. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
	RegisterBody,
	SignInBody,
	type Account,
	type Nobody,
	type SessionView,
	type Sessions
} from '../../src/lib/protocol/http.ts';
import type { PersonId } from '../../src/lib/protocol/ids.ts';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import type { StoredSession } from '../store/sqlite/sessions.ts';
import { parse } from '../doors.ts';
import type { Door } from './api.ts';

export function accountRoutes(api: FastifyInstance, door: Door): void {
	const { accounts, domain, sessions } = door;

	async function account(person: PersonId): Promise<Account> {
		const view = await domain.account(person);
		if (!view) throw new RefusalError(refuse('session_ended'));
		return { person: view.card, email: view.email, admin: view.admin };
	}

	async function begin(
		request: FastifyRequest,
		reply: FastifyReply,
		person: PersonId,
		remember: boolean
	): Promise<Account> {
		const { cookie, 'user-agent': agent = '' } = request.headers;
		const begun = await sessions.begin(person, remember, agent, cookie);
		reply.header('set-cookie', begun.cookie);
		return account(person);
	}

	api.post('/api/account/register', async (request, reply) => {
		const body = readForm(RegisterBody, request.body);
		return begin(request, reply, await accounts.register(body, request.ip), true);
	});

	api.post('/api/account/sign-in', async (request, reply) => {
		const body = readForm(SignInBody, request.body);
		const person = await accounts.signIn(body, request.ip);
		return begin(request, reply, person, body.remember);
	});

	api.post('/api/account/sign-out', async (request, reply) => {
		reply.header('set-cookie', await sessions.end(request.headers.cookie));
		return { ok: true };
	});

	api.get('/api/account', async (request, reply): Promise<Account | Nobody> => {
		// A browser that comes for the first time asks, too: nobody is no fault that its console should show.
		if (request.headers.cookie === undefined) return { account: null };
		const who = await door.identify(request, reply);
		// Asked at every start of the app: whoever uses it stays signed in, though sockets cannot set cookies.
		if (who.remembered) reply.header('set-cookie', who.remembered);
		return account(who.person);
	});

	api.get('/api/account/sessions', async (request, reply): Promise<Sessions> => {
		const who = await door.identify(request, reply);
		return { sessions: sessions.list(who.person).map((one) => view(one, who.session)) };
	});

	api.delete<{ Params: { id: string } }>('/api/account/sessions/:id', async (request, reply) => {
		const who = await door.identify(request, reply);
		if (!sessions.endPublic(who.person, request.params.id)) {
			throw new RefusalError(refuse('not_found'));
		}
		return { ok: true };
	});
}

/** A password that is too long says so, instead of being called malformed (H2). */
function readForm<S extends typeof RegisterBody | typeof SignInBody>(schema: S, raw: unknown) {
	try {
		return parse(schema, raw);
	} catch (fault) {
		const password = (raw as { password?: unknown } | null)?.password;
		if (!(fault instanceof RefusalError) || fault.refusal.field !== 'password') throw fault;
		if (typeof password !== 'string') throw fault;
		throw new RefusalError(refuse('password_too_long', { field: 'password' }));
	}
}

function view(session: StoredSession, current: string): SessionView {
	return {
		id: session.publicId,
		kind: session.kind === 'app' ? 'app' : 'api',
		agent: session.agent,
		created: session.createdAt,
		used: session.usedAt,
		current: session.publicId === current
	};
}
