/**
 * Takes a conversation along: fetches all that is not on this device yet, messages first, then files. Goes on where it
 * was when it is begun again.
 */
import type { Cache } from '../../db/cache.ts';
import { FILE_CACHE } from '../../db/cache-names.ts';
import type { FileCard } from '../../protocol/change.ts';
import type { RoomId } from '../../protocol/ids.ts';
import { holes } from '../../sync/reconcile/range.ts';
import type { FetchRequest, StreamState } from '../../sync/ports.ts';
import { nextChange } from './next-change.ts';

/** How far it is: shares from 0 to 1. */
export interface TakenAlong {
	messages: number;
	files: number;
}

interface Parts {
	cache: Cache;
	fetchHistory: (request: FetchRequest | null) => void;
	/** the files of a room's messages that are on this device */
	filesOf: (room: RoomId) => Promise<FileCard[]>;
}

/** Part of a room's seqs whose messages are here. */
function shareOf(state: StreamState | null): number {
	const head = state?.cursor?.s ?? 0;
	if (!state || head === 0) return 0;
	const missing = holes(state.ranges, head).reduce(
		(sum, hole) => sum + hole.before - hole.after - 1,
		0
	);
	return 1 - missing / head;
}

async function takeMessages(
	{ cache, fetchHistory }: Parts,
	room: RoomId,
	signal: AbortSignal,
	tell: (share: number) => void
): Promise<void> {
	try {
		for (;;) {
			signal.throwIfAborted();
			const state = await cache.stream(room);
			tell(shareOf(state));
			const hole = state?.cursor ? holes(state.ranges, state.cursor.s).at(-1) : undefined;
			if (!hole) return;
			const changed = nextChange(cache, room, signal);
			fetchHistory({ room, ...hole, end: 'top' });
			await changed;
		}
	} finally {
		fetchHistory(null);
	}
}

/** The worker keeps what is fetched from these addresses. */
async function takeFile(file: FileCard, signal: AbortSignal): Promise<void> {
	const addresses = [`/api/files/${file.id}`];
	if (file.kind === 'image') addresses.push(`/api/files/${file.id}/small`);
	for (const address of addresses) {
		if (await caches.match(address, { cacheName: FILE_CACHE })) continue;
		const answer = await fetch(address, { signal });
		// A file that is gone by now is none that could be taken along; any other answer may be another one later.
		if (!answer.ok && answer.status !== 404) {
			throw new DOMException(`answered ${answer.status}`, 'NetworkError');
		}
		await answer.blob();
	}
}

/**
 * Fetches everything of a room. Rejects with the signal's reason when it is ended, with a DOMException "TimeoutError" or
 * "NetworkError" or a TypeError when the network goes away.
 */
export async function takeAlong(
	parts: Parts,
	room: RoomId,
	signal: AbortSignal,
	tell: (progress: TakenAlong) => void
): Promise<void> {
	await takeMessages(parts, room, signal, (messages) => tell({ messages, files: 0 }));
	const files = globalThis.caches ? await parts.filesOf(room) : [];
	for (const [i, file] of files.entries()) {
		tell({ messages: 1, files: i / files.length });
		await takeFile(file, signal);
	}
	tell({ messages: 1, files: 1 });
}
