/** The turn of a commit: what it changed becomes events. When that cannot be read, sockets are cut and come back. */
import type { Frame } from '../../../../src/lib/protocol/down.ts';
import { isDirectId, type PersonId, type RoomId } from '../../../../src/lib/protocol/ids.ts';
import type { CommitListener } from '../../../domain/ports.ts';
import type { Log } from '../../../log.ts';
import { personGroup, socketsIn } from '../../../socket/types.ts';
import type { CompatStore, EventFacts } from '../../ports.ts';
import { cutOff } from '../cut-off.ts';
import { noNeeds, readFacts } from '../event-needs.ts';
import type { Progress } from '../progress.ts';
import type { RejoinStore } from '../rejoin-store.ts';
import type { CompatNamespace, JoinedRoom } from '../types.ts';
import type { Audience } from './audience.ts';
import type { ContactBroadcast } from './contacts.ts';
import { leaveRoom, renameRoom } from './membership.ts';
import { messagesIn, type MessageBroadcast } from './messages.ts';

type Changes = Pick<Parameters<CommitListener>[0], 'membershipChanges' | 'frames'>;

interface PublicationOptions {
	main: CompatNamespace;
	store: Pick<CompatStore, 'facts'>;
	log: Log;
	audience: Audience;
	messages: MessageBroadcast;
	contacts: ContactBroadcast;
	rejoinStore: RejoinStore;
	progress: Progress;
	sendLeft: (
		leaver: {
			card: ReturnType<EventFacts['cards']['get']>;
			blocked: Iterable<PersonId> | undefined;
		},
		room: RoomId,
		joined: JoinedRoom
	) => void;
}

export class Publication {
	readonly #options: PublicationOptions;

	constructor(options: PublicationOptions) {
		this.#options = options;
	}

	/** Reads what the events of a commit need; answers what sends them. When it rejects they are to be given up. */
	async read(changes: Changes): Promise<() => void> {
		const facts = await readFacts(this.#options.store, this.#needsOf(changes));
		return () => this.#send(changes, facts);
	}

	#needsOf({ membershipChanges, frames }: Changes) {
		const { audience, messages, contacts } = this.#options;
		const needs = noNeeds();
		for (const { person, room, in: isIn } of membershipChanges) {
			if (!isIn && audience.joinedBy(person, room)) needs.people.add(person);
		}
		for (const frame of frames) {
			messages.addNeeds(frame, needs);
			for (const row of frame.rows) contacts.addNeeds(frame.stream, row, needs);
		}
		return needs;
	}

	#send(changes: Changes, facts: EventFacts): void {
		try {
			this.#moveAll(changes, facts);
			for (const frame of changes.frames) this.#sendFrame(frame, facts);
		} catch (error) {
			this.giveUp(changes, error);
			return;
		}
		this.#options.progress.reached(lastNumberIn(changes.frames));
	}

	#sendFrame(frame: Frame, facts: EventFacts): void {
		const { main, messages, contacts } = this.#options;
		messages.sendFrame(frame, facts);
		for (const row of frame.rows) {
			if (row.kind === 'room') renameRoom(main, frame.stream, row.name);
			if (row.kind === 'contact') contacts.sendContact(frame.stream, row, facts);
			if (row.kind === 'self') contacts.sendOwnCard(row.card, facts);
		}
	}

	/** Whoever has left a room gets nothing more of it. @param facts null: nobody can be told who that was */
	#moveAll({ membershipChanges }: Changes, facts: EventFacts | null): void {
		const { main, audience, rejoinStore, sendLeft } = this.#options;
		for (const { person, room, in: isIn } of membershipChanges) {
			if (isIn) continue;
			const joined = audience.joinedBy(person, room);
			leaveRoom(main, rejoinStore, person, room);
			if (!joined || !facts) continue;
			const leaver = { card: facts.cards.get(person), blocked: facts.blocked.get(person) };
			sendLeft(leaver, room, joined);
		}
	}

	/** Does what needs nothing to be read, and cuts all sockets that would have been told: they come back and read it. */
	giveUp(changes: Changes, error: unknown): void {
		const { main, log, progress } = this.#options;
		log.error({ err: error }, 'events could not be sent: sockets are cut');
		this.#moveAll(changes, null);
		const groups = new Set<string>();
		for (const frame of changes.frames) {
			for (const group of this.#groupsOf(frame)) groups.add(group);
			for (const row of frame.rows) {
				if (row.kind === 'room') renameRoom(main, frame.stream, row.name);
			}
		}
		for (const group of groups) for (const socket of [...socketsIn(main, group)]) cutOff(socket);
		progress.givenUp(lastNumberIn(changes.frames));
	}

	#groupsOf(frame: Frame): string[] {
		const groups = this.#options.messages.groupsOf(frame);
		const isFeed = frame.rows.some((row) => row.kind === 'contact');
		return isFeed && !isDirectId(frame.stream) ? [...groups, personGroup(frame.stream)] : groups;
	}
}

/** Number of the newest message in frames; 0 for none. */
function lastNumberIn(frames: readonly Frame[]): number {
	return Math.max(0, ...frames.flatMap((frame) => messagesIn(frame).map(({ number }) => number)));
}
