/**
 * Cuts readers who take nothing (LOAD-8): an answer that nobody reads holds its memory. Any progress counts, so a
 * slow line is never cut; when many answers wait at once, those that stand still have less time.
 */
import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { bytesTaken, createProgressWatch, type ProgressWatch } from '../line-progress.ts';

/** ms between two looks. */
const LOOK_EVERY = 2_000;
/** ms for which an answer may stand still. */
const STILL_MAX = 30_000;
/** The same while answers under way hold more than `PRESSURE` bytes. */
const STILL_MAX_UNDER_PRESSURE = 4_000;
const PRESSURE = 64 * 1024 * 1024;

/** Watches all responses of a server until it is closed. */
export function cutStalledResponses(server: Server, now = () => performance.now()): void {
	const open = new Map<ServerResponse, ProgressWatch>();

	function waitingFor(response: ServerResponse): { socket: Socket; waiting: number } | null {
		const { socket } = response;
		return socket
			? { socket, waiting: Math.max(socket.writableLength, response.writableLength) }
			: null;
	}

	function look(): void {
		let held = 0;
		for (const response of open.keys()) held += waitingFor(response)?.waiting ?? 0;
		const limit = held > PRESSURE ? STILL_MAX_UNDER_PRESSURE : STILL_MAX;
		for (const [response, watch] of open) {
			const state = waitingFor(response);
			const taken = state && bytesTaken(state.socket);
			if (!state || taken === null) continue;
			if (watch.stalledFor(state.waiting, taken, now()) >= limit) state.socket.destroy();
		}
	}

	server.prependListener('request', (_request, response) => {
		open.set(response, createProgressWatch());
		response.once('close', () => open.delete(response));
	});
	const timer = setInterval(look, LOOK_EVERY);
	timer.unref();
	server.once('close', () => clearInterval(timer));
}
