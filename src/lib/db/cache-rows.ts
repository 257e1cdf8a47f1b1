/** Which rows of the cache belong to which stream. */
import { Dexie, type Collection } from 'dexie';
import type { MemberRow, MessageRow, SeenRow, StreamKind } from '../protocol/change.ts';
import type { RoomId, StreamId } from '../protocol/ids.ts';
import type { Range } from '../sync/ports.ts';
import type { CacheDatabase } from './schema.ts';
import { deleteIndex, noteDeleted } from './search/marks.ts';

/** Messages with `from <= seq <= to`. */
export function messagesBetween(
	{ messages }: CacheDatabase,
	room: RoomId,
	from: number,
	to: number
): Collection<MessageRow, string> {
	return messages.where('[room+seq]').between([room, from], [room, to], true, true);
}

/** Members of a room. */
export function membersOf(
	{ members }: CacheDatabase,
	room: RoomId
): Collection<MemberRow, [string, string]> {
	return members.where('[room+id]').between([room, Dexie.minKey], [room, Dexie.maxKey]);
}

/** How far the members of a room have read. */
export function seenIn(
	{ seen }: CacheDatabase,
	room: RoomId
): Collection<SeenRow, [string, string]> {
	return seen.where('[room+id]').between([room, Dexie.minKey], [room, Dexie.maxKey]);
}

/** Deletes all rows of a stream; its state stays. */
export async function deleteRows(
	db: CacheDatabase,
	stream: StreamId,
	kind: StreamKind | undefined
): Promise<void> {
	await messagesBetween(db, stream, -Infinity, Infinity).delete();
	await deleteIndex(db, stream);
	await membersOf(db, stream).delete();
	await seenIn(db, stream).delete();
	if (kind === 'directory') await db.directory.clear();
	if (kind === 'feed') await db.own.clear();
}

/** Deletes the messages of a room below a seq that lie in none of the ranges. */
export async function deleteOutside(
	db: CacheDatabase,
	room: RoomId,
	ranges: readonly Range[],
	below: number
): Promise<void> {
	for (const [from, to] of gaps(ranges, below)) {
		await noteDeleted(db, room, from, to);
		await messagesBetween(db, room, from, to).delete();
	}
}

/** The stretches below `below` that no range covers, as [from, to] inclusive. */
function gaps(ranges: readonly Range[], below: number): [number, number][] {
	const found: [number, number][] = [];
	let from = 0;
	for (const range of ranges) {
		if (range.from >= below) break;
		if (range.from > from) found.push([from, range.from - 1]);
		from = range.to + 1;
	}
	if (from < below) found.push([from, below - 1]);
	return found;
}
