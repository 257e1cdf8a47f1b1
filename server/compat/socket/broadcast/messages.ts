/** Messages reach the sockets that joined their room, and both people of a direct conversation. */
import type { MessageRow } from '../../../../src/lib/protocol/change.ts';
import type { Frame } from '../../../../src/lib/protocol/down.ts';
import { isDirectId, type PersonId, type RoomId } from '../../../../src/lib/protocol/ids.ts';
import type { CompatContext } from '../../context.ts';
import type { MessageView } from '../../ports.ts';
import type { CompatNamespace, JoinedRoom } from '../types.ts';
import type { Audience } from './audience.ts';
import { sendToPair } from './direct-messages.ts';
import type { MessageSender } from './message-sender.ts';
import { sendToRoom } from './room-messages.ts';

/** Edits that are remembered, so that a pin or a reaction is not sent as another edit. */
const EDITS_MAX = 1_000;

export class MessageBroadcast {
	readonly #audience: Audience;
	readonly #sender: MessageSender;
	/** message -> when it was edited, as last sent */
	readonly #edits = new Map<string, number>();
	#lastNumber: number;

	constructor(
		{ serializeFor, store }: Pick<CompatContext, 'serializeFor' | 'store'>,
		main: CompatNamespace,
		audience: Audience
	) {
		this.#audience = audience;
		this.#lastNumber = store.lastNumber();
		this.#sender = { serializeFor, store, main, isNewEdit: (row) => this.#isNewEdit(row) };
	}

	/** Number of the newest message sent to anybody. */
	lastNumber(): number {
		return this.#lastNumber;
	}

	/** Sends the messages of a frame. */
	sendFrame({ stream, rows }: Frame): void {
		const messages = rows.filter((row) => row.kind === 'message').filter((row) => !row.system);
		if (messages.length === 0) return;
		for (const { number } of messages) this.#lastNumber = Math.max(this.#lastNumber, number);
		if (isDirectId(stream)) {
			for (const row of messages) sendToPair(this.#sender, stream, row);
		} else this.#sendToRoom(stream, messages);
	}

	/** A message in a room, in the form of a person's socket. */
	payload(view: MessageView, room: Omit<JoinedRoom, 'from'>, viewer: PersonId): unknown {
		const serialize = this.#sender.serializeFor(viewer);
		return room.byName
			? serialize.legacyMessage(view, room.name)
			: serialize.message(view, room.number);
	}

	#sendToRoom(id: RoomId, messages: MessageRow[]): void {
		// Sockets that have joined a room know its number and name: nothing has to be looked up.
		const room = this.#audience.joinedRoom(id);
		if (!room) return;
		for (const row of messages) sendToRoom(this.#sender, id, room, row);
	}

	#isNewEdit({ id, edited }: MessageRow): boolean {
		if (edited === undefined || this.#edits.get(id) === edited) return false;
		this.#edits.delete(id);
		this.#edits.set(id, edited);
		if (this.#edits.size > EDITS_MAX) this.#edits.delete(this.#edits.keys().next().value!);
		return true;
	}
}
