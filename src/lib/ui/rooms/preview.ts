/** What the list of rooms says under a room's name. */
import { m } from '../../i18n/messages.ts';
import type { LastItem, RoomItem } from '../../state/client/client-types.ts';
import { previewText } from '../chat/files/message-preview.ts';
import { callText } from '../chat/message/call-text.ts';
import { noteParts } from '../chat/message/note-parts.ts';
import { nameOf } from '../base/name-of.ts';

function happened(last: LastItem): string {
	const who = last.mine ? m.you() : nameOf(last.author);
	const { card } = last.note ?? {};
	const whom = nameOf(card);
	const parts = noteParts(last, { who, whom, pin: m.note_a_message() });
	return parts.map((part) => part.text).join('');
}

function said(last: LastItem, room: RoomItem): string {
	if (last.deleted) return m.deleted_message();
	if (last.note) return happened(last);
	if (last.call) return callText(last.call, last.mine);
	const text = previewText(last.body, last.files);
	if (last.mine) return `${m.you()}: ${text}`;
	// Of two, who it was need not be said.
	const name = room.direct ? null : last.author && nameOf(last.author);
	return name ? `${name}: ${text}` : text;
}

/** One line about the room: what it waits for, else what was said last, else its description. */
export function previewOf(room: RoomItem): string {
	if (room.state === 'creating') return room.direct ? m.direct_creating() : m.creating();
	if (room.state === 'joining') return m.joining();
	if (room.state === 'leaving') return m.leaving();
	return room.last ? said(room.last, room) : room.description;
}
