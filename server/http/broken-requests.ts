/** Answers to requests that never became one: what Node cannot parse, and senders who are too slow. */
import { STATUS_CODES, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { securityHeaders } from './security-headers.ts';

/** Node's code for an error of a client -> status; any other is 400. */
const STATUS: Record<string, number> = {
	ERR_HTTP_REQUEST_TIMEOUT: 408,
	HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
	HPE_HEADER_OVERFLOW: 431
};

export interface BrokenRequests {
	/** Ends a connection with an answer without a body, unless another answer has begun on it. */
	endWith(socket: Socket, status: number): void;
	/** Listener for a server's `clientError`. */
	onClientError(error: NodeJS.ErrnoException, socket: Socket): void;
	/** Notes the responses of a server, to know which connections are in the middle of one. */
	watch(server: Server): void;
}

/** @param secure whether people come over https */
export function createBrokenRequests(secure: boolean): BrokenRequests {
	/** the last response of a connection: text in the middle of its body would be taken for a part of it */
	const responses = new WeakMap<Socket, ServerResponse>();
	const headers = Object.entries(securityHeaders(secure))
		.map(([name, value]) => `${name}: ${value}\r\n`)
		.join('');

	function endWith(socket: Socket, status: number): void {
		const response = responses.get(socket);
		const isAnswering = response?.headersSent === true && !response.writableFinished;
		if (socket.writable && !isAnswering) {
			const line = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`;
			socket.write(`${line}\r\n${headers}connection: close\r\ncontent-length: 0\r\n\r\n`);
		}
		socket.destroySoon();
	}

	return {
		endWith,
		onClientError(error, socket) {
			if (error.code === 'ECONNRESET' || socket.destroyed) return;
			endWith(socket, STATUS[error.code ?? ''] ?? 400);
		},
		watch(server) {
			server.prependListener('request', (request, response) => {
				responses.set(request.socket, response);
			});
		}
	};
}
