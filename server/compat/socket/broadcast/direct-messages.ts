/** A message of a direct conversation, on its way to the sockets of both people. */
import type { MessageRow } from '../../../../src/lib/protocol/change.ts';
import { otherOf, type PersonId, type RoomId } from '../../../../src/lib/protocol/ids.ts';
import { personGroup } from '../../../socket/types.ts';
import type { Message } from '../../serializers.ts';
import { directGroup, type CompatNamespace } from '../types.ts';
import type { MessageSender } from './message-sender.ts';

/** The two of a direct conversation: who wrote the message, and the other one. */
export const pairOf = (room: RoomId, { author }: MessageRow): [PersonId, PersonId] => [
	author,
	otherOf(room, author)
];

/** Sends a message as it is now: as new, as edited, or as deleted. Nothing where one of the two has gone for good. */
export function sendToPair(sender: MessageSender, room: RoomId, row: MessageRow): void {
	const { main, facts, serializeAcross } = sender;
	const [author, other] = pairOf(room, row).map((person) => facts.cards.get(person));
	if (!author || !other || author.deleted || other.deleted) return;
	const isNew = row.rev === row.seq;
	const isEdit = !row.deleted && !isNew && sender.isNewEdit(row);
	for (const { id } of [author, other]) {
		if (row.deleted) {
			main.to(personGroup(id)).emit('message_deleted', { id: row.number, room_id: null });
		} else if (isNew || isEdit) {
			const serialize = serializeAcross(facts.blocked.get(id));
			emitTo(main, id, serialize.message({ row, author }, null, other.number), isNew);
		}
	}
}

function emitTo(main: CompatNamespace, person: PersonId, message: Message, isNew: boolean): void {
	const sockets = main.to(personGroup(person));
	if (!isNew) return void sockets.emit('message_edited', message);
	sockets.emit('private_message', message);
	main.to(directGroup(person)).emit('new_message', message);
}
