/** Messages reach the sockets that joined their room, and both people of a direct conversation. */
import type { MessageRow } from '../../../../src/lib/protocol/change.ts';
import type { Frame } from '../../../../src/lib/protocol/down.ts';
import { isDirectId } from '../../../../src/lib/protocol/ids.ts';
import { personGroup } from '../../../socket/types.ts';
import type { CompatContext } from '../../context.ts';
import type { EventFacts, EventNeeds } from '../../ports.ts';
import { joinedGroup, type CompatNamespace } from '../types.ts';
import type { Audience } from './audience.ts';
import { pairOf, sendToPair } from './direct-messages.ts';
import { createSender } from './message-sender.ts';
import { sendToRoom } from './room-messages.ts';

/** Edits that are remembered, so that a pin or a reaction is not sent as another edit. */
const EDITS_MAX = 1_000;

/** The messages of a frame that these clients are shown. */
export const messagesIn = ({ rows }: Frame): MessageRow[] =>
	rows.filter((row) => row.kind === 'message').filter((row) => !row.system);

export class MessageBroadcast {
	readonly #presence: CompatContext['presence'];
	readonly #main: CompatNamespace;
	readonly #audience: Audience;
	/** message -> when it was edited, as last sent */
	readonly #edits = new Map<string, number>();

	constructor(
		{ presence }: Pick<CompatContext, 'presence'>,
		main: CompatNamespace,
		audience: Audience
	) {
		this.#presence = presence;
		this.#main = main;
		this.#audience = audience;
	}

	/** Groups of the sockets that get the messages of a frame. */
	groupsOf(frame: Frame): string[] {
		const messages = messagesIn(frame);
		if (messages.length === 0) return [];
		const { stream } = frame;
		return isDirectId(stream)
			? pairOf(stream, messages[0]!).map(personGroup)
			: [joinedGroup(stream)];
	}

	/** Says what the messages of a frame need; nothing when no socket listens. */
	addNeeds(frame: Frame, needs: EventNeeds): void {
		if (this.groupsOf(frame).every((group) => this.#audience.isEmpty(group))) return;
		const isDirect = isDirectId(frame.stream);
		for (const row of messagesIn(frame)) {
			if (isDirect) for (const person of pairOf(frame.stream, row)) needs.people.add(person);
			if (row.deleted) continue;
			needs.people.add(row.author);
			for (const { id } of row.files ?? []) needs.files.add(id);
		}
	}

	/** Sends the messages of a frame. */
	sendFrame(frame: Frame, facts: EventFacts): void {
		const { stream } = frame;
		const isNewEdit = (row: MessageRow) => this.#isNewEdit(row);
		const sender = createSender({ main: this.#main, facts, isNewEdit }, this.#presence);
		if (isDirectId(stream)) {
			for (const row of messagesIn(frame)) sendToPair(sender, stream, row);
			return;
		}
		// Sockets that have joined a room know its number and name: nothing has to be looked up.
		const room = this.#audience.joinedRoom(stream);
		if (!room) return;
		for (const row of messagesIn(frame)) sendToRoom(sender, stream, room, row);
	}

	#isNewEdit({ id, edited }: MessageRow): boolean {
		if (edited === undefined || this.#edits.get(id) === edited) return false;
		this.#edits.delete(id);
		this.#edits.set(id, edited);
		if (this.#edits.size > EDITS_MAX) this.#edits.delete(this.#edits.keys().next().value!);
		return true;
	}
}
