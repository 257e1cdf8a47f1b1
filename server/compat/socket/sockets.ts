/** The Socket.IO door of the compatible API: the default namespace, by token (compat-api, section 4). */
import type { Namespace } from 'socket.io';
import type { Card } from '../../../src/lib/protocol/change.ts';
import type { FanOut } from '../../domain/ports.ts';
import { limitEvents } from '../../socket/bucket.ts';
import { personGroup, sessionGroup, streamGroup } from '../../socket/types.ts';
import type { Typing } from '../../socket/typing.ts';
import { watchSockets } from '../../socket/watch.ts';
import { ApiError, asApiError, serverFault } from '../errors.ts';
import { bearerIn } from '../http/door.ts';
import { createMessages } from '../messages.ts';
import type { Compat } from '../parts.ts';
import { createRooms } from '../rooms.ts';
import { createHandlers, readEvent, UP, type EventName, type Handlers } from './events.ts';
import { createGuests, guestSession, isGuestSession } from './guests.ts';
import { watchArrival } from './arrival.ts';
import { createLive } from './live.ts';
import { createRecall } from './recall.ts';
import {
	directGroup,
	joinedGroup,
	namedGroup,
	type CompatNamespace,
	type CompatSocket
} from './types.ts';

/** Sockets of one person at once (S5). */
const SOCKETS_MAX = 20;
/** Missed messages of one room that are delivered on coming back. */
const MISSED_MAX = 500;

export interface CompatSockets {
	fanOut: FanOut;
	/** Ends all sockets of the API and remembers what they had joined. */
	close(): void;
}

/** The first token found counts: `auth.token`, the Authorization header, the query. */
export function tokenOf({ handshake }: Pick<CompatSocket, 'handshake'>): string | null {
	const inAuth = (handshake.auth as { token?: unknown }).token;
	if (inAuth !== undefined && inAuth !== null && inAuth !== '') {
		return typeof inAuth === 'string' ? (bearerIn(inAuth) ?? inAuth) : '';
	}
	const { authorization } = handshake.headers;
	if (authorization !== undefined) return bearerIn(authorization) ?? '';
	const { token } = handshake.query;
	return typeof token === 'string' && token !== '' ? token : null;
}

const isCallback = (value: unknown): value is (answer: unknown) => void =>
	typeof value === 'function';

