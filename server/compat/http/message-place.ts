/** Where a message stands, in numbers: one of a conversation of two is in no room. */
import type { RoomId } from '../../../src/lib/protocol/ids.ts';
import type { MessageView, RoomPlace } from '../ports.ts';

/** The number of its room, or of the one to whom it was sent. */
export interface MessagePlace {
	room: number | null;
	receiver: number | null;
}

/** @param places of its room at least */
export function placeOf(
	places: ReadonlyMap<RoomId, RoomPlace>,
	{ row, author }: MessageView
): MessagePlace {
	const place = places.get(row.room);
	if (place && 'number' in place) return { room: place.number, receiver: null };
	const other = place?.people.find(({ id }) => id !== author.id);
	return { room: null, receiver: other?.number ?? null };
}
