/** Events of clients are read, handled one after the other, and answered; a "no" never ends the connection. */
import { asRequest } from '../../request-id.ts';
import { limitEvents } from '../../socket/event-rate-limit.ts';
import type { CompatContext } from '../context.ts';
import { ApiError, asApiError, serverError } from '../errors.ts';
import { readEvent, UP, type EventName } from './client-events.ts';
import type { Handlers } from './handlers.ts';
import type { CompatSocket, SocketCaller } from './types.ts';

type Answer = (answer: unknown) => void;
const isCallback = (value: unknown): value is Answer => typeof value === 'function';
const callbackIn = (sent: readonly unknown[]): Answer | null => {
	const last = sent.at(-1);
	return isCallback(last) ? last : null;
};

interface DispatchContext {
	context: Pick<CompatContext, 'clock' | 'config' | 'log'>;
	handlers: Handlers;
	/** who emits, with the present card; rejects with ApiError or RefusalError */
	callerOf: (socket: CompatSocket, event: EventName, sent: unknown) => Promise<SocketCaller>;
}

/** Answers the events of a socket from now on. */
export function listen(dispatch: DispatchContext, socket: CompatSocket): void {
	if (dispatch.context.config.rateLimits) limit(dispatch, socket);
	for (const name of Object.keys(UP) as EventName[]) listenTo(dispatch, socket, name);
	socket.on('ping', (...sent) => {
		socket.emit('pong');
		callbackIn(sent)?.({ ok: true });
	});
}

function listenTo(dispatch: DispatchContext, socket: CompatSocket, name: EventName): void {
	socket.on(name, (...sent) => {
		const answer = callbackIn(sent);
		const raw = isCallback(sent[0]) ? undefined : sent[0];
		socket.data.turn = asRequest(() =>
			socket.data.turn
				.then(() => handle(dispatch, socket, name, raw))
				.then(
					(done) => answer?.({ ok: true, ...done }),
					(error: unknown) => {
						const refused = refuse(dispatch, socket, name, error);
						answer?.(refused);
					}
				)
		);
	});
}

async function handle(
	{ handlers, callerOf }: DispatchContext,
	socket: CompatSocket,
	name: EventName,
	raw: unknown
) {
	const sent = readEvent(name, raw);
	const caller = await callerOf(socket, name, sent);
	if (!socket.connected) return {};
	const run = handlers[name] as (
		...args: [CompatSocket, unknown, SocketCaller]
	) => ReturnType<Handlers[EventName]>;
	return (await run(socket, sent, caller)) ?? {};
}

/** Sends the error to its sender alone. @returns what a callback is given */
function refuse({ context }: DispatchContext, socket: CompatSocket, event: string, error: unknown) {
	const known = asApiError(error);
	if (!known) context.log.error({ err: error, doing: event }, 'an event failed');
	const { message, status: code, retryAfter } = known ?? serverError();
	const wait = retryAfter === null ? {} : { retry_after: retryAfter };
	socket.emit('error', { message, event, code, ...wait });
	return { ok: false, message, ...wait };
}

function limit(dispatch: DispatchContext, socket: CompatSocket): void {
	limitEvents(socket, dispatch.context.clock, (event, wait) => {
		const retryAfter = Math.ceil(wait / 1_000);
		const error = new ApiError(429, 'Too many events: slow down.', { retryAfter });
		const refused = refuse(dispatch, socket, String(event[0]), error);
		callbackIn(event)?.(refused);
	});
}
