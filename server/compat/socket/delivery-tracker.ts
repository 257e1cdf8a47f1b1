/**
 * Up to which message everything has certainly arrived at a client. What was written to a line that then
 * breaks may be lost, and the clients of this API confirm nothing; but their lines do: a WebSocket answers
 * a ping behind the messages (RFC 6455, section 5.5.2), and who polls again has read the last answer.
 */

/** The parts of an Engine.IO connection that tell. */
interface Line {
	writeBuffer: unknown[];
	transport: Transport;
	on(event: 'flush' | 'close', heard: () => void): void;
	on(event: 'upgrade', heard: (transport: Transport) => void): void;
}
interface Transport {
	name: string;
	writable: boolean;
	socket?: {
		readyState: number;
		OPEN: number;
		ping(data: string): void;
		on(event: 'pong', heard: (data: Buffer) => void): void;
	};
	on(event: 'ready', heard: () => void): void;
}

/**
 * Watches a connection.
 * @param line the connection of a socket (`socket.conn`)
 * @param last number of the newest message told to anybody
 * @returns number of the last message of which it is certain that it, and all before it, has arrived
 */
export function trackDelivery(line: unknown, last: () => number): () => number {
	const conn = line as Line;
	let safe = last();
	/** everything up to here has been written to the line */
	let written = safe;

	function proved(number: number): void {
		if (Number.isSafeInteger(number) && number <= written) safe = Math.max(safe, number);
	}

	function afterWriting(): void {
		// What could not be written at once will be with a later flush.
		if (conn.writeBuffer.length > 0 || last() === written) return;
		written = last();
		const { socket } = conn.transport;
		if (conn.transport.name === 'websocket' && socket?.readyState === socket?.OPEN) {
			socket?.ping(String(written));
		}
	}

	function watch(transport: Transport): void {
		transport.socket?.on('pong', (data) => proved(Number(String(data) || 'none')));
		transport.on('ready', () => {
			// Still writable: this poll found nothing to take, so what was written before has arrived.
			if (transport.name === 'polling' && transport.writable) proved(written);
		});
	}

	conn.on('flush', () => {
		// A poll is answered only while one waits, and each comes after the last answer was read.
		if (conn.transport.name === 'polling') proved(written);
		process.nextTick(afterWriting);
	});
	conn.on('upgrade', (transport) => {
		// A client asks for the other line only when it has read the last answer of this one.
		proved(written);
		watch(transport);
	});
	watch(conn.transport);
	return () => safe;
}
