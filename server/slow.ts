/**
 * Cuts senders who take their time (H16). Headers have a limit of Node's own; a body has to be there
 * within 30 s, except that of a file, which only has to keep coming: files over slow lines are honest.
 */
import type { IncomingMessage, Server } from 'node:http';

/** ms for a whole body; also between two looks at a file. */
export const BODY_WITHIN = 30_000;
/** Bytes of a file that have to come between two looks: 0.5 KB a second. */
const LEAST = 16 * 1024;
/** ms after which a file is cut, however it comes; resumable uploads go on where they were. */
export const FILE_WITHIN = 30 * 60_000;
/** Where files are handed in. */
const FILES = /^\/api\/(upload|files\/upload)(\/|$)/;

const TOO_SLOW = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

function hasBody({ headers }: IncomingMessage): boolean {
	return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Watches all requests of a server. Call after everything else was attached to it. */
export function cutSlowBodies(server: Server): void {
	server.prependListener('request', (request, response) => {
		if (!hasBody(request)) return;
		const isFile = FILES.test(request.url ?? '');
		const { socket } = request;
		let had = socket.bytesRead;
		const looking = setInterval(look, BODY_WITHIN);

		function look(): void {
			if (request.complete) return clearInterval(looking);
			const came = socket.bytesRead - had;
			had = socket.bytesRead;
			if (isFile && came >= LEAST) return;
			clearInterval(looking);
			if (!response.headersSent) socket.write(TOO_SLOW);
			socket.destroySoon();
		}
		request.once('close', () => clearInterval(looking));
	});
}
