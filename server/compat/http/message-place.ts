/** Where a message stands, in numbers: one of a conversation of two is in no room. */
import type { PersonId } from '../../../src/lib/protocol/ids.ts';
import type { MessageView, RoomReads } from '../ports.ts';

/** The number of its room, or of the one to whom it was sent. */
export interface MessagePlace {
	room: number | null;
	receiver: number | null;
}

/** @param person who asks */
export function placeOf(
	store: Pick<RoomReads, 'room' | 'members'>,
	person: PersonId,
	{ row, author }: MessageView
): MessagePlace {
	const access = store.room(person, { id: row.room });
	if (access) return { room: access.room.number, receiver: null };
	const other = store.members(row.room).find(({ id }) => id !== author.id);
	return { room: null, receiver: other?.number ?? null };
}