export function createSockets(compat: Compat, open: Namespace, typing: Typing): CompatSockets {
	const main = open as unknown as CompatNamespace;
	const { clock, config, log, presence, sessions, store, tokens } = compat;
	const rooms = createRooms(compat);
	const recall = createRecall(clock, store);
	const live = createLive({ compat, main, presence, typing, recall: () => recall });
	const messages = createMessages(compat);
	const handlers = createHandlers({ compat, rooms, messages, main, typing, live, recall });
	const guests = config.guests ? createGuests(compat) : null;

	function admit(socket: CompatSocket): void {
		const token = tokenOf(socket);
		const bearer = token === null ? null : tokens.identify(token);
		const isGuest = token === null && guests !== null;
		if (!bearer && !isGuest) throw new Error('unauthorized');
		const count = bearer ? (main.adapter.rooms.get(personGroup(bearer.person))?.size ?? 0) : 0;
		if (count >= SOCKETS_MAX) throw new Error('too many connections');
		const session = bearer?.session ?? guestSession();
		const inQuery = typeof socket.handshake.query.token === 'string';
		const wish = (socket.handshake.auth as { direct?: unknown }).direct === true;
		socket.data = {
			who: { person: bearer?.person ?? '', session, device: `api:${session}` },
			guest: isGuest,
			direct: inQuery || wish,
			joined: new Map(),
			typing: new Set(),
			toldTyping: new Map(),
			arrived: watchArrival(socket.conn, live.lastNumber),
			turn: Promise.resolve()
		};
	}

	main.use((socket, next) => {
		try {
			admit(socket);
			next();
		} catch (fault) {
			next(fault as Error);
		}
	});

	/** The person is known: the socket gets what is the person's, and the others see that it is there. */
	function settle(socket: CompatSocket): void {
		const { who, direct } = socket.data;
		void socket.join([personGroup(who.person), sessionGroup(who.session)]);
		if ((main.adapter.rooms.get(personGroup(who.person))?.size ?? 0) > SOCKETS_MAX) {
			socket.disconnect(true);
			return;
		}
		if (direct) void socket.join(directGroup(who.person));
		void socket.join(store.circle(who.person).rooms.map(streamGroup));
		live.watchRequests(who.person);
		Promise.resolve(presence.arrived(socket)).catch((fault: unknown) =>
			log.error({ err: fault }, 'presence failed')
		);
	}

	/** Puts a socket back where its session's last one was; nothing is sent in between, so order holds. */
	function comeBack(socket: CompatSocket): void {
		const { who, joined } = socket.data;
		for (const { room: id, seq, byName } of recall.take(who.session)) {
			const stand = store.room(who.person, { id });
			if (!stand?.isMember) continue;
			const room = { number: stand.room.number, name: stand.room.name, byName, from: seq };
			joined.set(id, room);
			void socket.join(joinedGroup(id));
			if (byName) void socket.join(namedGroup(id));
			for (const view of store.after(who.person, id, seq, MISSED_MAX) ?? []) {
				socket.emit('new_message', live.payload(view, room));
			}
		}
	}

	/** Keeps what the socket had joined; what may not have arrived will be delivered again. */
	function remember(socket: CompatSocket): void {
		const { who, joined, arrived } = socket.data;
		if (isGuestSession(who.session)) return;
		if (!sessions.isAlive(who.session)) return recall.forgetSession(who.session);
		const kept = [...joined].map(([room, { byName, from }]) => ({
			room,
			byName,
			seq: Math.max(from, store.seqUpTo(room, arrived()))
		}));
		recall.keep(who.session, kept);
	}

	function seeOff(socket: CompatSocket): void {
		let streams: string[] = [];
		socket.on('disconnecting', () => {
			const groups = [...socket.rooms].filter((group) => group.startsWith('s:'));
			streams = groups.map((group) => group.slice(2));
		});
		socket.on('disconnect', () => {
			const { who, typing: typed } = socket.data;
			for (const room of typed) typing.end(who.person, room);
			remember(socket);
			socket.conn.close();
			if (who.person === '') return;
			presence.departed(socket, streams);
			if (!main.adapter.rooms.has(personGroup(who.person))) live.forgetRequests(who.person);
		});
	}

	/** Whoever emits, with the present name and picture. */
	async function callerOf(socket: CompatSocket, name: EventName, sent: unknown) {
		const { data } = socket;
		if (data.who.person === '') {
			if (name !== 'join' || !guests) throw new ApiError(403, 'Join with a name first.');
			const { username } = sent as { username?: string | null };
			const card = await guests.admit(username ?? '', socket.handshake.address);
			data.who = { ...data.who, person: card.id };
			settle(socket);
		}
		const card: Card | null = store.card(data.who.person);
		if (!card) throw new ApiError(403, 'This account is no more.');
		return { who: data.who, card };
	}

	async function handle(socket: CompatSocket, name: EventName, raw: unknown) {
		const sent = readEvent(name, raw);
		const caller = await callerOf(socket, name, sent);
		if (!socket.connected) return {};
		const run = handlers[name] as (
			...args: [CompatSocket, unknown, typeof caller]
		) => ReturnType<Handlers[EventName]>;
		return (await run(socket, sent, caller)) ?? {};
	}

	/** A "no" reaches its sender and nobody else, and never ends the connection. */
	function refuse(socket: CompatSocket, event: string, fault: unknown): { message: string } {
		const known = asApiError(fault);
		if (!known) log.error({ err: fault, doing: event }, 'an event failed');
		const { message, status: code, retryAfter } = known ?? serverFault();
		const wait = retryAfter === null ? {} : { retry_after: retryAfter };
		socket.emit('error', { message, event, code, ...wait });
		return { message, ...wait };
	}

	function listenTo(socket: CompatSocket, name: EventName): void {
		socket.on(name, (...sent) => {
			const last = sent.at(-1);
			const answer = isCallback(last) ? last : null;
			const raw = isCallback(sent[0]) ? undefined : sent[0];
			socket.data.turn = socket.data.turn
				.then(() => handle(socket, name, raw))
				.then(
					(done) => answer?.({ ok: true, ...done }),
					(fault: unknown) => {
						const said = refuse(socket, name, fault);
						answer?.({ ok: false, ...said });
					}
				);
		});
	}

	function limit(socket: CompatSocket): void {
		limitEvents(socket, clock, (event, wait) => {
			const fault = new ApiError(429, 'Too many events: slow down.', {
				retryAfter: Math.ceil(wait / 1_000)
			});
			const said = refuse(socket, String(event[0]), fault);
			const answer = event.at(-1);
			if (isCallback(answer)) answer({ ok: false, ...said });
		});
	}

	main.on('connection', (socket) => {
		seeOff(socket);
		if (config.rateLimits) limit(socket);
		for (const name of Object.keys(UP) as EventName[]) listenTo(socket, name);
		socket.on('ping', (...sent) => {
			socket.emit('pong');
			const answer = sent.at(-1);
			if (isCallback(answer)) answer({ ok: true });
		});
		if (socket.data.who.person === '') return;
		settle(socket);
		if (socket.connected) comeBack(socket);
	});

	function endSession(session: string): void {
		recall.forgetSession(session);
		main.in(sessionGroup(session)).disconnectSockets(true);
	}
	const stopWatching = watchSockets(
		main,
		endSession,
		{
			onEnded: sessions.onEnded,
			isAlive: (session) => isGuestSession(session) || sessions.isAlive(session)
		},
		clock,
		log
	);

	return {
		fanOut: live.fanOut,
		close() {
			stopWatching();
			guests?.close();
			main.disconnectSockets(true);
			live.close();
			recall.close();
		}
	};
}
