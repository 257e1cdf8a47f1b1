/** What the list of rooms says under a room's name. */
import { m } from '../../i18n/messages.ts';
import type { LastItem, RoomItem } from '../../state/client-types.ts';

function said(last: LastItem, room: RoomItem): string {
	if (last.deleted) return m.deleted_message();
	const text = last.body.replace(/\s+/gu, ' ').trim();
	if (last.mine) return `${m.you()}: ${text}`;
	// Of two, who it was need not be said.
	const name = room.direct ? null : (last.author?.display ?? last.author?.name);
	return name ? `${name}: ${text}` : text;
}

/** One line about the room: what it waits for, else what was said last, else its description. */
export function previewOf(room: RoomItem): string {
	if (room.state === 'creating') return room.direct ? m.direct_creating() : m.creating();
	if (room.state === 'joining') return m.joining();
	if (room.state === 'leaving') return m.leaving();
	return room.last ? said(room.last, room) : room.description;
}
