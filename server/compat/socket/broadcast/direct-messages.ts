/** A message of a direct conversation, on its way to the sockets of both people. */
import type { MessageRow } from '../../../../src/lib/protocol/change.ts';
import type { PersonId, RoomId } from '../../../../src/lib/protocol/ids.ts';
import { personGroup } from '../../../socket/types.ts';
import { receiverOf, type Message } from '../../serializers.ts';
import { directGroup, type CompatNamespace } from '../types.ts';
import type { MessageSender } from './message-sender.ts';

/** Sends a message as it is now: as new, as edited, or as deleted. */
export function sendToPair(sender: MessageSender, room: RoomId, row: MessageRow): void {
	const { main, serializeFor, store } = sender;
	const pair = store.members(room);
	const [a, b] = pair;
	const author = pair.find(({ id }) => id === row.author);
	if (!a || !b || !author) return;
	const receiver = receiverOf(author.number, [a.number, b.number]);
	const isNew = row.rev === row.seq;
	const isEdit = !row.deleted && !isNew && sender.isNewEdit(row);
	for (const { id } of [a, b]) {
		if (row.deleted) {
			main.to(personGroup(id)).emit('message_deleted', { id: row.number, room_id: null });
		} else if (isNew || isEdit) {
			const message = serializeFor(id).message({ row, author }, null, receiver);
			emitTo(main, id, message, isNew);
		}
	}
}

function emitTo(main: CompatNamespace, person: PersonId, message: Message, isNew: boolean): void {
	const sockets = main.to(personGroup(person));
	if (!isNew) return void sockets.emit('message_edited', message);
	sockets.emit('private_message', message);
	main.to(directGroup(person)).emit('new_message', message);
}
