/** A message of a room, on its way to the sockets that joined it. */
import type { Card, MessageRow } from '../../../../src/lib/protocol/change.ts';
import type { RoomId } from '../../../../src/lib/protocol/ids.ts';
import { personGroup, socketsIn } from '../../../socket/types.ts';
import type { Message, Serializers } from '../../serializers.ts';
import { joinedGroup, namedGroup, type JoinedRoom } from '../types.ts';
import type { MessageSender } from './message-sender.ts';

/** Sends a message as it is now: as new, as edited, or as deleted. */
export function sendToRoom(
	sender: MessageSender,
	id: RoomId,
	{ number, name }: JoinedRoom,
	row: MessageRow
): void {
	const { main, facts, serializeAcross } = sender;
	if (row.deleted) {
		main.to(joinedGroup(id)).emit('message_deleted', { id: row.number, room_id: number });
		return;
	}
	const author = facts.cards.get(row.author);
	if (!author) return;
	const view = { row, author };
	const make = (serialize: Serializers) => serialize.message(view, number);
	if (row.rev === row.seq) {
		emitInRoom(sender, id, author, 'new_message', make);
		main.to(namedGroup(id)).emit('new_message', serializeAcross().legacyMessage(view, name));
	} else if (sender.isNewEdit(row)) {
		emitInRoom(sender, id, author, 'message_edited', make);
	}
}

/** Sends to all sockets in a room; across a block without the author's presence. */
function emitInRoom(
	{ main, facts, serializeAcross }: MessageSender,
	room: RoomId,
	author: Card,
	event: 'new_message' | 'message_edited',
	make: (serialize: Serializers) => Message
): void {
	const blocked = facts.blocked.get(author.id) ?? new Set();
	const others = main.to(joinedGroup(room)).except([...blocked].map(personGroup));
	// Sockets that joined by name get new messages in a form of their own.
	const isNew = event === 'new_message';
	(isNew ? others.except(namedGroup(room)) : others).emit(event, make(serializeAcross()));
	if (blocked.size === 0) return;
	const acrossBlock = make(serializeAcross(new Set([author.id])));
	for (const socket of socketsIn(main, joinedGroup(room))) {
		const { actor, joined } = socket.data;
		const isLegacy = isNew && joined.get(room)?.byName === true;
		if (blocked.has(actor.person) && !isLegacy) socket.emit(event, acrossBlock);
	}
}
