/** What the other end of a connection has taken: a reader is judged by its progress, not by what waits for it. */
import type { Socket } from 'node:net';

/** The part of a connection that Node's own idle timer looks at, too (lib/net.js, `_onTimeout`). */
interface Handle {
	/** bytes handed over for sending */
	bytesWritten: number;
	/** bytes of them that the operating system has not taken */
	writeQueueSize: number;
}

/** Bytes that were ever taken from this process for the other end; null when the connection is gone. */
export function bytesTaken(socket: Socket): number | null {
	const handle = (socket as unknown as { _handle: Handle | null })._handle;
	return handle ? handle.bytesWritten - handle.writeQueueSize : null;
}

/** Looks again and again whether what waits is taken. */
export interface ProgressWatch {
	/**
	 * @param waiting bytes that wait now
	 * @param taken bytes that were ever taken
	 * @param now ms
	 * @returns ms for which bytes have waited and none was taken
	 */
	stalledFor(waiting: number, taken: number, now: number): number;
}

export function createProgressWatch(): ProgressWatch {
	let takenBefore = -1;
	let movedAt = 0;
	return {
		stalledFor(waiting, taken, now) {
			if (waiting === 0 || taken !== takenBefore) movedAt = now;
			takenBefore = taken;
			return now - movedAt;
		}
	};
}
