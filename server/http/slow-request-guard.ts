/**
 * Cuts senders who take their time (HTTP-16). Headers have a limit of Node's own; a body has to be there within
 * 30 s, except that of a file, which only has to keep coming: files over slow lines are honest.
 */
import type { IncomingMessage, Server } from 'node:http';
import {
	FILE_UPLOAD_PATH,
	FORM_UPLOAD_PATH,
	isUnder,
	pathOf
} from '../../src/lib/protocol/paths.ts';
import type { BrokenRequests } from './broken-requests.ts';

/** ms for a whole body; also between two looks at a file. */
const BODY_WITHIN = 30_000;
/** Bytes of a file that have to come between two looks: 0.5 KB a second. */
const FILE_MIN_BYTES = 16 * 1024;
/** ms after which a file is cut, however it comes; resumable uploads go on where they were. */
export const FILE_WITHIN = 30 * 60_000;

function hasBody({ headers }: IncomingMessage): boolean {
	return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function isFileUpload({ url }: IncomingMessage): boolean {
	return [FILE_UPLOAD_PATH, FORM_UPLOAD_PATH].some((root) => isUnder(root, pathOf(url)));
}

/** Watches all requests of a server. Call after everything else was attached to it. */
export function cutSlowBodies(server: Server, endWith: BrokenRequests['endWith']): void {
	server.prependListener('request', (request) => {
		if (!hasBody(request)) return;
		const isFile = isFileUpload(request);
		const { socket } = request;
		let received = socket.bytesRead;
		const timer = setInterval(check, BODY_WITHIN);

		function check(): void {
			if (request.complete) return clearInterval(timer);
			const since = socket.bytesRead - received;
			received = socket.bytesRead;
			if (isFile && since >= FILE_MIN_BYTES) return;
			clearInterval(timer);
			endWith(socket, 408);
		}
		request.once('close', () => clearInterval(timer));
	});
}
