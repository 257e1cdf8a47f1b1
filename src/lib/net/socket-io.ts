/**
 * The way to the server over Socket.IO, used by pages. Everything of Socket.IO that would try again
 * by itself is off: the outbox is the only buffer, and the engine alone decides when to connect.
 */
import { io, type Socket } from 'socket.io-client';
import type { Answer, DownEvents, RequestName, Requests, UpEvents } from '../protocol/events.ts';
import { APP_NAMESPACE } from '../protocol/events.ts';
import { LIMITS } from '../protocol/limits.ts';
import type { WatchRequest, TypingRequest } from '../protocol/up.ts';
import { PROTOCOL_VERSION } from '../protocol/version.ts';
import {
	LinkError,
	type Link,
	type LinkEvents,
	type LinkFault,
	type Transport
} from '../sync/ports.ts';
import { probe, type HttpParts } from './probe.ts';
import {
	readAnswer,
	readCallState,
	readDisconnectReason,
	readFrame,
	readPresence,
	readRefused,
	readRing,
	readSignal,
	readTyping,
	readUnring
} from './read-answer.ts';

/** ms for the handshake, on a line of 800 ms round trip with losses (NET-5). */
const CONNECT_WITHIN = 12_000;

interface SocketTransportParts extends HttpParts {
	/** this device's uid */
	device: string;
	/** whose device it is: the server refuses when the cookie is somebody else's */
	person?: string;
	/** headers of the handshake, where there is no browser to send them */
	extraHeaders?: Record<string, string>;
}

type AppSocket = Socket<DownEvents, UpEvents>;

/** Makes the transport. */
export function socketTransport(parts: SocketTransportParts): Transport {
	return {
		async connect(events) {
			const socket: AppSocket = io(`${parts.base ?? ''}${APP_NAMESPACE}`, {
				transports: ['websocket'],
				upgrade: false,
				reconnection: false,
				forceNew: true,
				autoConnect: false,
				timeout: CONNECT_WITHIN,
				auth: {
					v: PROTOCOL_VERSION,
					device: parts.device,
					...(parts.person ? { person: parts.person } : {})
				},
				...(parts.extraHeaders ? { extraHeaders: parts.extraHeaders } : {})
			});
			const link = new SocketLink(socket, events);
			const refused = await opened(socket);
			if (refused === null) return link;
			link.close();
			throw new LinkError(refused === 'no answer' ? await reason(parts) : refused);
		}
	};
}

/** Opens the socket: null when it is open, else why it is not. */
function opened(socket: AppSocket): Promise<LinkFault | 'no answer' | null> {
	return new Promise((resolve) => {
		const timer = setTimeout(() => settle('no answer'), CONNECT_WITHIN);
		function settle(outcome: LinkFault | 'no answer' | null): void {
			clearTimeout(timer);
			resolve(outcome);
		}
		socket.once('connect', () => settle(null));
		socket.once('disconnect', () => settle('no answer'));
		socket.once('connect_error', (error: Error & { data?: unknown }) => {
			const refused = readRefused(error.data);
			settle(refused ? { kind: 'refused', refusal: refused.refused } : 'no answer');
		});
		socket.connect();
	});
}

/** The server may be reachable and only WebSocket blocked: for this transport that is unreachable too. */
async function reason(parts: HttpParts): Promise<LinkFault> {
	const found = await probe(parts);
	return found === 'ours' ? { kind: 'unreachable' } : found;
}

class SocketLink implements Link {
	readonly live = true;
	private readonly socket: AppSocket;
	private over = false;

	constructor(socket: AppSocket, events: LinkEvents) {
		this.socket = socket;
		this.hear('frame', readFrame, events.frame);
		this.hear('presence', readPresence, events.presence);
		this.hear('typing', readTyping, events.typing);
		this.hear('ring', readRing, (ring) => events.call({ is: 'ring', ring }));
		this.hear('unring', readUnring, (unring) => events.call({ is: 'unring', unring }));
		this.hear('callState', readCallState, (state) => events.call({ is: 'state', state }));
		this.hear('signal', readSignal, (signal) => events.call({ is: 'signal', signal }));
		this.hear('disconnectReason', readDisconnectReason, events.disconnectReason);
		let wasOpen = false;
		socket.on('connect', () => {
			wasOpen = true;
		});
		socket.on('disconnect', () => {
			if (this.over || !wasOpen) return;
			this.over = true;
			events.down({ kind: 'unreachable' });
		});
	}

	async ask<N extends RequestName>(name: N, ask: Requests[N]['ask']): Promise<Answer<N>> {
		const raw = await this.emit(name, ask);
		try {
			return readAnswer(name, raw);
		} catch (error) {
			throw new LinkError({ kind: 'unreachable' }, error);
		}
	}

	watch(ask: WatchRequest): void {
		if (this.isOpen()) this.socket.emit('watch', ask);
	}

	typing(ask: TypingRequest): void {
		if (this.isOpen()) this.socket.emit('typing', ask);
	}

	close(): void {
		this.over = true;
		this.socket.disconnect();
		this.socket.removeAllListeners();
	}

	private isOpen(): boolean {
		return !this.over && this.socket.connected;
	}

	/** Socket.IO would keep what is emitted while disconnected and send it later. */
	private emit(name: RequestName, ask: object): Promise<unknown> {
		return new Promise((resolve, reject) => {
			if (!this.isOpen()) {
				reject(new LinkError({ kind: 'unreachable' }));
				return;
			}
			// The events are typed one by one; here their name is a variable.
			const socket = this.socket as unknown as Socket;
			socket
				.timeout(LIMITS.requestDeadline)
				.emit(name, ask, (error: Error | null, raw: unknown) => {
					if (error) reject(new LinkError({ kind: 'unreachable' }, error));
					else resolve(raw);
				});
		});
	}

	private hear<T>(
		name: keyof DownEvents,
		read: (raw: unknown) => T | null,
		tell: (value: T) => void
	): void {
		const socket = this.socket as unknown as Socket;
		socket.on(name, (raw: unknown) => {
			const value = read(raw);
			if (value && !this.over) tell(value);
		});
	}
}
