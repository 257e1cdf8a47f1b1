/** Who may open a socket: the exact Origin, a live session, a version we speak, and not too many at once. */
import type { IncomingMessage } from 'node:http';
import * as v from 'valibot';
import { Handshake } from '../../src/lib/protocol/up.ts';
import { refuse, RefusalError, type Refusal } from '../../src/lib/protocol/refusal.ts';
import { addressKey } from '../auth/limits.ts';
import type { Sessions } from '../auth/sessions.ts';
import { versionProblem, type Dispatcher } from '../dispatcher.ts';
import type { Actor } from '../domain/ports.ts';
import { personGroup, type AppNamespace, type AppSocket } from './types.ts';

/** Sockets of one person at once: more tabs and devices than anybody has (SOCKET-5). */
const SOCKETS_MAX = 20;
/** ms after which one of them may be gone. */
const AFTER_TOO_MANY = 10_000;

interface HandshakeContext {
	app: AppNamespace;
	sessions: Sessions;
	dispatcher: Dispatcher;
	origins: () => Set<string>;
	/** proxies in front of the server, each of which adds the address it was asked from */
	trustedProxies: number;
}

/** Socket.IO hands `data` of such an error to the device with `connect_error`. */
class HandshakeError extends Error {
	readonly data: { refused: Refusal };
	constructor(refused: Refusal) {
		super(refused.code);
		this.data = { refused };
	}
}

/** Lets sockets into the app's namespace. */
export function guardHandshake(context: HandshakeContext): void {
	const { app, dispatcher } = context;
	app.use((socket, next) => {
		admit(context, socket).then(
			() => next(),
			(error: unknown) => next(new HandshakeError(dispatcher.refusalFor(error, 'handshake')))
		);
	});
}

/** Gives a socket its data. Rejects with RefusalError. */
async function admit(context: HandshakeContext, socket: AppSocket): Promise<void> {
	const actor = await identify(context, socket);
	if (socketsOf(context.app, actor) >= SOCKETS_MAX) {
		throw new RefusalError(refuse('too_many', { after: AFTER_TOO_MANY }));
	}
	socket.data.actor = actor;
	socket.data.viewedRoom = null;
	socket.data.requestedRoom = null;
}

async function identify(
	{ sessions, origins, trustedProxies }: HandshakeContext,
	socket: AppSocket
): Promise<Actor> {
	if (!isOurPage(socket, origins())) throw new RefusalError(refuse('origin_refused'));
	const hello = v.safeParse(Handshake, socket.handshake.auth);
	// A device of a later release may shake hands in another way; its version is what matters.
	const problem = versionProblem(Number((socket.handshake.auth as { v?: unknown }).v));
	if (problem) throw new RefusalError(problem);
	if (!hello.success) throw new RefusalError(refuse('malformed'));
	const identity = await sessions.identify(socket.request.headers.cookie);
	if (!identity) throw new RefusalError(refuse('session_ended'));
	const { device, person: meant } = hello.output;
	// What one account has queued is never sent under another one's cookie (promise 14).
	if (meant !== undefined && meant !== identity.person) {
		throw new RefusalError(refuse('session_ended'));
	}
	const { person, session } = identity;
	const address = addressKey(remoteAddress(socket.request, trustedProxies));
	return { person, session, device, address };
}

/**
 * A browser sends the cookie along with any socket that any page opens, so the cookie counts only
 * on a WebSocket that says it comes from one of our own pages (SOCKET-1, SOCKET-2).
 */
function isOurPage({ request, handshake }: AppSocket, origins: ReadonlySet<string>): boolean {
	const { origin } = request.headers;
	return handshake.query.transport === 'websocket' && origin !== undefined && origins.has(origin);
}

const socketsOf = (app: AppNamespace, { person }: Actor): number =>
	app.adapter.rooms.get(personGroup(person))?.size ?? 0;

/** Whether a person got in more often than allowed, by several handshakes at the same moment. */
export function isOneTooMany(app: AppNamespace, actor: Actor): boolean {
	return socketsOf(app, actor) > SOCKETS_MAX;
}

/** Where a connection comes from: beyond so many proxies, what is claimed is not believed. */
export function remoteAddress(request: IncomingMessage, trustedProxies: number): string {
	const claimed = String(request.headers['x-forwarded-for'] ?? '')
		.split(',')
		.map((part) => part.trim())
		.filter((part) => part !== '');
	const hops = [request.socket.remoteAddress ?? '', ...claimed.reverse()];
	return hops[Math.min(trustedProxies, hops.length - 1)]!;
}
