/**
 * A device reduced to its line: a WebSocket that speaks as much of Engine.IO and Socket.IO as is
 * needed to send and to count, so that hundreds of them cost little beside the server they measure.
 */
import WebSocket from 'ws';
import { APP_NAMESPACE } from '../../src/lib/protocol/events.ts';

/** Packet types (Engine.IO protocol 4 and Socket.IO protocol 5): message + connect, event, ack; ping, pong. */
const CONNECT = '40';
const REFUSED = '44';
const EVENT = `42${APP_NAMESPACE},`;
const ACK = `43${APP_NAMESPACE},`;
const PING = '2';
const PONG = '3';

/** How to get in. */
export interface Way {
	port: number;
	/** sent with the namespace's connect packet */
	auth: object;
	headers?: Record<string, string>;
	/** called with the text of every event */
	heard: (text: string) => void;
}

export interface Wire {
	/** Emits an event; resolves with the text of its acknowledgement. */
	ask(event: string, said: unknown): Promise<string>;
	close(): void;
}

/** Connects; resolves once the namespace has let it in. */
export function openWire({ port, auth, headers, heard }: Way): Promise<Wire> {
	const socket = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`, {
		perMessageDeflate: false,
		skipUTF8Validation: true,
		...(headers ? { headers } : {})
	});
	const waiting = new Map<number, (text: string) => void>();
	let count = 0;

	function ask(event: string, said: unknown): Promise<string> {
		const id = count++;
		return new Promise((resolve) => {
			waiting.set(id, resolve);
			socket.send(`${EVENT}${id}${JSON.stringify([event, said])}`);
		});
	}
	function answered(text: string): void {
		const begin = text.indexOf('[', ACK.length);
		const id = Number(text.slice(ACK.length, begin));
		const resolve = waiting.get(id);
		waiting.delete(id);
		resolve?.(text.slice(begin));
	}

	return new Promise((resolve, reject) => {
		socket.once('error', reject);
		socket.on('message', (data: Buffer) => {
			const text = data.toString('latin1');
			if (text.startsWith(EVENT)) heard(text);
			else if (text.startsWith(ACK)) answered(text);
			else if (text === PING) socket.send(PONG);
			else if (text.startsWith('0'))
				socket.send(`${CONNECT}${APP_NAMESPACE},${JSON.stringify(auth)}`);
			else if (text.startsWith(CONNECT)) resolve({ ask, close: () => socket.terminate() });
			else if (text.startsWith(REFUSED)) reject(new Error(`not let in: ${text}`));
		});
	});
}
