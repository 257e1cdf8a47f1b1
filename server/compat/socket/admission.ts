/** Who may open a socket: a token's owner, or a guest where the host lets guests in (compat-api, section 4). */
import { addressKey } from '../../auth/limits.ts';
import { remoteAddress } from '../../socket/handshake.ts';
import { personGroup } from '../../socket/types.ts';
import { cut, type Wire } from '../../socket/wire.ts';
import type { CompatContext } from '../context.ts';
import { bearerIn } from '../http/bearer.ts';
import { trackDelivery } from './delivery-tracker.ts';
import { guestSession } from './guests.ts';
import { guestsGroup, type CompatNamespace, type CompatSocket } from './types.ts';

/** Sockets of one person at once (SOCKET-5). */
export const SOCKETS_MAX = 20;
/** Sockets of guests from one address at once: a school class behind one address. */
const GUEST_SOCKETS_MAX = 60;

/** A "no" to a socket, in the words that its client gets. */
class ConnectError extends Error {}

/** The first token found counts: `auth.token`, the Authorization header, the query. */
function tokenOf({ handshake }: CompatSocket): string | null {
	const inAuth = (handshake.auth as { token?: unknown }).token;
	if (inAuth !== undefined && inAuth !== null && inAuth !== '') {
		return typeof inAuth === 'string' ? (bearerIn(inAuth) ?? inAuth) : '';
	}
	const { authorization } = handshake.headers;
	if (authorization !== undefined) return bearerIn(authorization) ?? '';
	const { token } = handshake.query;
	return typeof token === 'string' && token !== '' ? token : null;
}

/**
 * Puts a guard before the namespace, which also gives each socket its data.
 * @param sentUpTo up to which number messages were sent
 */
export function guardNamespace(
	main: CompatNamespace,
	{ config, log, tokens }: Pick<CompatContext, 'config' | 'log' | 'tokens'>,
	sentUpTo: () => number
): void {
	const countIn = (group: string) => main.adapter.rooms.get(group)?.size ?? 0;

	/** Rejects with a ConnectError, whose message the client gets. */
	async function admit(socket: CompatSocket): Promise<void> {
		const token = tokenOf(socket);
		const bearer = token === null ? null : await tokens.identify(token);
		const isGuest = token === null && config.guests;
		if (!bearer && !isGuest) throw new ConnectError('unauthorized');
		const address = addressKey(remoteAddress(socket.request, config.trustedProxies));
		const isFull = bearer
			? countIn(personGroup(bearer.person)) >= SOCKETS_MAX
			: countIn(guestsGroup(address)) >= GUEST_SOCKETS_MAX;
		if (isFull) throw new ConnectError('too many connections');
		if (isGuest) void socket.join(guestsGroup(address));
		const session = bearer?.session ?? guestSession();
		const inQuery = typeof socket.handshake.query.token === 'string';
		const isAsked = (socket.handshake.auth as { direct?: unknown }).direct === true;
		socket.data = {
			actor: { person: bearer?.person ?? '', session, device: `api:${session}`, address },
			guest: isGuest,
			direct: inQuery || isAsked,
			joined: new Map(),
			typing: new Set(),
			toldTyping: new Map(),
			// What it missed is sent when it is settled: nothing has arrived before.
			delivered: trackDelivery(socket.conn, () =>
				socket.data.isSettled ? Math.max(sentUpTo(), socket.data.given) : 0
			),
			left: new Set(),
			isSettled: false,
			given: 0,
			kept: [],
			turn: Promise.resolve()
		};
	}

	main.use((socket, next) => {
		admit(socket).then(
			() => next(),
			(error: unknown) => {
				if (error instanceof ConnectError) return next(error);
				// A client that is refused stays away; one whose line breaks comes back.
				log.error({ err: error }, 'a socket could not be let in');
				cut(socket.conn as unknown as Wire);
			}
		);
	});
}
