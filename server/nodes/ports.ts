/** What several nodes on one database need: of the database, and of each other. */
import type { Frame } from '../../src/lib/protocol/down.ts';
import type { PersonId, RoomId, StreamId } from '../../src/lib/protocol/ids.ts';
import type { CommittedChanges } from '../domain/ports.ts';

/** A stream that this node tells of up to `from`, and whose sockets are here. */
export interface Behind {
	stream: StreamId;
	from: number;
	people: PersonId[];
}

/** What happened in a stream after `from`, as it is now. */
export interface CaughtUp {
	/** null: nothing */
	frame: Frame | null;
	/** the frame does not reach to the head */
	isMore: boolean;
	/** those of the people who are not in the room any more */
	out: PersonId[];
}

export interface NodeReads {
	/** Where streams stand that have moved beyond what is known of them. */
	moved(known: ReadonlyMap<StreamId, number>): Promise<Map<StreamId, number>>;
	/** What was missed in these streams, in their order, all read at one moment. */
	since(streams: readonly Behind[]): Promise<CaughtUp[]>;
	/** Those of these people who are in a room. */
	among(room: RoomId, people: readonly PersonId[]): Promise<PersonId[]>;
	/** The streams whose frames a person may have, with their heads. */
	heads(person: PersonId): Promise<{ stream: StreamId; head: number }[]>;
}

/** What nodes say to each other: event -> what is sent. */
export interface NodeEvents {
	committed: CommittedChanges;
	/** public ids of sessions that were ended otherwise than by a commit */
	ended: string[];
	/** a sign of life, and how many changes the node has told */
	alive: { node: string; version: number };
	/** the node is asked for everybody who is connected to it, and its answer */
	askAll: { node: string };
	all: { node: string; version: number; entries: string[] };
	/** somebody has connected to the node, or is not any more; see others.ts */
	here: { node: string; version: number; entry: string; on: boolean; places: StreamId[] };
	/** the node is being closed */
	bye: { node: string };
	typing: { person: PersonId; room: RoomId; on: boolean };
}
type EventName = keyof NodeEvents;

export interface Bus {
	/** Whether others can be reached. While they cannot, what is said is lost. */
	isUp(): boolean;
	/** Tells all others. */
	say<E extends EventName>(event: E, sent: NodeEvents[E]): void;
	/** Tells all others; resolves when each has done what it does about it, is given up, or none can be reached. */
	ask<E extends EventName>(event: E, sent: NodeEvents[E]): Promise<void>;
	/** The listener is called with what another one said. That counts as done when what it answers has resolved. */
	on<E extends EventName>(event: E, heard: (sent: NodeEvents[E]) => void | Promise<void>): void;
	/** Called when others can be reached again. */
	onUp(listener: () => void): void;
	close(): void;
}
