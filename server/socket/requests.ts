/** What a device may emit, each under the socket's limit, each answered whatever happens. */
import * as v from 'valibot';
import { REQUEST_NAMES, type RequestName } from '../../src/lib/protocol/events.ts';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import { WatchRequest, TypingRequest } from '../../src/lib/protocol/up.ts';
import type { Clock } from '../domain/ports.ts';
import { parse, type Dispatcher } from '../dispatcher.ts';
import { limitEvents } from './event-rate-limit.ts';
import type { Presence } from './presence.ts';
import { streamGroup, type AppSocket } from './types.ts';
import type { Typing } from './typing.ts';
import { bytesWaiting, type Wire } from './wire.ts';

interface RequestContext {
	dispatcher: Dispatcher;
	presence: Presence;
	typing: Typing;
	clock: Clock;
	/** whether sockets are limited (RATE_LIMITS) */
	limited: boolean;
}

/** An acknowledgement as Socket.IO hands it over, if the sender asked for one. */
type Answered = (answer: unknown) => void;
const isAnswered = (value: unknown): value is Answered => typeof value === 'function';

export function listen(socket: AppSocket, context: RequestContext): void {
	if (context.limited) {
		limitEvents(socket, context.clock, (event, wait) => {
			const answer = event.at(-1);
			if (isAnswered(answer)) answer({ refused: refuse('too_many', { after: wait }) });
		});
	}
	for (const name of REQUEST_NAMES) listenTo(socket, name, context);
	listenToSignals(socket, context);
}

/** Bytes that may still wait for a socket when the next answer is made for it. */
const LITTLE = 256 * 1024;
/** ms between two looks at what waits. */
const LOOK_EVERY = 100;

/** Calls back once little waits for the socket, or it is gone. */
function whenRead(socket: AppSocket, clock: Clock, taken: () => void): void {
	const look = () => {
		const isRead = !socket.connected || bytesWaiting(socket.conn as unknown as Wire) < LITTLE;
		if (isRead) taken();
		else clock.after(LOOK_EVERY, look);
	};
	// Not before the answer itself waits.
	clock.after(0, look);
}

function listenTo(
	socket: AppSocket,
	name: RequestName,
	{ dispatcher, clock }: RequestContext
): void {
	// Sockets are typed for our own devices; what really arrives can be anything.
	const untyped = socket as unknown as {
		on(event: string, heard: (...sent: unknown[]) => void): void;
	};
	untyped.on(name, (...sent) => {
		const answer = sent.at(-1);
		if (!isAnswered(answer)) return;
		const { actor, ready } = socket.data;
		ready
			.then(() =>
				dispatcher.answer(name, actor, sent[0], (taken) => whenRead(socket, clock, taken))
			)
			.then(answer, (error: unknown) => answer({ refused: dispatcher.refusalFor(error, name) }));
	});
}

/** What a room shows and who types is never answered: what makes no sense is passed over. */
function listenToSignals(socket: AppSocket, context: RequestContext): void {
	const { presence, typing } = context;
	onSignal(socket, context, 'watch', WatchRequest, (ask) => presence.watch(socket, ask));
	onSignal(socket, context, 'typing', TypingRequest, ({ room, on }) => {
		// The group of a room's stream holds exactly those who may see it, at every moment.
		const maySee = socket.rooms.has(streamGroup(room));
		if (maySee) typing.set(socket.data.actor.person, room, on);
	});
}

function onSignal<S extends v.GenericSchema>(
	socket: AppSocket,
	{ dispatcher }: RequestContext,
	event: 'watch' | 'typing',
	schema: S,
	handle: (sent: v.InferOutput<S>) => void
): void {
	async function receive(raw: unknown): Promise<void> {
		try {
			const sent = parse(schema, raw);
			await socket.data.ready;
			if (socket.connected) handle(sent);
		} catch (error) {
			// A malformed signal is passed over; any other error is logged by this.
			if (!(error instanceof RefusalError)) dispatcher.refusalFor(error, event);
		}
	}
	socket.on(event, (raw: unknown) => void receive(raw));
}
