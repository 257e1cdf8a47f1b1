/** Registering, signing in and out, and the list of where one is signed in. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
	PasswordLinkBody,
	PasswordMailBody,
	RegisterBody,
	SignInBody,
	type Account,
	type Nobody,
	type Sessions as SessionList,
	type SessionView
} from '../../src/lib/protocol/http.ts';
import type { PersonId } from '../../src/lib/protocol/ids.ts';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import type { Proof, StoredSession } from '../auth/session-store.ts';
import { parse } from '../dispatcher.ts';
import type { RouteContext } from './context.ts';

export function accountRoutes(api: FastifyInstance, context: RouteContext): void {
	api.post('/api/account/register', (request, reply) => register(context, request, reply));
	api.post('/api/account/sign-in', (request, reply) => signIn(context, request, reply));
	api.post('/api/account/password-link', (request, reply) => redeemLink(context, request, reply));
	api.post('/api/account/password-mail', (request) => mailLink(context, request));
	api.post('/api/account/sign-out', (request, reply) => signOut(context, request, reply));
	api.get('/api/account', (request, reply) => currentAccount(context, request, reply));
	api.get('/api/account/sessions', (request, reply) => listSessions(context, request, reply));
	api.delete<SessionRoute>('/api/account/sessions/:id', (request, reply) =>
		endSession(context, request, reply)
	);
}

interface SessionRoute {
	Params: { id: string };
}

async function register(
	context: RouteContext,
	request: FastifyRequest,
	reply: FastifyReply
): Promise<Account> {
	const body = readForm(RegisterBody, request.body);
	const proof = await context.accounts.register(body, request.ip);
	return beginSession(context, request, reply, proof, true);
}

async function signIn(
	context: RouteContext,
	request: FastifyRequest,
	reply: FastifyReply
): Promise<Account> {
	const body = readForm(SignInBody, request.body);
	const proof = await context.accounts.signIn(body, request.ip, request.headers.cookie);
	return beginSession(context, request, reply, proof, body.remember);
}

/** All sessions were ended, and this one is begun: who has the link is whoever it was made for. */
async function redeemLink(
	context: RouteContext,
	request: FastifyRequest,
	reply: FastifyReply
): Promise<Account> {
	const { token, password } = readForm(PasswordLinkBody, request.body);
	const proof = await context.passwordLinks.redeem(token, password, request.ip);
	return beginSession(context, request, reply, proof, true);
}

/** The same answer whoever is named: it tells nobody who has an account here. */
async function mailLink({ passwordMail, publicOrigin }: RouteContext, request: FastifyRequest) {
	if (!passwordMail) throw new RefusalError(refuse('not_found'));
	const { name: login, language } = parse(PasswordMailBody, request.body);
	// One of this server's own (api.ts), and where it is known the one that people use: a link must lead nowhere else.
	const origin = publicOrigin ?? request.headers.origin!;
	await passwordMail.ask({ login, language, origin, address: request.ip });
	return { ok: true };
}

async function signOut(
	{ devices, sessions }: RouteContext,
	request: FastifyRequest,
	reply: FastifyReply
) {
	const { cookie } = request.headers;
	const identity = await sessions.identify(cookie);
	reply.header('set-cookie', await sessions.end(cookie));
	if (identity) reply.header('set-cookie', await devices.forget(identity.person, cookie));
	// Where the browser knows it: nothing of this person stays in its cache (promise 14).
	reply.header('clear-site-data', '"cache"');
	return { ok: true };
}

async function currentAccount(
	context: RouteContext,
	request: FastifyRequest,
	reply: FastifyReply
): Promise<Account | Nobody> {
	// A browser that comes for the first time asks, too: having no account is no error that its console should show.
	if (request.headers.cookie === undefined) return { account: null };
	const identity = await context.identify(request, reply);
	// Asked at every start of the app: whoever uses it stays signed in, though sockets cannot set cookies.
	if (identity.remembered) reply.header('set-cookie', identity.remembered);
	return accountOf(context, identity.person);
}

async function listSessions(
	{ identify, sessions }: RouteContext,
	request: FastifyRequest,
	reply: FastifyReply
): Promise<SessionList> {
	const { person, session: current } = await identify(request, reply);
	const all = await sessions.list(person);
	return { sessions: all.map((session) => view(session, current)) };
}

async function endSession(
	{ identify, sessions }: RouteContext,
	request: FastifyRequest<SessionRoute>,
	reply: FastifyReply
) {
	const { person } = await identify(request, reply);
	const isEnded = await sessions.endPublic(person, request.params.id);
	if (!isEnded) throw new RefusalError(refuse('not_found'));
	return { ok: true };
}

async function beginSession(
	context: RouteContext,
	request: FastifyRequest,
	reply: FastifyReply,
	proof: Proof,
	remember: boolean
): Promise<Account> {
	const { cookie: old, 'user-agent': agent = '' } = request.headers;
	const { cookie, session } = await context.sessions.begin(proof, remember, agent, old);
	reply.header('set-cookie', cookie);
	reply.header('set-cookie', await context.devices.remember(proof.person, session, old));
	return accountOf(context, proof.person);
}

async function accountOf({ domain }: RouteContext, person: PersonId): Promise<Account> {
	const account = await domain.account(person);
	if (!account) throw new RefusalError(refuse('session_ended'));
	return { person: account.card, email: account.email, admin: account.admin };
}

/** A password that is too long says so, instead of being called malformed (HTTP-2). */
function readForm<S extends typeof RegisterBody | typeof SignInBody | typeof PasswordLinkBody>(
	schema: S,
	raw: unknown
) {
	try {
		return parse(schema, raw);
	} catch (error) {
		const password = (raw as { password?: unknown } | null)?.password;
		if (!(error instanceof RefusalError) || error.refusal.field !== 'password') throw error;
		if (typeof password !== 'string') throw error;
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
