/** Engine.IO's connection of a socket: what waits for it, what it has taken, and how it is cut. */
import type { Socket } from 'node:net';
import { bytesTaken } from '../line-progress.ts';

/** The part of a connection that is looked at. With polling, the transport has no socket of its own. */
export interface Wire {
	writeBuffer: { data?: unknown }[];
	transport: {
		socket?: { bufferedAmount: number; terminate(): void; _socket?: Socket };
	};
	close(discard: boolean): void;
}

/** Bytes that wait in this process. */
export function bytesWaiting(wire: Wire): number {
	let bytes = wire.transport.socket?.bufferedAmount ?? 0;
	for (const { data } of wire.writeBuffer) if (typeof data === 'string') bytes += data.length;
	return bytes;
}

/** Bytes that the other end of a WebSocket ever took; 0 where that is not known. */
export function bytesTakenBy(wire: Wire): number {
	const line = wire.transport.socket?._socket;
	return (line && bytesTaken(line)) ?? 0;
}

/** Ends a connection at once: a closing handshake would wait behind everything else that is not read. */
export function cut(wire: Wire): void {
	if (wire.transport.socket) wire.transport.socket.terminate();
	else wire.close(true);
}
