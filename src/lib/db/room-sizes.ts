/** How much room each conversation takes on this device. */
import type { RoomId } from '../protocol/ids.ts';
import type { StreamState } from '../sync/ports.ts';
import { FILE_CACHE } from './cache-names.ts';
import type { Cache } from './cache.ts';

/** What one conversation takes. */
export interface RoomSize {
	id: RoomId;
	messages: number;
	/** bytes of its messages with their indexes, and of its files that were looked at */
	text: number;
	files: number;
}

/** Messages at either end of a room that are read to tell how large its messages are. */
const SAMPLE = 50;
/**
 * Measured in Chromium with 2,000 to 8,000 messages of some 560 bytes: bytes of each besides its row, for the entries in
 * the indexes and what is searched; and of databases without a message.
 */
const OVERHEAD = 105;
const EMPTY = 295_000;
/** What is counted may be so far from what databases really take: what was deleted is cleared away later. */
const FACTOR_MIN = 0.5;
const FACTOR_MAX = 4;

/** Bytes of a row as a browser writes it: one for a character of Latin, two for all of a text that has another. */
function sizeOf(row: object): number {
	const written = JSON.stringify(row);
	for (let i = 0; i < written.length; i++)
		if (written.charCodeAt(i) > 255) return 2 * written.length;
	return written.length;
}

async function averageSize(cache: Pick<Cache, 'messages'>, room: RoomId): Promise<number> {
	const [newest, oldest] = await Promise.all([
		cache.messages(room, 0, Infinity, SAMPLE, 'top'),
		cache.messages(room, 0, Infinity, SAMPLE, 'bottom')
	]);
	const rows = [...newest, ...oldest];
	const sum = rows.reduce((bytes, row) => bytes + sizeOf(row), 0);
	return rows.length === 0 ? 0 : sum / rows.length + OVERHEAD;
}

/** Bytes of databases, where the browser tells them apart from the rest. */
async function databaseBytes(): Promise<number | null> {
	const told = (await navigator.storage?.estimate?.()) as
		(StorageEstimate & { usageDetails?: { indexedDB?: number } }) | undefined;
	return told?.usageDetails?.indexedDB ?? null;
}

/** By how much databases are larger than what was counted; 1 where the browser does not say. */
async function factorFor(counted: number): Promise<number> {
	const real = await databaseBytes();
	if (real === null || counted === 0) return 1;
	return Math.min(FACTOR_MAX, Math.max(FACTOR_MIN, (real - EMPTY) / counted));
}

/** File id -> bytes kept of it, the small picture included. */
async function keptFiles(): Promise<Map<string, number>> {
	const sizes = new Map<string, number>();
	if (!globalThis.caches || !(await caches.has(FILE_CACHE))) return sizes;
	const cache = await caches.open(FILE_CACHE);
	for (const request of await cache.keys()) {
		const id = /\/api\/files\/([^/]+)/u.exec(new URL(request.url).pathname)?.[1];
		const length = Number((await cache.match(request))?.headers.get('content-length') ?? 0);
		if (id) sizes.set(id, (sizes.get(id) ?? 0) + length);
	}
	return sizes;
}

/** Removes files from this device; they stay on the server. */
export async function forgetFiles(ids: Iterable<string>): Promise<void> {
	if (!globalThis.caches || !(await caches.has(FILE_CACHE))) return;
	const cache = await caches.open(FILE_CACHE);
	for (const id of ids) {
		await cache.delete(`/api/files/${id}`);
		await cache.delete(`/api/files/${id}/small`);
	}
}

/**
 * The sizes of all conversations, the largest first. Texts are counted by their average and shared out of what the
 * browser says that databases take, so that the sum is what it really is.
 * @param filesOf ids of the files that each room's messages carry
 */
export async function roomSizes(
	cache: Pick<Cache, 'messages' | 'countMessages'>,
	states: readonly StreamState[],
	filesOf: ReadonlyMap<RoomId, readonly string[]>
): Promise<RoomSize[]> {
	const rooms = states.filter((state) => state.kind === 'room');
	const files = await keptFiles();
	const sizes = await Promise.all(
		rooms.map(async ({ id }): Promise<RoomSize> => {
			const messages = await cache.countMessages(id);
			const ids = new Set(filesOf.get(id) ?? []);
			return {
				id,
				messages,
				text: messages * (await averageSize(cache, id)),
				files: [...ids].reduce((bytes, file) => bytes + (files.get(file) ?? 0), 0)
			};
		})
	);
	const counted = sizes.reduce((bytes, size) => bytes + size.text, 0);
	const factor = await factorFor(counted);
	return sizes
		.map((size) => ({ ...size, text: Math.round(size.text * factor) }))
		.sort((a, b) => b.text + b.files - a.text - a.files);
}
